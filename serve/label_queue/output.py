"""The output of ``shedlight suggest``: a table of hairs to label, and a page to label them on."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from data.io.files import atomic_writer
from serve.label_queue.crops import EndPictures
from serve.label_queue.queue_item import QueueItem

COLUMNS = ("photo", "x", "y", "label", "person", "labelled_at", "guess", "probability", "why")
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
)


def write_table(file: Path, items: Iterable[QueueItem]) -> None:
    """Writes a row for each hair in its order; label, person and labelled_at are empty.

    ``shedlight check-labels`` accepts the table. Raises OSError.
    """
    with atomic_writer(file) as text:
        table = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(map(csv_row, items))


def csv_row(item: QueueItem) -> dict[str, str | float]:
    """A hair as a row of the table."""
    (x, y), (guess, probability) = item.place, item.guess
    is_formula = item.photo.startswith(("=", "+", "-", "@"))  # to a spreadsheet
    return {
        "photo": f"./{item.photo}" if is_formula else item.photo,
        "x": x,
        "y": y,
        "guess": guess,
        "probability": round(probability, 2),
        "why": item.why,
    }


def write_page(file: Path, drawn: Iterable[tuple[QueueItem, Sequence[EndPictures]]]) -> None:
    """Writes a page with the hairs in their order, each with pictures of its visible ends, the
    shown one first. The page opens offline and saves the table. Raises OSError."""
    hairs = [_hair(item, pictures) for item, pictures in drawn]
    page = _TEMPLATES.get_template("label_queue.html")
    with atomic_writer(file) as text:
        text.write(page.render(data={"columns": COLUMNS, "hairs": hairs}))


def _hair(item: QueueItem, pictures: Sequence[EndPictures]) -> dict[str, object]:
    guess, probability = item.guess
    ends = [item.strand.ends[k] for k in item.ends_in_view]
    return {
        "row": csv_row(item),
        "ends": [
            {"x": round(end.x, 1), "y": round(end.y, 1), "crop": shown.crop, "around": shown.around}
            for end, shown in zip(ends, pictures, strict=True)
        ],
        "end": 0,
        "guess": f"The model's first guess: {guess.replace('_', ' ')} ({probability:.0%}).",
    }
