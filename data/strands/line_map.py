"""The line map of a photo, from which strands are traced."""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import cv2
import numpy as np

from data.arrays import Array, Floats, Pixels
from data.images.photo import Photo

CERTAIN = 255
"""A probability of 1 in levels. Probabilities are stored in bytes: floats would be four times as
large."""

SEARCH_PIXELS = 3e6
"""Hairs are searched for on a copy of about this many pixels; widths, contrast and crops come from
the full-resolution photo."""


@dataclass(frozen=True)
class LineMap:
    """Pictures of a photo on a grid (h, w) of square cells, ``cell_px`` photo pixels a side.

    ``by_direction`` (K, h, w) is the probability, in levels (0-CERTAIN), that a hair's centre line
    runs through a cell in direction k, which is k / K of a half turn from level, clockwise as seen.
    A line shows in the two or three directions next to its own; two hairs that cross show in
    different ones. ``width_px`` is the hair's width there in pixels of the photo (meaningless where
    there is no hair), ``end`` the probability (0-1) that a hair ends there: at the far tip of the
    bulb, or at its other end.
    """

    by_direction: Pixels
    width_px: Floats
    end: Floats
    cell_px: float

    @cached_property
    def centre(self) -> Floats:
        """(h, w) the probability (0-1) that a line runs through a cell in any direction."""
        return np.asarray(self.by_direction.max(axis=0) / np.float32(CERTAIN), np.float32)

    def to_photo(self, cells: Array) -> Array:
        """Photo pixels (N, 2), x and y, of positions in cells, where cell 0 has its centre at 0."""
        return np.asarray((cells + 0.5) * self.cell_px - 0.5)

    def to_cells(self, places: Array) -> Array:
        """The inverse of `to_photo`."""
        return np.asarray((places + 0.5) / self.cell_px - 0.5)


def levels(probabilities: Floats) -> Pixels:
    """Probabilities (0-1) as levels (0-CERTAIN)."""
    return np.asarray(np.round(probabilities * CERTAIN), np.uint8)


WIDE_CELLS = 9.0
"""Wider hairs show as two edges, or in pieces, in a map with cells of this size."""
_LINE, _MIN_WIDE_SHARE = 0.45, 0.1


def shows_wide_lines(lines: LineMap) -> bool:
    """Whether a good part of a map's lines is too wide for it: a coarser look sees them whole."""
    width = lines.width_px[lines.centre > _LINE]
    wide = np.count_nonzero(width >= WIDE_CELLS * lines.cell_px)
    return bool(wide > _MIN_WIDE_SHARE * len(width))


class LineDetector(Protocol):
    """Detects lines in photos."""

    def predict(self, photo: Photo, shrink: float = 1.0) -> LineMap:
        """The line map of a photo, from a search copy ``shrink`` times smaller than usual."""


def search_copy(photo: Photo, shrink: float = 1.0) -> Pixels:
    """The photo, scaled down to at most SEARCH_PIXELS, and ``shrink`` times more."""
    scale = shrink * max(1.0, float(np.sqrt(photo.height * photo.width / SEARCH_PIXELS)))
    if scale <= 1:
        return photo.pixels
    size = (round(photo.width / scale), round(photo.height / scale))
    return np.asarray(cv2.resize(photo.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
