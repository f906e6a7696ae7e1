"""An end of a strand that can be seen, as its crop shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from data.images.photo import Photo
from data.strands.crop import CROP_HEIGHT, CROP_SHAFT_PX, END_X, RootCrop, crop_end
from data.strands.focus import edge_widths
from data.strands.strand import End, EndState, Strand

_ROOT_FROM_X, _ROOT_TO_X = int(END_X - 3 * CROP_SHAFT_PX), int(END_X)
_MIDDLE, _ROOT_REACH = CROP_HEIGHT // 2, int(1.5 * CROP_SHAFT_PX)
_GROUND_FROM, _GROUND_TO = int(3 * CROP_SHAFT_PX), int(5 * CROP_SHAFT_PX)
"""Rows of a root, and of the ground beside it, away from the middle one."""


@dataclass(frozen=True)
class SeenEnd:
    """A visible ``end`` of a shaft ``shaft_px`` wide in the photo; ``edge_widths`` is its blur
    (data/strands/focus.py). ``root_tone`` is the grey level of its last three shaft widths, where
    a root
    would be, and ``ground_tone`` that beside it."""

    end: End
    shaft_px: float
    edge_widths: float
    root_tone: float
    ground_tone: float

    @property
    def contrast(self) -> float:
        """By how many grey levels a root differs here from its ground."""
        return abs(self.root_tone - self.ground_tone)


def seen_ends(photo: Photo, strands: Sequence[Strand]) -> list[SeenEnd]:
    """All visible ends of the strands."""
    return [
        _seen(strand, end, crop_end(photo, strand, k))
        for strand in strands
        for k, end in enumerate(strand.ends)
        if end.state is EndState.VISIBLE
    ]


def _seen(strand: Strand, end: End, crop: RootCrop) -> SeenEnd:
    root, ground = root_and_ground(crop)
    return SeenEnd(end, strand.shaft_px, edge_widths(crop), root, ground)


def root_and_ground(crop: RootCrop) -> tuple[float, float]:
    """The grey levels of a root and of its ground: of all rows in which a root may lie, each
    averaged along the shaft, the one that differs most."""
    grey = cv2.cvtColor(crop.pixels, cv2.COLOR_BGR2GRAY)[:, _ROOT_FROM_X:_ROOT_TO_X]
    rows = np.asarray(cv2.reduce(grey, 1, cv2.REDUCE_AVG, dtype=cv2.CV_64F)).ravel()
    beside = rows[_MIDDLE - _GROUND_TO : _MIDDLE - _GROUND_FROM]
    below = rows[_MIDDLE + _GROUND_FROM : _MIDDLE + _GROUND_TO]
    ground = float(np.median(np.concatenate([beside, below])))
    root = rows[_MIDDLE - _ROOT_REACH : _MIDDLE + _ROOT_REACH]
    return float(root[np.abs(root - ground).argmax()]), ground
