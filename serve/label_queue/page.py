"""The page on which hairs are labelled: one file that opens offline and saves the table."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from data.io.atomic import replaced
from serve.label_queue.crops import EndPictures
from serve.label_queue.output import COLUMNS, row_of
from serve.label_queue.queue_item import AskedHair

_TEMPLATE = Path(__file__).with_name("label_queue.html")
_HERE = "{{HAIRS}}"


def write_page(file: Path, hairs: Iterable[tuple[AskedHair, Sequence[EndPictures]]]) -> None:
    """A page with the hairs in their order, each with pictures of its ends in view, that shown
    first. Raises OSError."""
    data = {"columns": COLUMNS, "hairs": [_hair(*pair) for pair in hairs]}
    text = json.dumps(data, allow_nan=False).replace("<", "\\u003c")  # no name ends the script
    with replaced(file) as page:
        page.write(_TEMPLATE.read_text("utf-8").replace(_HERE, text))


def _hair(hair: AskedHair, pictures: Sequence[EndPictures]) -> dict[str, Any]:
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
