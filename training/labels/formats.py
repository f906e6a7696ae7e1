"""The formats in which labels come, one reader each.

A reader returns a ``RawLabel`` for every label that it understood, and issues for the rest. For a
further format, add a class with ``name``, ``matches`` and ``read`` to ``FORMATS``.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Protocol

from data.errors import ErrorCode, ShedlightError
from data.images.photo import ReadLimits
from data.io.csv_table import MAX_TABLE_BYTES, Row, Table
from data.io.photo_names import PhotoNames
from training.labels.csv_table import CellError, label_in, point_in, read_label_table, time_in
from training.labels.issues import Issue, Location
from training.labels.json_formats import Coco, LabelStudio
from training.labels.label import HairLabel, parse_label
from training.labels.raw_label import Picture, RawLabel, find_picture, is_picture, normalized_name
from training.labels.sources import LabelFile, LabelSource, is_table, location_in
from training.labels.yolo import Yolo

Labels = tuple[list[RawLabel], list[Issue]]
LabelOf = Callable[[Row, Picture, Location], RawLabel]
"""From a row with a label, its picture and its location to the label; may raise CellError."""


class LabelFormat(Protocol):
    """A format of labels."""

    name: str

    def matches(self, source: LabelSource) -> bool:
        """Whether the folder or zip is in this format."""

    def read(self, source: LabelSource) -> Labels:
        """The labels, and issues. Never raises for the contents of files."""


class Export:
    """Our export, as ``GET /v1/labels/export`` sends it: ``labels.csv`` with ``photos/``.

    Crops and reports beside them are not needed. An export names no persons, so its photos are not
    divided between folds, but its persons may be; a column ``person`` can be added.
    """

    name = "our own export"
    _COLUMNS = ("photo", "root_x", "root_y", "root_from", "label")
    _OTHER_END = ("other_end_x", "other_end_y")
    _ROOT_FROM = ("machine", "person", "unknown")

    def matches(self, source: LabelSource) -> bool:
        """Only an export's table has these columns."""
        return bool(self._tables(source))

    def read(self, source: LabelSource) -> Labels:
        """The current label of each hair."""
        tables = self._tables(source)
        labels, issues = _read_rows(source, tables, self._COLUMNS, self._label)
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
        # A root that the finder missed has no other end.
        other_end = (point_in(row, *self._OTHER_END),) if row[self._OTHER_END[0]] else ()
        return RawLabel(
            picture=picture,
            label=label_in(row),
            where=where,
            person=normalized_name(row["person"]),
            points=(point_in(row, "root_x", "root_y"), *other_end),
            root_known=row["root_from"] != "unknown",
        )


class PhotoTable:
    """CSV files with a row for each labelled root, x and y in pixels of the upright photo."""

    name = "photos with a table"
    _COLUMNS = ("photo", "x", "y", "label")

    def matches(self, source: LabelSource) -> bool:
        """A table with two of the columns is meant as one, and so is one given by itself.

        So is one that is empty or unreadable, unless there are labels in another format.
        """
        columns = [table.columns for table in _read_tables(source).values()]
        if isinstance(source, LabelFile):
            return source.is_table
        if any(len(names.intersection(self._COLUMNS)) >= 2 for names in columns):
            return True
        is_class_folder = any(map(_folder_label, filter(is_picture, source.names)))
        is_other = is_class_folder or any(each.matches(source) for each in _OF_PROGRAMS)
        return not all(columns) and not is_other

    def read(self, source: LabelSource) -> Labels:
        """The labels of all tables."""
        tables = _read_tables(source)
        labels, issues = _read_rows(source, tables, self._COLUMNS, self._label)
        for name, table in tables.items():
            # A table that is still to be filled in is no problem.
            if table.columns.issuperset(self._COLUMNS) and (rows := _unlabelled_rows(table)):
                where = location_in(source, name)
                issues.append(Issue(where, f"Rows without a label: {rows}.", is_note=True))
        labelled = {label.picture.name for label in labels}
        left = [name for name in source.names if is_picture(name) and name not in labelled]
        if left:
            message = f"Pictures without a label in a table: {len(left)}, such as {left[0]}."
            issues.append(Issue(Location(str(source.path)), message, is_note=True))
        return labels, issues

    def _label(self, row: Row, picture: Picture, where: Location) -> RawLabel:
        return RawLabel(
            picture=picture,
            label=label_in(row),
            where=where,
            person=normalized_name(row["person"]),
            points=(point_in(row, "x", "y"),),
        )


class ClassFolders:
    """``CLASS/[PERSON/]picture``: crops of root ends, or photos whose hairs are all of one class.

    A folder directly below that of a class names the person.
    """

    name = "a folder for each class"

    def matches(self, source: LabelSource) -> bool:
        """Any source: this is the last format tried."""
        return True

    def read(self, source: LabelSource) -> Labels:
        """A label for each picture."""
        pictures = [name for name in source.names if is_picture(name)]
        if not pictures:
            message = "No labels found: there is no table, and no picture in a folder."
            return [], [Issue(Location(str(source.path)), message), *_unread_files(source)]
        labels = [label for name in pictures if (label := self._label(source, name))]
        labelled = {label.picture.name for label in labels}
        left = Counter(str(PurePosixPath(name).parent) for name in pictures if name not in labelled)
        issues = [
            Issue(location_in(source, folder), f"Unknown class name. Pictures in it: {count}.")
            for folder, count in sorted(left.items())
        ]
        issues += _unread_files(source)
        return labels, issues

    def _label(self, source: LabelSource, name: str) -> RawLabel | None:
        if not (found := _folder_label(name)):
            return None
        label, person = found
        return RawLabel(Picture(source, name), label, location_in(source, name), person)


_OF_PROGRAMS: tuple[LabelFormat, ...] = (Coco(), LabelStudio(), Yolo())
FORMATS: tuple[LabelFormat, ...] = (Export(), PhotoTable(), *_OF_PROGRAMS, ClassFolders())
"""In the order in which they are tried."""


def format_of(source: LabelSource) -> LabelFormat:
    """The format of the labels in a folder or zip."""
    return next(each for each in FORMATS if each.matches(source))


def _folder_label(name: str) -> tuple[HairLabel, str] | None:
    """The label and person (may be empty) that the folders of a picture name."""
    folders = PurePosixPath(name).parts[:-1]
    for i, folder in enumerate(folders):
        if label := parse_label(folder):
            return label, normalized_name("".join(folders[i + 1 : i + 2]))
    return None


def _unread_files(source: LabelSource) -> Iterator[Issue]:
    """Notes on tables, and on other files that may hold labels, beside folders of classes."""
    for name in filter(is_table, source.names):
        message = "The labels are those of the folders. This table is not read."
        yield Issue(location_in(source, name), message, is_note=True)
    if others := [name for name in source.names if name.lower().endswith((".json", ".xml"))]:
        message = f"Files in no known format of labels, not read: {len(others)}."
        yield Issue(location_in(source, others[0]), message, is_note=True)


def _read_tables(source: LabelSource) -> dict[str, Table]:
    """The CSV files at the top and in the folders directly below it, by name."""
    names = filter(is_table, source.names)
    return {name: _read_table(source, name) for name in names if name.count("/") <= 1}


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
    source: LabelSource, tables: Mapping[str, Table], needed: Sequence[str], label_of: LabelOf
) -> Labels:
    """The labels in all rows that have one, and the problems of the others.

    A table without one of the ``needed`` columns has no labels.
    """
    pictures = PhotoNames(filter(is_picture, source.names))
    labels: list[RawLabel] = []
    issues: list[Issue] = []
    complete = any(table.columns.issuperset(needed) for table in tables.values())
    for name, table in tables.items():
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


def _unlabelled_rows(table: Table) -> int:
    return sum(not row["label"] for row in table.rows)
