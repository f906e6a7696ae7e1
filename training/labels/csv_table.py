"""CSV tables of labels from any program, read with tolerance and limits."""

import csv
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from training.labels.issues import shortened
from training.labels.label import HairLabel, parse_label

MAX_TABLE_BYTES = 50_000_000
MAX_ROWS = 100_000
MAX_PROBLEMS = 1_000
"""Limits of a table; what exceeds them is not read. Our assumptions."""
_SEPARATORS = ",;\t"
_SYNONYMS = {
    "photo": ("file", "filename", "file name", "image", "picture", "path"),
    "label": ("class", "kind"),
    "person": ("subject", "patient"),
    "labelled_at": ("time", "date"),
}
_COLUMN_OF = {name: column for column, names in _SYNONYMS.items() for name in names}


class CellError(ValueError):
    """A cell of a row is invalid; the message is one sentence."""


@dataclass(frozen=True)
class Row:
    """A row with its number (the header is row 1) and its cells by column, stripped of spaces."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell, empty if the table has no such column."""
        return self.cells.get(column, "")

    def label(self) -> HairLabel:
        """The label of the row. Raises CellError."""
        label = parse_label(self["label"])
        if label is None:
            raise CellError(f"Unknown label '{shortened(self['label'])}'.")
        return label

    def point(self, x: str, y: str) -> tuple[float, float]:
        """The point (pixels) that two columns give. Raises CellError."""
        return self._pixels(x), self._pixels(y)

    def time(self) -> datetime | None:
        """When the label was given, None if not known; UTC unless the cell names a time zone.

        Raises CellError.
        """
        text = self["labelled_at"]
        if not text:
            return None
        try:
            time = datetime.fromisoformat(text)
        except ValueError as error:
            message = f"'{shortened(text)}' is not a time such as 2026-01-31T18:05:00."
            raise CellError(message) from error
        return time if time.tzinfo else time.replace(tzinfo=UTC)

    def _pixels(self, column: str) -> float:
        try:
            number = float(self[column].replace(",", "."))  # a decimal comma, common in Europe
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            raise CellError(f"'{shortened(self[column])}' in column {column} is not a number.")
        return number


@dataclass(frozen=True)
class Table:
    """The columns, the rows that are not empty, and problems: a row's number and a message."""

    columns: frozenset[str]
    rows: tuple[Row, ...]
    problems: tuple[tuple[int, str], ...]


def read_table(raw: bytes) -> Table:
    """The table in a CSV file: comma, semicolon or tab; UTF-8, UTF-16 or Windows-1252.

    Never raises: what cannot be read is one of its ``problems``.
    """
    problems: list[tuple[int, str]] = []
    lines = _lines(_decoded(raw), problems)
    columns = _columns(next(lines, (1, []))[1])
    rows: list[Row] = []
    for number, cells in lines:
        if len(problems) >= MAX_PROBLEMS:
            problems.append((number, "Too many rows are wrong. The rest is not read."))
            break
        if any(cells[len(columns) :]):
            message = f"The row has {len(cells)} cells, the header {len(columns)}."
            problems.append((number, message))
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
    """Number and cells of each row. A problem that ends the table is added to ``problems``."""
    separator = max(_SEPARATORS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    for number in count(1):
        if number > MAX_ROWS + 1:
            problems.append((number, f"Only the first {MAX_ROWS:,} rows are read."))
            return
        try:
            yield number, [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            problems.append((number, "This is not valid CSV from here on. The rest is not read."))
            return


def _columns(header: Sequence[str]) -> list[str]:
    """The columns' names. A synonym counts only if its column is missing."""
    names = [" ".join(name.casefold().split()) for name in header]
    columns: list[str] = []
    for name in names:
        column = _COLUMN_OF.get(name, name)
        is_free = column not in names and column not in columns
        columns.append(column if is_free else name)
    return columns
