"""The tables of a folder or zip, and the labels in their rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from data.errors import ErrorCode, ShedlightError
from data.images.limits import ReadLimits
from training.labels.csv_table import TABLE_BYTES, CellError, Row, Table, read_table
from training.labels.issues import Remark, Where
from training.labels.picture_names import PictureNames
from training.labels.raw_label import GivenLabel, Picture
from training.labels.sources import Source, where_in

_WHY = {
    ErrorCode.EMPTY_FILE: "The table is empty.",
    ErrorCode.FILE_TOO_LARGE: f"The table is larger than {TABLE_BYTES // 1_000_000} MB.",
}

LabelOf = Callable[[Row, Picture, Where], GivenLabel | None]
"""From a row, its picture and where it stands to its label, None where it has none to give; may
raise CellError."""


@dataclass(frozen=True)
class FoundTable:
    """A CSV file's name with what is in it."""

    name: str
    table: Table


def tables_in(source: Source) -> list[FoundTable]:
    """The CSV files at the top, and in the folders right below it."""
    names = (name for name in source.names if name.lower().endswith(".csv"))
    return [FoundTable(name, _read(source, name)) for name in names if name.count("/") <= 1]


def labels_in(
    source: Source, found: Sequence[FoundTable], needed: Sequence[str], label_of: LabelOf
) -> tuple[list[GivenLabel], list[Remark]]:
    """The labels in all rows of the tables ``found``, and what is wrong with the others.

    A table without one of the ``needed`` columns has none.
    """
    pictures = PictureNames(source.names)
    labels: list[GivenLabel] = []
    problems: list[Remark] = []
    for each in found:
        problems += _problems(source, each, needed)
        for row in each.table.rows if each.table.columns.issuperset(needed) else ():
            where = where_in(source, each.name, row.number)
            try:
                name = pictures.find(row["photo"], str(PurePosixPath(each.name).parent))
                label = label_of(row, Picture(source, name), where)
            except CellError as error:
                problems.append(Remark(where, str(error)))
            else:
                labels += [label] if label else []
    return labels, problems


def _read(source: Source, name: str) -> Table:
    try:
        return read_table(source.read(name, ReadLimits(max_bytes=TABLE_BYTES)))
    except ShedlightError as error:
        return Table(frozenset(), (), ((1, _WHY.get(error.code, "The table cannot be read.")),))


def _problems(source: Source, found: FoundTable, needed: Sequence[str]) -> Iterator[Remark]:
    for number, sentence in found.table.problems:
        yield Remark(where_in(source, found.name, number), sentence)
    missing = [column for column in needed if column not in found.table.columns]
    if missing and not found.table.problems:
        sentence = f"There is no column {', '.join(missing)}; no row of the table is read."
        yield Remark(where_in(source, found.name), sentence)
