"""The table to fill in: the form that ``shedlight check-labels`` reads, with columns that help.

The page on which hairs are labelled: one file that opens offline and saves the table.
"""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from data.io.files import atomic_writer
from serve.label_queue.crops import EndPictures
from serve.label_queue.queue_item import QueueItem

COLUMNS = ("photo", "x", "y", "label", "person", "said_at", "guess", "chance", "why")


def write_table(file: Path, hairs: Iterable[QueueItem]) -> None:
    """A row for each hair in its order, with nothing yet under label, person and said_at.

    Raises OSError.
    """
    with atomic_writer(file) as text:
        table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(map(row_of, hairs))


def row_of(hair: QueueItem) -> dict[str, str | float]:
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


_TEMPLATE = Path(__file__).with_name("label_queue.html")
_HERE = "{{HAIRS}}"


def write_page(file: Path, hairs: Iterable[tuple[QueueItem, Sequence[EndPictures]]]) -> None:
    """A page with the hairs in their order, each with pictures of its ends in view, that shown
    first. Raises OSError."""
    data = {"columns": COLUMNS, "hairs": [_hair(*pair) for pair in hairs]}
    text = json.dumps(data, allow_nan=False).replace("<", "\\u003c")  # no name ends the script
    with atomic_writer(file) as page:
        page.write(_TEMPLATE.read_text("utf-8").replace(_HERE, text))


def _hair(hair: QueueItem, pictures: Sequence[EndPictures]) -> dict[str, Any]:
    guess, chance = hair.guess
    ends = [hair.strand.ends[k] for k in hair.ends_in_view]
    return {
        "row": row_of(hair),
        "ends": [
            {"x": round(end.x, 1), "y": round(end.y, 1), "crop": shown.crop, "around": shown.around}
            for end, shown in zip(ends, pictures, strict=True)
        ],
        "end": 0,
        "guess": f"The model's first guess: {guess.replace('_', ' ')} ({chance:.0%}).",
    }
