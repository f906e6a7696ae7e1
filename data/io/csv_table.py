"""CSV tables from any program, read with tolerance and limits."""

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

MAX_TABLE_BYTES = 50_000_000
MAX_ROWS = 100_000
MAX_PROBLEMS = 1_000
"""Limits of a table; what exceeds them is not read. Our assumptions."""
_SEPARATORS = ",;\t|"
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060"
"""Byte order marks and letters without width, which spreadsheets and web pages leave."""
_SEPARATOR_LINE = re.compile(r'"?sep=([^\w\s"]|\t)"?,*;*\s*', re.IGNORECASE)
"""Excel's first line that names the separator."""
_FORCED_TEXT = re.compile(r'="(.*)"')
_UNIT = re.compile(r"\s*[(\[].*$")

PHOTO_ALIASES = (
    *("file", "filename", "file_name", "file_path", "filepath", "source_file", "sourcefile"),
    *("image", "image_name", "image_file", "img", "picture", "photo_name", "photo_file"),
    *("photograph", "path", "foto", "bild", "datei", "dateiname"),
)
PERSON_ALIASES = (
    *("subject", "subject_id", "patient", "patient_id", "patient_name", "participant"),
    *("participant_id", "person_id", "person_name", "individual", "volunteer"),
    *("proband", "probandin", "patientin", "teilnehmer", "teilnehmerin"),
)


@dataclass(frozen=True)
class Row:
    """A row with its number (the header is row 1) and its cells by column, stripped of spaces."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """The cell, empty if the table has no such column."""
        return self.cells.get(column, "")


@dataclass(frozen=True)
class Table:
    """The columns, the rows that are not empty, and problems: a row's number and a message."""

    columns: frozenset[str]
    rows: tuple[Row, ...]
    problems: tuple[tuple[int, str], ...]


def read_table(raw: bytes, aliases: Mapping[str, Sequence[str]]) -> Table:
    """The table in a CSV file: comma, semicolon, tab or "|"; UTF-8, 16 or 32, or
    Windows-1252.

    Names of columns are in lower case with "_" between words, without a unit in brackets;
    ``aliases`` maps the name of a column to the others that stand for it if it is missing. Never
    raises: what cannot be read is one of its ``problems``.
    """
    problems: list[tuple[int, str]] = []
    lines = _lines(_decoded(raw), problems)
    header = next((cells for _, cells in lines if any(cells)), [])
    columns = _columns(header, aliases)
    rows: list[Row] = []
    for number, cells in lines:
        if len(problems) >= MAX_PROBLEMS:
            problems.append((number, "Too many rows are wrong. The rest is not read."))
            break
        if any(cells[len(columns) :]):
            message = f"The row has {len(cells)} cells, the header {len(columns)}."
            problems.append((number, message))
        elif any(cells):
            named = zip(columns, cells, strict=False)
            rows.append(Row(number, {name: cell for name, cell in named if name}))
    return Table(frozenset(filter(None, columns)), tuple(rows), tuple(problems))


def _decoded(raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):  # the first begins as UTF-16's
        return raw.decode("utf-32", "replace")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", "replace")
    if 0 in raw[:2]:  # UTF-16 without a byte order mark: a header begins with an ASCII letter
        return raw.decode("utf-16-be" if raw[0] == 0 else "utf-16-le", "replace")
    try:
        return raw.decode("utf-8").lstrip("\ufeff")  # two, if a program added a second
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _lines(text: str, problems: list[tuple[int, str]]) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each row. A problem that ends the table is added to ``problems``."""
    stream = io.StringIO(text, newline="")
    named = _SEPARATOR_LINE.fullmatch(stream.readline())
    if not named:
        stream.seek(0)
    start = stream.tell()
    header = next((line for line in stream if line.strip(_SEPARATORS + "\r\n ")), "")
    separator = named[1] if named else max(_SEPARATORS, key=header.count)
    stream.seek(start)
    reader = csv.reader(stream, delimiter=separator)
    for number in count(1):
        if number > MAX_ROWS + 1:
            problems.append((number, f"Only the first {MAX_ROWS:,} rows are read."))
            return
        try:
            yield number, [_plain(cell) for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error:
            problems.append((number, "This is not valid CSV from here on. The rest is not read."))
            return


def _plain(cell: str) -> str:
    """A cell without what spreadsheets and web pages lay about it: ``="IMG_1"`` forces a text."""
    text = cell.strip().strip(_INVISIBLE).strip()
    forced = _FORCED_TEXT.fullmatch(text)
    return forced[1] if forced else text


def _columns(header: Sequence[str], aliases: Mapping[str, Sequence[str]]) -> list[str]:
    """The columns' names, empty for those without a name and for repeated ones."""
    column_of = {name: column for column, names in aliases.items() for name in names}
    names = [
        re.sub(r"[\s_-]+", "_", _UNIT.sub("", name.casefold().lstrip("#")).strip())
        for name in header
    ]
    columns: list[str] = []
    for name in names:
        column = column_of.get(name, name)
        if column != name and (column in names or column in columns):
            column = name
        columns.append("" if column in columns else column)
    return columns
