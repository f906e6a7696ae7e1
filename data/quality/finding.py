"""The findings about a photo's quality."""

from dataclasses import dataclass

import numpy as np

from data.arrays import Array
from data.images.photo import Photo

Box = tuple[int, int, int, int]
_MAX_BOX_SHARE = 0.5


@dataclass(frozen=True)
class Finding:
    """One thing that makes a photo hard to read.

    ``box`` is (x, y, width, height) in pixels of the upright photo, None for the whole of it.
    """

    code: str
    message: str
    box: Box | None = None


def some_are(part: int, whole: int, noun: str) -> str:
    """The subject of a sentence: "3 of 12 hairs are"."""
    return f"{part} of {whole} {noun}{'s' * (whole > 1)} {'is' if part == 1 else 'are'}"


def box_around(photo: Photo, places: Array, margin: float) -> Box | None:
    """The box around (N, 2) places with a margin, within the photo and at least one pixel.

    None if it would cover more than half of the photo.
    """
    last = np.array([photo.width - 1, photo.height - 1])
    low = np.clip(np.floor(places.min(axis=0) - margin), 0, last).astype(int)
    high = np.clip(np.ceil(places.max(axis=0) + margin), 0, last).astype(int)
    width, height = (high - low + 1).tolist()
    if width * height > _MAX_BOX_SHARE * photo.width * photo.height:
        return None
    return int(low[0]), int(low[1]), width, height
