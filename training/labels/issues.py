"""Problems and notes about files with labels, each with its location."""

from dataclasses import dataclass

from data.io.text import printable


@dataclass(frozen=True)
class Location:
    """A file by the name its user knows, and the row of a table (the header is row 1), if any."""

    file: str
    row: int | None = None

    def __str__(self) -> str:
        place = self.file if self.row is None else f"{self.file}, row {self.row}"
        return printable(place)


@dataclass(frozen=True)
class Issue:
    """A message about a location. A problem costs labels; a note (``is_note``) does not."""

    where: Location
    message: str
    is_note: bool = False

    def __str__(self) -> str:
        return f"{self.where}: {printable(self.message)}"


@dataclass(frozen=True)
class UnknownLabel(Issue):
    """A problem with the name of a class that is not known."""


class CellError(ValueError):
    """A part of a label in a file is invalid; the message is one sentence."""


class UnknownLabelError(CellError):
    """The name of a class is not known."""


def shortened(text: str, max_letters: int = 60) -> str:
    """The text, with its middle left out if it is longer than ``max_letters``."""
    if len(text) <= max_letters:
        return text
    half = max_letters // 2 - 1
    return f"{text[:half]}...{text[-half:]}"
