"""The overlay of a drawn photo, compared to a stored picture.

``python -m tests.serve.drawing.test_golden_overlay`` stores it again after an intended change.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from data.arrays import Pixels
from data.images.photo import Photo
from data.strands.strand import End, EndState, Strand
from model.labelling.hair import Hair, Label, Reason, RootType
from serve.drawing.overlay import draw_overlay
from tests.helpers.serve.fake_scorer import FakeScorer

GOLDEN = Path(__file__).with_name("golden_overlay.png")
WIDTH, HEIGHT = 360, 240
MAX_MEAN_DIFFERENCE = 1.0
MAX_CHANGED = 0.01
"""Share of pixels that may differ by more than 40 of 255 levels: edges of letters, say."""


def hair(label: Label, y: float, p_telogen: float) -> Hair:
    """An arc from x = 60 to 300, 6 px wide, with its root at the left."""
    x = np.linspace(60, 300, 25)
    path = np.column_stack([x, y + 20 * np.sin((x - 60) / 76)])
    ends = [End(*path[k], direction, EndState.VISIBLE) for k, direction in ((0, np.pi), (-1, 0.0))]
    return Hair(
        strand=Strand(path, 6.0, (ends[0], ends[1]), -60.0),
        ends=(None, None),
        label=label,
        reason=Reason.TOO_SMALL if label is Label.UNSURE else None,
        p_telogen=p_telogen,
        p_anagen=1 - p_telogen,
        root_type=RootType.CLUB if label is Label.TELOGEN else None,
        root_end=None if label is Label.UNSURE else 0,
    )


def overlay() -> Pixels:
    grey = np.linspace(90, 170, WIDTH).astype(np.uint8)
    pixels = np.repeat(np.tile(grey, (HEIGHT, 1))[:, :, None], 3, axis=2)
    hairs = (
        hair(Label.TELOGEN, 50, 0.97),
        hair(Label.ANAGEN, 115, 0.12),
        hair(Label.UNSURE, 180, 0.5),
    )
    photo = Photo(pixels, "0" * 64)
    return draw_overlay(photo, replace(FakeScorer().score(photo), hairs=hairs))


def test_the_overlay_looks_like_the_stored_picture() -> None:
    drawn = overlay()[:, :, ::-1].astype(int)
    with Image.open(GOLDEN) as image:
        golden = np.asarray(image).astype(int)
    assert drawn.shape == golden.shape
    difference = np.abs(drawn - golden)
    assert difference.mean() < MAX_MEAN_DIFFERENCE
    assert (difference.max(axis=2) > 40).mean() < MAX_CHANGED


if __name__ == "__main__":
    Image.fromarray(overlay()[:, :, ::-1]).save(GOLDEN)
