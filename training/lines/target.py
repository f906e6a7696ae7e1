"""What the line network should say of a picture, drawn from the truth."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from model.linenet import CELL_PX

Floats = NDArray[np.float32]
Points = NDArray[np.float64]

LINE_SIGMA_CELLS, LINE_SIGMA_WIDTHS = 0.8, 0.12
"""The centre line fades like a Gaussian across: sharp enough to place, and as wide in a wide hair
as one can say where its middle is."""
END_SIGMA_CELLS, END_SIGMA_WIDTHS = 1.5, 0.5
"""An end is as blurred as one can say where it is, which grows with the width."""
LEAST_WIDTH_PX = 0.8
"""Hairs thinner than this in the picture are neither asked for nor forbidden."""
_FINER = 3
"""Odd, so that a cell's middle is a pixel's."""


@dataclass(frozen=True)
class Stroke:
    """A hair in pixels of a picture, from corner to corner: ``line`` (N, 2), its width, and those
    of its ends (M, 2) that are to be seen."""

    line: Points
    width_px: float
    ends: Points


def target(strokes: list[Stroke], shape: tuple[int, int]) -> Floats:
    """(4, h, w) on cells of a picture of ``shape`` (height, width): centre line 0-1, log2 of the
    width over 4, end 0-1, and how much each cell counts."""
    height, width = shape[0] // CELL_PX, shape[1] // CELL_PX
    out = np.zeros((4, height, width), np.float32)
    out[3] = 1
    wide = [stroke for stroke in strokes if stroke.width_px >= LEAST_WIDTH_PX]
    if wide:
        away, nearest = _distances([stroke.line for stroke in wide], (height, width))
        width_px = np.array([stroke.width_px for stroke in wide], np.float32)[nearest]
        sigma = np.maximum(LINE_SIGMA_CELLS, LINE_SIGMA_WIDTHS * width_px / CELL_PX)
        out[0] = np.exp(-(away**2) / (2 * sigma**2))
        out[1] = np.log2(width_px / 4)
    thin = [stroke.line for stroke in strokes if stroke.width_px < LEAST_WIDTH_PX]
    if thin:
        out[3] = _distances(thin, (height, width))[0] > 2
    for stroke in wide:
        _add_ends(out[2], stroke)
    return out


def _distances(lines: list[Points], shape: tuple[int, int]) -> tuple[Floats, NDArray[np.intp]]:
    """For each cell the distance in cells to the nearest line, and that line's number."""
    size = (shape[0] * _FINER, shape[1] * _FINER)
    free = np.full(size, 255, np.uint8)
    owner = np.zeros(size, np.int32)
    for number, line in enumerate(lines):
        corners = np.round((line / CELL_PX * _FINER - 0.5) * 16).astype(np.int32)
        cv2.polylines(free, [corners], False, 0, 1, cv2.LINE_8, 4)
        cv2.polylines(owner, [corners], False, number, 1, cv2.LINE_8, 4)
    if free.all():
        return np.full(shape, 1e3, np.float32), np.zeros(shape, np.intp)
    away, label = cv2.distanceTransformWithLabels(
        free, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    rows, columns = np.nonzero(free == 0)
    owner_of = np.zeros(int(label.max()) + 1, np.intp)
    owner_of[label[rows, columns]] = owner[rows, columns]
    middle = slice(_FINER // 2, None, _FINER)
    return (
        np.asarray(away[middle, middle] / _FINER, np.float32),
        owner_of[label[middle, middle]],
    )


def _add_ends(picture: Floats, stroke: Stroke) -> None:
    sigma = max(END_SIGMA_CELLS, END_SIGMA_WIDTHS * stroke.width_px / CELL_PX)
    reach = int(np.ceil(3 * sigma))
    for x, y in stroke.ends / CELL_PX - 0.5:
        column, row = round(x), round(y)
        left, right = max(0, column - reach), min(picture.shape[1], column + reach + 1)
        top, bottom = max(0, row - reach), min(picture.shape[0], row + reach + 1)
        if left >= right or top >= bottom:
            continue
        across, down = np.arange(left, right) - x, np.arange(top, bottom) - y
        peak = np.exp(-(across**2 + down[:, None] ** 2) / (2 * sigma**2)).astype(np.float32)
        np.maximum(picture[top:bottom, left:right], peak, out=picture[top:bottom, left:right])
