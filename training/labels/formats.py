"""The forms in which labels come in, one reader each.

A folder for each class, with crops of root ends or photos whose hairs are all of that class.

Our own export, as ``GET /v1/labels/export`` sends it: its zip, or what was unpacked from it.

Photos with a table of their labels: photo, x, y, label and, if known, person and time.

The tables of a folder or zip, and the labels in their rows.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Protocol

from data.errors import ErrorCode, ShedlightError
from data.images.limits import ReadLimits
from training.labels.csv_table import TABLE_BYTES, CellError, Row, Table, read_table
from training.labels.issues import Issue, Location
from training.labels.label import parse_label
from training.labels.raw_label import (
    ParsedLabels,
    Picture,
    PictureNames,
    Place,
    RawLabel,
    is_picture,
    label_in,
    person_called,
    place_in,
    time_in,
)
from training.labels.sources import Source, where_in

_WHY: dict[StrEnum, str] = {
    ErrorCode.EMPTY_FILE: "The table is empty.",
    ErrorCode.FILE_TOO_LARGE: f"The table is larger than {TABLE_BYTES // 1_000_000} MB.",
}

LabelOf = Callable[[Row, Picture, Location], RawLabel | None]
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
) -> tuple[list[RawLabel], list[Issue]]:
    """The labels in all rows of the tables ``found``, and what is wrong with the others.

    A table without one of the ``needed`` columns has none.
    """
    pictures = PictureNames(source.names)
    labels: list[RawLabel] = []
    problems: list[Issue] = []
    for each in found:
        problems += _table_problems(source, each, needed)
        for row in each.table.rows if each.table.columns.issuperset(needed) else ():
            where = where_in(source, each.name, row.number)
            try:
                name = pictures.find(row["photo"], str(PurePosixPath(each.name).parent))
                label = label_of(row, Picture(source, name), where)
            except CellError as error:
                problems.append(Issue(where, str(error)))
            else:
                labels += [label] if label else []
    return labels, problems


def _read(source: Source, name: str) -> Table:
    try:
        return read_table(source.read(name, ReadLimits(max_bytes=TABLE_BYTES)))
    except ShedlightError as error:
        return Table(frozenset(), (), ((1, _WHY.get(error.code, "The table cannot be read.")),))


def _table_problems(source: Source, found: FoundTable, needed: Sequence[str]) -> Iterator[Issue]:
    for number, sentence in found.table.problems:
        yield Issue(where_in(source, found.name, number), sentence)
    missing = [column for column in needed if column not in found.table.columns]
    if missing and not found.table.problems:
        sentence = f"There is no column {', '.join(missing)}; no row of the table is read."
        yield Issue(where_in(source, found.name), sentence)


_EXPORT_COLUMNS = ("photo", "root_x", "root_y", "root_from", "label")
_OTHER_END = ("other_end_x", "other_end_y")
_ROOT_FROM = ("machine", "person", "nobody")


class Export:
    """``labels.csv`` with ``photos/``; crops and reports beside them are not needed.

    The hairs of an export are nobody's by name, so its photos are kept apart, not its people;
    whoever knows better may add a column ``person``.
    """

    def is_theirs(self, source: Source) -> bool:
        """No other table says where its roots are from."""
        return bool(_own_tables(source))

    def read(self, source: Source) -> ParsedLabels:
        """The last word on each hair."""
        tables = _own_tables(source)
        labels, problems = labels_in(source, tables, _EXPORT_COLUMNS, _export_label)
        moved = sum(not row["label"] for each in tables for row in each.table.rows)
        sentence = f"Hairs of which people only moved the root, without a label: {moved}."
        notes = (Issue(Location(str(source.path)), sentence),) if moved else ()
        return ParsedLabels("our own export", tuple(labels), tuple(problems), notes)


def _own_tables(source: Source) -> list[FoundTable]:
    return [each for each in tables_in(source) if {"root_x", "root_from"} <= each.table.columns]


def _export_label(row: Row, picture: Picture, where: Location) -> RawLabel | None:
    if not row["label"]:
        return None
    if row["root_from"] not in _ROOT_FROM:
        raise CellError(f"root_from is none of {', '.join(_ROOT_FROM)}.")
    return RawLabel(
        picture=picture,
        said=label_in(row),
        where=where,
        person=person_called(row["person"]),
        places=(place_in(row, "root_x", "root_y"), *_other_end(row)),
        root_known=row["root_from"] != "nobody",
        said_at=time_in(row),
    )


def _other_end(row: Row) -> tuple[Place, ...]:
    """None of a root that the finder missed."""
    return (place_in(row, *_OTHER_END),) if row[_OTHER_END[0]] else ()


class ClassFolders:
    """``CLASS/[PERSON/]picture``: a folder right below that of a class is whose hairs they are."""

    def is_theirs(self, source: Source) -> bool:
        """Whatever is of no other form."""
        return True

    def read(self, source: Source) -> ParsedLabels:
        """A label for each picture."""
        pictures = [name for name in source.names if is_picture(name)]
        labels = [label for name in pictures if (label := _folder_label(source, name))]
        problems = _folder_problems(source, pictures, {label.picture.name for label in labels})
        return ParsedLabels("a folder for each class", tuple(labels), tuple(problems))


def _folder_label(source: Source, name: str) -> RawLabel | None:
    folders = PurePosixPath(name).parts[:-1]
    for i, folder in enumerate(folders):
        if said := parse_label(folder):
            person = person_called("".join(folders[i + 1 : i + 2]))
            return RawLabel(Picture(source, name), said, where_in(source, name), person)
    return None


def _folder_problems(source: Source, pictures: Sequence[str], labelled: set[str]) -> list[Issue]:
    """One for each folder that says no class."""
    if not pictures:
        sentence = "No labels are found here: no table, and no pictures in folders."
        return [Issue(Location(str(source.path)), sentence)]
    left = Counter(str(PurePosixPath(name).parent) for name in pictures if name not in labelled)
    return [
        Issue(where_in(source, folder), f"This is no class that is known; pictures in it: {count}.")
        for folder, count in sorted(left.items())
    ]


_TABLE_COLUMNS = ("photo", "x", "y", "label")


class PhotoTable:
    """CSV files with a row for each labelled root, x and y in pixels of the upright photo."""

    def is_theirs(self, source: Source) -> bool:
        """Two of the columns are enough to see what was meant; so is a table without any."""
        columns = [each.table.columns for each in tables_in(source)]
        return any(not names or len(names.intersection(_TABLE_COLUMNS)) >= 2 for names in columns)

    def read(self, source: Source) -> ParsedLabels:
        """The labels of all tables."""
        tables = tables_in(source)
        labels, problems = labels_in(source, tables, _TABLE_COLUMNS, _table_label)
        unnamed = _unnamed(source, {label.picture.name for label in labels})
        notes = (*_empty(source, tables), *unnamed)
        return ParsedLabels("photos with a table", tuple(labels), tuple(problems), notes)


def _table_label(row: Row, picture: Picture, where: Location) -> RawLabel | None:
    if not row["label"]:
        return None
    return RawLabel(
        picture=picture,
        said=label_in(row),
        where=where,
        person=person_called(row["person"]),
        places=(place_in(row, "x", "y"),),
        said_at=time_in(row),
    )


def _empty(source: Source, tables: Sequence[FoundTable]) -> Iterator[Issue]:
    """A table that waits for its labels, as ``shedlight suggest`` writes one, is not wrong."""
    for each in tables:
        rows = each.table.rows if each.table.columns.issuperset(_TABLE_COLUMNS) else ()
        if empty := sum(not row["label"] for row in rows):
            yield Issue(where_in(source, each.name), f"Rows without a label yet: {empty}.")


def _unnamed(source: Source, named: set[str]) -> tuple[Issue, ...]:
    left = [name for name in source.names if is_picture(name) and name not in named]
    if not left:
        return ()
    sentence = f"Pictures without a label in a table: {len(left)}, such as {left[0]}."
    return (Issue(Location(str(source.path)), sentence),)


class LabelFormat(Protocol):
    """A form of labels: a class with these two methods in a file of its own, named in
    ``FORMATS``, is all that a further one takes."""

    def is_theirs(self, source: Source) -> bool:
        """Whether the folder or zip is of this form."""

    def read(self, source: Source) -> ParsedLabels:
        """Its labels. Never raises for what is in its files: problems are part of the answer."""


FORMATS: tuple[LabelFormat, ...] = (Export(), PhotoTable(), ClassFolders())
"""The first that says "mine" reads; the last one takes whatever is left."""


def read_source(source: Source) -> ParsedLabels:
    """What the labels of a folder or zip are."""
    return next(each for each in FORMATS if each.is_theirs(source)).read(source)
