"""A CSV table of whatever program, read with forgiveness and limits."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

TABLE_BYTES = 50_000_000
MOST_ROWS = 100_000
MOST_PROBLEMS = 1_000
"""What a table may hold; more is not read. Our assumptions."""
_SEPARATORS = ",;\t"
_ALSO_CALLED = {
    "photo": ("file", "filename", "file name", "image", "picture", "path"),
    "label": ("class", "kind"),
    "person": ("subject", "patient"),
    "said_at": ("time", "date"),
}
_COLUMN_OF = {name: column for column, names in _ALSO_CALLED.items() for name in names}


@dataclass(frozen=True)
class Row:
    """A row with its number (the head is row 1) and its cells by column, without outer spaces."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell, empty where the table has no such column."""
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Table:
    """Its columns, its rows that are not empty, and problems: a row's number and a sentence."""

    columns: frozenset[str]
    rows: tuple[Row, ...]
    problems: tuple[tuple[int, str], ...]


class CellError(ValueError):
    """A row cannot be understood; the message is one sentence."""


def read_table(raw: bytes) -> Table:
    """The table in a CSV file: comma, semicolon or tab; UTF-8, UTF-16 or Windows' own letters.

    Never raises: what cannot be read is one of its ``problems``.
    """
    problems: list[tuple[int, str]] = []
    lines = _lines(_decoded(raw), problems)
    columns = _columns(next(lines, (1, []))[1])
    rows: list[Row] = []
    for number, cells in lines:
        if len(problems) >= MOST_PROBLEMS:
            problems.append((number, "Too many rows are wrong; the rest is not read."))
            break
        if any(cells[len(columns) :]):
            problems.append((number, f"It has {len(cells)} cells, and the head {len(columns)}."))
        elif any(cells):
            rows.append(Row(number, dict(zip(columns, cells, strict=False))))
    return Table(frozenset(columns), tuple(rows), tuple(problems))


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _lines(text: str, problems: list[tuple[int, str]]) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each row; what breaks them off is added to ``problems``."""
    separator = max(_SEPARATORS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    for number in count(1):
        if number > MOST_ROWS + 1:
            problems.append((number, f"The table has over {MOST_ROWS:,} rows; no more are read."))
            return
        try:
            yield number, [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            problems.append((number, "From here on this is no CSV table; the rest is not read."))
            return


def _columns(head: Sequence[str]) -> list[str]:
    """The columns' names; another name for one counts only where that one is missing."""
    names = [" ".join(name.casefold().split()) for name in head]
    columns: list[str] = []
    for name in names:
        meant = _COLUMN_OF.get(name, name)
        is_free = meant not in names and meant not in columns
        columns.append(meant if is_free else name)
    return columns
