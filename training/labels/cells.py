"""What the cells of a row of labels say."""

import math
from datetime import UTC, datetime

from training.labels.csv_table import CellError, Row
from training.labels.issues import shortened
from training.labels.label import said_of
from training.labels.raw_label import Place
from training.labels.said import Said


def said_in(row: Row) -> Said:
    """Its label. Raises CellError."""
    name = row["label"]
    said = said_of(name)
    if said is None:
        raise CellError(f"The label '{shortened(name)}' is no class that is known.")
    return said


def place_in(row: Row, x: str, y: str) -> Place:
    """The place that two of its columns give. Raises CellError."""
    return _pixels(row, x), _pixels(row, y)


def time_in(row: Row) -> datetime | None:
    """When it was said, if that is told; in UTC unless it says otherwise. Raises CellError."""
    text = row["said_at"]
    if not text:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        sentence = f"The time '{shortened(text)}' is not like 2026-01-31T18:05:00."
        raise CellError(sentence) from error
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _pixels(row: Row, column: str) -> float:
    text = row[column]
    try:
        number = float(text.replace(",", "."))  # as half of Europe writes it
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise CellError(f"'{shortened(text)}' in {column} is no number of pixels.")
    return number
