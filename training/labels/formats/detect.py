"""The formats in which labels come, and which of them a folder, zip or file is in.

A reader returns a ``RawLabel`` for every label that it understood, and issues for the rest. For a
further format, add a class with ``name``, ``matches`` and ``read`` to ``FORMATS``.
"""

from collections.abc import Iterator

from training.labels.formats.class_folders import ClassFolders
from training.labels.formats.coco import Coco
from training.labels.formats.cvat import Cvat
from training.labels.formats.label_format import LabelFormat
from training.labels.formats.label_studio import LabelStudio
from training.labels.formats.tables import Export, PhotoTable, UnfilledTable
from training.labels.formats.via import Via
from training.labels.formats.yolo import Yolo
from training.labels.issues import Issue
from training.labels.raw_label import RawLabel
from training.labels.sources import LabelSource, location_in

_SUFFIXES = (".csv", ".tsv", ".json", ".xml")
_OTHER_SUFFIXES = (".xlsx", ".xls", ".ods", ".numbers", ".jsonl", ".ndjson", ".txt")
"""Files that may hold labels, of formats that are read and of others."""
MAX_NAMED = 10
"""Files that are not read are named up to this number."""
_TABLES = (".csv", ".tsv")
_OWN_EXPORT = Export()
FORMATS: tuple[LabelFormat, ...] = (
    # Tables of programs first: they have columns of a table of photos, too.
    *(_OWN_EXPORT, LabelStudio(*_TABLES), Via(*_TABLES), PhotoTable()),
    *(Coco(), LabelStudio(".json"), Via(".json"), Cvat(), Yolo(), UnfilledTable(), ClassFolders()),
)
"""In the order in which they are tried."""


def read_labels(source: LabelSource) -> tuple[str, list[RawLabel], list[Issue]]:
    """The name of the format, the labels, and issues; files that are not read are notes."""
    found = next(each for each in FORMATS if each.matches(source))
    labels, issues = found.read(source)
    if found is not _OWN_EXPORT:  # its reports hold what its table holds
        issues += _unread_files(source, found.name, labels, issues)
    return found.name, labels, issues


def _unread_files(
    source: LabelSource, format_name: str, labels: list[RawLabel], issues: list[Issue]
) -> Iterator[Issue]:
    suffixes = _SUFFIXES if format_name == Yolo.name else _SUFFIXES + _OTHER_SUFFIXES
    used = {label.where.file for label in labels} | {issue.where.file for issue in issues}
    unread = [
        name
        for name in source.names
        if name.lower().endswith(suffixes) and location_in(source, name).file not in used
    ]
    for name in unread[:MAX_NAMED]:
        message = f"The labels are read as {format_name}. This file is not read."
        yield Issue(location_in(source, name), message, is_note=True)
    if len(unread) > MAX_NAMED:
        message = f"Further files that are not read: {len(unread) - MAX_NAMED}."
        yield Issue(location_in(source, unread[MAX_NAMED]), message, is_note=True)
