"""Tables of labels: their columns, and the values of their cells."""

import math
from datetime import datetime

from data.io.csv_table import PERSON_ALIASES, PHOTO_ALIASES, Row, Table, read_table
from data.io.dates import date_in
from training.labels.issues import CellError, UnknownLabelError, shortened
from training.labels.label import HairLabel, parse_label

_ALIASES = {
    "photo": PHOTO_ALIASES,
    "x": ("x_px", "x_coord", "x_coordinate"),
    "y": ("y_px", "y_coord", "y_coordinate"),
    "label": ("class", "kind", "category", "class_name", "label_name"),
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


def time_in(row: Row) -> datetime | None:
    """When the label was given, None if not known; UTC unless the cell names a time zone.

    Raises CellError.
    """
    try:
        return date_in(row["labelled_at"])
    except ValueError as error:
        raise CellError(f"{error}.") from error


def _pixels(row: Row, column: str) -> float:
    try:
        number = float(row[column].replace(",", "."))  # a decimal comma, common in Europe
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise CellError(f"'{shortened(row[column])}' in column {column} is not a number.")
    return number
