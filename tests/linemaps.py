"""Line maps drawn by hand, as a perfect line network would make them."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from data.linemap import LineMap

CELL_PX = 2.0
_FINER = 4
Points = Sequence[tuple[float, float]]


def line_map(
    lines: Sequence[Points], width_px: float = 6.0, height: int = 480, width: int = 640
) -> LineMap:
    """The map of a photo of ``height`` x ``width`` in which hairs of one width follow ``lines``."""
    cells = (round(height / CELL_PX), round(width / CELL_PX))
    centre = np.zeros(cells, np.float32)
    for line in lines:
        np.maximum(centre, _crest(line, cells), out=centre)
    ends = np.zeros(cells, np.float32)
    return LineMap(centre, np.full(cells, width_px, np.float32), ends, CELL_PX)


def _crest(line: Points, cells: tuple[int, int]) -> NDArray[np.float32]:
    free = np.full((cells[0] * _FINER, cells[1] * _FINER), 255, np.uint8)
    corners = np.round((np.array(line) + 0.5) / CELL_PX * _FINER - 0.5).astype(np.int32)
    cv2.polylines(free, [corners], False, 0)
    away = cv2.resize(
        cv2.distanceTransform(free, cv2.DIST_L2, 5) / _FINER,
        cells[::-1],
        interpolation=cv2.INTER_AREA,
    )
    return np.exp(-(away**2) / (2 * 0.8**2)).astype(np.float32)
