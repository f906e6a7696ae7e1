"""Where a photo looks like the middle of a hair: what strands are traced from."""

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from data.photo import Photo

Floats = NDArray[np.float32]

SEARCH_PIXELS = 3e6
"""Hairs are looked for on a copy of about this many pixels; measured and cropped on all of them."""


@dataclass(frozen=True)
class LineMap:
    """Three pictures (h, w) of a photo on a grid of square cells, ``cell_px`` photo pixels a side.

    ``centre`` is the chance (0-1) that a hair's centre line runs through a cell, ``width_px`` the
    hair's width there in pixels of the photo (of no meaning where there is none), ``end`` the
    chance that a hair ends there: at the far tip of the bulb, or at its other end.
    """

    centre: Floats
    width_px: Floats
    end: Floats
    cell_px: float

    def to_photo(self, cells: NDArray[np.float64]) -> NDArray[np.float64]:
        """Photo pixels of places (N, 2), x and y, counted in cells from the first one's middle."""
        return np.asarray((cells + 0.5) * self.cell_px - 0.5)


class LineReader(Protocol):
    """Makes the map of a photo."""

    def read(self, photo: Photo) -> LineMap:
        """The photo's map."""


def search_copy(photo: Photo) -> NDArray[np.uint8]:
    """The photo at SEARCH_PIXELS at most."""
    scale = float(np.sqrt(photo.height * photo.width / SEARCH_PIXELS))
    if scale <= 1:
        return photo.pixels
    size = (round(photo.width / scale), round(photo.height / scale))
    return np.asarray(cv2.resize(photo.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
