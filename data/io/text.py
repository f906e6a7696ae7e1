"""Text for terminals and Markdown."""

from collections.abc import Iterable, Sequence


def markdown_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with a line for each row, each ending in a newline; "|" in cells is escaped."""
    lines = [heads, ("---",) * len(heads), *rows]
    return "".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n" for cells in lines
    )


def printable(text: str) -> str:
    """The text with control characters replaced by "?": a file name may contain any."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
