"""Where a photo looks like the middle of a hair: what strands are traced from."""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from data.arrays import Floats, Pixels
from data.images.photo import Photo

CERTAIN = 255
"""A chance of 1, where chances are kept in bytes: floats would be four times as large."""

SEARCH_PIXELS = 3e6
"""Hairs are looked for on a copy of about this many pixels; measured and cropped on all of them."""


@dataclass(frozen=True)
class LineMap:
    """Pictures of a photo on a grid (h, w) of square cells, ``cell_px`` photo pixels a side.

    ``toward`` (K, h, w) is the chance (0-SURE) that a hair's centre line runs through a cell in
    direction k, which is k / K of a half turn from level, clockwise as seen. A line shows in the
    two or three directions next to its own; two hairs that cross show in different ones.
    ``width_px`` is the hair's width there in pixels of the photo (of no meaning where there is
    none), ``end`` the chance (0-1) that a hair ends there: at the far tip of the bulb, or at its
    other end.
    """

    toward: Pixels
    width_px: Floats
    end: Floats
    cell_px: float

    @cached_property
    def centre(self) -> Floats:
        """(h, w) the chance (0-1) that a line runs through a cell in whatever direction."""
        return np.asarray(self.toward.max(axis=0) / np.float32(CERTAIN), np.float32)

    def to_photo(self, cells: NDArray[np.float64]) -> NDArray[np.float64]:
        """Photo pixels of places (N, 2), x and y, counted in cells from the first one's middle."""
        return np.asarray((cells + 0.5) * self.cell_px - 0.5)

    def to_cells(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """The way back from `to_photo`."""
        return np.asarray((places + 0.5) / self.cell_px - 0.5)


def levels(chances: Floats) -> Pixels:
    """Chances (0-1) in bytes."""
    return np.asarray(np.round(chances * CERTAIN), np.uint8)


class LineDetector(Protocol):
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
