"""Line maps drawn by hand, as a perfect line network would make them."""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np

from data.arrays import Floats
from data.strands.line_map import LineMap, levels

CELL_PX = 2.0
DIRECTIONS = 12
SIGMA_CELLS, SIGMA_WIDTHS, END_SIGMA_WIDTHS = 0.8, 0.12, 0.5
"""How a line fades across, and an end all round, as in training/line_finder/targets.py."""
_FINER = 4
Points = Sequence[tuple[float, float]]


def line_map(
    lines: Sequence[Points],
    width_px: float = 6.0,
    height: int = 480,
    width: int = 640,
    ends: Points = (),
) -> LineMap:
    """The map of a photo of ``height`` x ``width`` in which hairs of one width follow ``lines`` and
    are seen to end at ``ends``."""
    cells = (round(height / CELL_PX), round(width / CELL_PX))
    toward = np.zeros((DIRECTIONS, *cells), np.float32)
    sigma = max(SIGMA_CELLS, SIGMA_WIDTHS * width_px / CELL_PX)
    for line in lines:
        for start, stop in pairwise(line):
            angle = float(np.arctan2(stop[1] - start[1], stop[0] - start[0]))
            np.maximum(toward, facing(_crest([start, stop], cells, sigma), angle), out=toward)
    end = np.zeros(cells, np.float32)
    for x, y in ends:
        row, column = np.indices(cells)
        away = np.hypot((column + 0.5) * CELL_PX - x, (row + 0.5) * CELL_PX - y)
        np.maximum(end, np.exp(-(away**2) / (2 * (END_SIGMA_WIDTHS * width_px) ** 2)), out=end)
    return LineMap(levels(toward), np.full(cells, width_px, np.float32), end, CELL_PX)


def facing(chance: Floats, angle: float) -> Floats:
    """(K, h, w) of lines of a certain ``chance`` (h, w), all of which run at ``angle`` radians."""
    own = angle / np.pi * DIRECTIONS
    off = np.abs((np.arange(DIRECTIONS) - own + DIRECTIONS / 2) % DIRECTIONS - DIRECTIONS / 2)
    fade = np.where(off < 2, np.cos(np.pi / 4 * off) ** 2, 0)
    return np.asarray(fade[:, None, None] * chance, np.float32)


def _crest(line: Points, cells: tuple[int, int], sigma: float) -> Floats:
    free = np.full((cells[0] * _FINER, cells[1] * _FINER), 255, np.uint8)
    corners = np.round((np.array(line) + 0.5) / CELL_PX * _FINER - 0.5).astype(np.int32)
    cv2.polylines(free, [corners], False, 0)
    away = cv2.resize(
        cv2.distanceTransform(free, cv2.DIST_L2, 5) / _FINER,
        cells[::-1],
        interpolation=cv2.INTER_AREA,
    )
    return np.exp(-(away**2) / (2 * sigma**2)).astype(np.float32)
