"""How sharp a shaft is."""

import cv2
import numpy as np

from data.images.photo import Photo
from data.strands.crop import CROP_HEIGHT, CROP_SHAFT_PX, END_X, RootCrop, crop_end
from data.strands.strand import Strand

_FROM_X, _TO_X = int(END_X - 6 * CROP_SHAFT_PX), int(END_X - CROP_SHAFT_PX)
_MIDDLE, _REACH = CROP_HEIGHT // 2, int(2.5 * CROP_SHAFT_PX)
_SMOOTHED_COLUMNS = 5
"""Averaged along the shaft, so that a noisy pixel is not taken for a steep edge."""


def edge_widths(crop: RootCrop) -> float:
    """How wide the edge of the shaft is, in shaft widths: its whole step in grey over the steepest
    slope, in the middle of the columns. An edge as sharp as a crop can show gives 1/8 to 1/4; a
    shaft that is all blur, with a Gaussian for a profile, gives 0.7.
    """
    grey = cv2.cvtColor(crop.pixels, cv2.COLOR_BGR2GRAY).astype(np.float64)
    across = grey[_MIDDLE - _REACH : _MIDDLE + _REACH, _FROM_X:_TO_X]
    across = np.asarray(cv2.blur(across, (_SMOOTHED_COLUMNS, 1)), np.float64)
    step = across.max(axis=0) - across.min(axis=0)
    slope = np.abs(np.diff(across, axis=0)).max(axis=0)
    return float(np.median(step / np.maximum(slope, 1e-6))) / CROP_SHAFT_PX


def end_edge_widths(photo: Photo, strand: Strand, end_index: int) -> float:
    """The same at an end of a strand in a photo: the higher, the more that end is blurred."""
    return edge_widths(crop_end(photo, strand, end_index))
