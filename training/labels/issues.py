"""Something to tell about a file of labels, with where it is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Location:
    """A file as its user would call it, and the row of a table (the head is row 1), if any."""

    file: str
    row: int | None = None

    def __str__(self) -> str:
        place = self.file if self.row is None else f"{self.file}, row {self.row}"
        return printable(place)


@dataclass(frozen=True)
class Issue:
    """One sentence about a place."""

    where: Location
    sentence: str

    def __str__(self) -> str:
        return f"{self.where}: {printable(self.sentence)}"


def printable(text: str) -> str:
    """The text without what a terminal would obey or choke on: a name may hold anything."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def shortened(text: str, letters: int = 60) -> str:
    """The text, its middle left out if it has more ``letters`` than that."""
    if len(text) <= letters:
        return text
    keep = letters // 2 - 1
    return f"{text[:keep]}...{text[-keep:]}"
