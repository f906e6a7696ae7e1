"""Tables of labels: their columns, and the values of their cells."""

import math
from datetime import datetime

from data.io.csv_table import PERSON_ALIASES, PHOTO_ALIASES, Row, Table, read_table
from data.io.dates import date_in
from training.labels.issues import CellError, UnknownLabelError, shortened
from training.labels.label import HairLabel, parse_label

_PLACES = ("{}_px", "{}_coord", "{}_coordinate", "{}coord", "{}_pos", "{}pos", "pos_{}", "point_{}")
BOXES = (
    ("xmin", "ymin", "xmax", "ymax"),
    ("x_min", "y_min", "x_max", "y_max"),
    ("x1", "y1", "x2", "y2"),
    ("left", "top", "right", "bottom"),
    ("bbox_x1", "bbox_y1", "bbox_x2", "bbox_y2"),
)
"""Columns of two opposite corners of a box, whose centre is the label's place."""
_ALIASES = {
    "photo": PHOTO_ALIASES,
    **{axis: tuple(form.format(axis) for form in _PLACES) for axis in ("x", "y")},
    "label": (
        *("class", "kind", "category", "class_name", "label_name", "class_label", "type"),
        *("root_type", "classification", "klasse", "klassifikation", "typ", "wurzel"),
    ),
    "person": PERSON_ALIASES,
    "labelled_at": (
        *(
            "time",
            "date",
            "timestamp",
            "datetime",
            "date_time",
            "labeled_at",
            "labelled_on",
            "datum",
        ),
        *("labeled_on", "date_labelled", "date_labeled"),
    ),
}


def read_label_table(raw: bytes) -> Table:
    """The table of labels in a CSV file; see ``read_table``."""
    return read_table(raw, _ALIASES)


def label_in(row: Row) -> HairLabel:
    """The label of a row. Raises CellError."""
    label = parse_label(row["label"])
    if label is None:
        raise UnknownLabelError(f"Unknown label '{shortened(row['label'])}'.")
    return label


def point_in(row: Row, x: str, y: str) -> tuple[float, float]:
    """The point (pixels) that two columns give. Raises CellError."""
    return _pixels(row, x), _pixels(row, y)


def place_columns(row: Row) -> tuple[str, ...]:
    """The columns of a place: ``x`` and ``y``, or the corners of a box; none without a place."""
    if "x" in row.cells or "y" in row.cells:
        return "x", "y"
    return next((box for box in BOXES if row.cells.keys() >= {*box}), ())


def place_in(row: Row) -> tuple[tuple[float, float], ...]:
    """The point of a row, or the centre of its box; none without a place. Raises CellError."""
    columns = place_columns(row)
    points = [point_in(row, *pair) for pair in zip(columns[::2], columns[1::2], strict=True)]
    if not points:
        return ()
    xs, ys = zip(*points, strict=True)
    return ((sum(xs) / len(xs), sum(ys) / len(ys)),)


def time_in(row: Row) -> datetime | None:
    """When the label was given, None if not known; UTC unless the cell names a time zone.

    Raises CellError.
    """
    try:
        return date_in(row["labelled_at"])
    except ValueError as error:
        raise CellError(f"{error}.") from error


def _pixels(row: Row, column: str) -> float:
    text = row[column]
    if "," in text and "." in text:  # the first of both separates thousands
        text = text.replace(min(",.", key=text.index), "")
    try:
        number = float(text.replace(",", "."))  # a decimal comma, common in Europe
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise CellError(f"'{shortened(row[column])}' in column {column} is not a number.")
    return number
