"""The table to fill in: the form that ``shedlight labels`` reads, with columns that help."""

import csv
from collections.abc import Iterable
from pathlib import Path

from data.io.atomic import replaced
from serve.label_queue.queue_item import AskedHair

COLUMNS = ("photo", "x", "y", "label", "person", "said_at", "guess", "chance", "why")


def write_table(file: Path, hairs: Iterable[AskedHair]) -> None:
    """A row for each hair in its order, with nothing yet under label, person and said_at.

    Raises OSError.
    """
    with replaced(file) as text:
        table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(map(row_of, hairs))


def row_of(hair: AskedHair) -> dict[str, str | float]:
    """A hair as a row of the table."""
    (x, y), (guess, chance) = hair.place, hair.guess
    return {
        "photo": _path(hair.photo),
        "x": x,
        "y": y,
        "guess": guess,
        "chance": round(chance, 2),
        "why": hair.why,
    }


def _path(name: str) -> str:
    """The name; one that a spreadsheet would take for a formula as another path to the same."""
    return f"./{name}" if name.startswith(("=", "+", "-", "@")) else name
