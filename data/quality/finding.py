"""One thing that makes a photo hard to read."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.photo import Photo

Box = tuple[int, int, int, int]


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


def box_around(photo: Photo, places: NDArray[np.float64], margin: float) -> Box:
    """The box around (N, 2) places with a margin, within the photo and at least one pixel."""
    last = np.array([photo.width - 1, photo.height - 1])
    low = np.clip(np.floor(places.min(axis=0) - margin), 0, last).astype(int)
    high = np.clip(np.ceil(places.max(axis=0) + margin), 0, last).astype(int)
    return int(low[0]), int(low[1]), int(high[0] - low[0]) + 1, int(high[1] - low[1]) + 1
