"""Labels in CSV tables: our own export, and photos with a table."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import PurePosixPath

from data.errors import ErrorCode, ShedlightError
from data.images.photo import ReadLimits
from data.io.csv_table import MAX_TABLE_BYTES, Row, Table
from data.io.photo_names import PhotoNames
from training.labels.formats.class_folders import folder_label
from training.labels.formats.csv_table import (
    label_in,
    place_columns,
    place_in,
    point_in,
    read_label_table,
    time_in,
)
from training.labels.formats.label_format import Labels, unlabelled_pictures
from training.labels.issues import CellError, Issue, Location, UnknownLabel, UnknownLabelError
from training.labels.raw_label import (
    Picture,
    Point,
    RawLabel,
    find_picture,
    is_picture,
    normalized_name,
)
from training.labels.sources import LabelFile, LabelSource, is_table, location_in, near_top

LabelOf = Callable[[Row, Picture, Location], RawLabel]
"""From a row with a label, its picture and its location to the label; may raise CellError."""
NeededOf = Callable[[Table], Sequence[str]]
"""The columns that a table must have."""
_NUMBER = re.compile(r"-?\d+([.,]\d+)*")
WHOLE_PHOTO = "whole_photo"
"""The value of ``root_from`` for a label that is about the whole picture."""


class Export:
    """Our export, as ``GET /v1/labels/export`` sends it: ``labels.csv`` with ``photos/``.

    Crops and reports beside them are not needed. An export names no persons, so its photos are not
    divided between folds, but its persons may be; a column ``person`` can be added. ``shedlight
    labels export`` writes the same table, with persons.
    """

    name = "our own export"
    _COLUMNS = ("photo", "root_x", "root_y", "root_from", "label")
    _OTHER_END = ("other_end_x", "other_end_y")
    _ROOT_FROM = ("machine", "person", "unknown", WHOLE_PHOTO)

    def matches(self, source: LabelSource) -> bool:
        """Only an export's table has these columns."""
        return bool(self._tables(source))

    def read(self, source: LabelSource) -> Labels:
        """The current label of each hair."""
        tables = self._tables(source)
        labels, issues = _read_rows(source, tables, lambda _: self._COLUMNS, self._label)
        if moved := sum(_unlabelled_rows(table) for table in tables.values()):
            message = f"Hairs whose root was moved but that have no label: {moved}."
            issues.append(Issue(Location(str(source.path)), message, is_note=True))
        return labels, issues

    def _tables(self, source: LabelSource) -> dict[str, Table]:
        found = _read_tables(source)
        columns = {"root_x", "root_from"}
        return {name: table for name, table in found.items() if columns <= table.columns}

    def _label(self, row: Row, picture: Picture, where: Location) -> RawLabel:
        if row["root_from"] not in self._ROOT_FROM:
            raise CellError(f"root_from must be one of {', '.join(self._ROOT_FROM)}.")
        points: tuple[Point, ...] = ()
        if row["root_from"] != WHOLE_PHOTO:
            points = (point_in(row, "root_x", "root_y"),)
        if points and row[self._OTHER_END[0]]:  # a root that the finder missed has none
            points = (*points, point_in(row, *self._OTHER_END))
        return RawLabel(
            picture=picture,
            label=label_in(row),
            where=where,
            person=normalized_name(row["person"]),
            points=points,
            root_known=row["root_from"] != "unknown",
        )


class PhotoTable:
    """CSV files with a row for each labelled root, x and y in pixels of the upright photo, or the
    corners of a box.

    In a table without places a row is about the whole picture, such as a crop.
    """

    name = "photos with a table"
    _COLUMNS = ("photo", "x", "y", "label")

    def matches(self, source: LabelSource) -> bool:
        """A table with two of the columns is meant as one, and so is one given by itself."""
        if isinstance(source, LabelFile):
            return source.is_table
        columns = [table.columns for table in _read_tables(source).values()]
        return any(len(names.intersection(self._COLUMNS)) >= 2 for names in columns)

    def read(self, source: LabelSource) -> Labels:
        """The labels of all tables."""
        tables = _read_tables(source)
        unplaced = {
            name: found for name, table in tables.items() if (found := _unnamed_places(table))
        }
        placed = {name: table for name, table in tables.items() if name not in unplaced}
        labels, issues = _read_rows(source, placed, self._needed, self._label)
        for name, columns in unplaced.items():
            message = (
                f"Several rows name one photo. If the columns {', '.join(columns)} give places in "
                "it, call them x and y, else delete them. No row of the table is read."
            )
            issues.append(Issue(location_in(source, name), message))
        for name, table in placed.items():
            # A table that is still to be filled in is no problem.
            is_complete = table.columns.issuperset(self._needed(table))
            if is_complete and (rows := _unlabelled_rows(table)):
                where = location_in(source, name)
                issues.append(Issue(where, f"Rows without a label: {rows}.", is_note=True))
        return labels, [*issues, *unlabelled_pictures(source, labels)]

    def _needed(self, table: Table) -> Sequence[str]:
        return self._COLUMNS if {"x", "y"} & table.columns else ("photo", "label")

    def _label(self, row: Row, picture: Picture, where: Location) -> RawLabel:
        return RawLabel(
            picture=picture,
            label=label_in(row),
            where=where,
            person=normalized_name(row["person"]),
            points=place_in(row),
        )


class UnfilledTable(PhotoTable):
    """A table that is empty or unreadable, where there are no folders of classes."""

    def matches(self, source: LabelSource) -> bool:
        """To be tried after the other formats."""
        tables = _read_tables(source).values()
        is_class_folder = any(map(folder_label, filter(is_picture, source.names)))
        return not is_class_folder and not all(table.columns for table in tables)


def _read_tables(source: LabelSource) -> dict[str, Table]:
    """The CSV files at the top and in the folders directly below it, by name."""
    return {name: _read_table(source, name) for name in near_top(source) if is_table(name)}


def _read_table(source: LabelSource, name: str) -> Table:
    try:
        return read_label_table(source.read(name, ReadLimits(max_bytes=MAX_TABLE_BYTES)))
    except ShedlightError as error:
        messages: dict[StrEnum, str] = {
            ErrorCode.EMPTY_FILE: "The table is empty.",
            ErrorCode.FILE_TOO_LARGE: f"The table exceeds {MAX_TABLE_BYTES // 1_000_000} MB.",
        }
        message = messages.get(error.code, "The table cannot be read.")
        return Table(frozenset(), (), ((1, message),))


def _read_rows(
    source: LabelSource, tables: Mapping[str, Table], needed_of: NeededOf, label_of: LabelOf
) -> Labels:
    """The labels in all rows that have one, and the problems of the others.

    A table without one of the needed columns has no labels.
    """
    pictures = PhotoNames(filter(is_picture, source.names))
    labels: list[RawLabel] = []
    issues: list[Issue] = []
    complete = any(table.columns.issuperset(needed_of(table)) for table in tables.values())
    for name, table in tables.items():
        needed = needed_of(table)
        if complete and len(table.columns.intersection(needed)) < 2:  # a groups.csv or the like
            message = "The table has no columns of labels. It is not read."
            issues.append(Issue(location_in(source, name), message, is_note=True))
            continue
        issues += _table_problems(source, name, table, needed)
        undated: list[Issue] = []
        for row in table.rows if table.columns.issuperset(needed) else ():
            where = location_in(source, name, row.number)
            try:
                picture = find_picture(pictures, row["photo"], str(PurePosixPath(name).parent))
                if not row["label"]:
                    continue
                label = label_of(row, Picture(source, picture), where)
            except UnknownLabelError as error:
                issues.append(UnknownLabel(where, str(error)))
                continue
            except CellError as error:
                issues.append(Issue(where, str(error)))
                continue
            try:
                label = replace(label, labelled_at=time_in(row))
            except CellError as error:
                undated.append(Issue(where, str(error), is_note=True))
            labels.append(label)
        if undated:
            count = f"Labels of this table used without their date: {len(undated)}."
            issues.append(replace(undated[0], message=f"{undated[0].message} {count}"))
    return labels, issues


def _table_problems(
    source: LabelSource, name: str, table: Table, needed: Sequence[str]
) -> Iterator[Issue]:
    for number, message in table.problems:
        yield Issue(location_in(source, name, number), message)
    missing = [column for column in needed if column not in table.columns]
    if missing and not table.problems:
        message = f"The column {', '.join(missing)} is missing. No row of the table is read."
        yield Issue(location_in(source, name), message)


def _unnamed_places(table: Table) -> list[str]:
    """The columns of numbers in a table that has no columns of places and labels photos in several
    rows, if there are two or more: read as labels of whole photos, it would be misunderstood."""
    rows = [row for row in table.rows if row["label"]]
    photos = [row["photo"] for row in rows]
    if len(photos) == len(set(photos)) or any(map(place_columns, rows)):
        return []
    numeric = [
        name
        for name in sorted(table.columns - {"photo", "label", "person", "labelled_at"})
        if all(_NUMBER.fullmatch(row[name]) for row in rows)
    ]
    return numeric if len(numeric) >= 2 else []


def _unlabelled_rows(table: Table) -> int:
    return sum(not row["label"] for row in table.rows)
