"""Ridge points: cells of a line map on the crest of a line.

After C. Steger, "An unbiased detector of curvilinear structures", IEEE TPAMI 20(2), 1998: a line's
centre is where the first derivative across the line vanishes and the second is large.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from data.linemap import Floats, LineMap

WEAK, STRONG = 0.15, 0.45
"""Chance of a centre line: a ridge goes on above ``WEAK`` from a point of at least ``STRONG``."""
_SMOOTHING_CELLS = ((0.0, 0.7), (8.0, 1.6))
"""From so many cells of width on, the map is smoothed so much: its lines are as broad as their
place is uncertain, which in wide hairs is more."""
_HALO_CELLS, _HALO_SHARE = 11, 0.65
"""What lies that near to a line and is that much fainter is its shadow."""
_LEAST_POINTS = 4
_OFF_CENTRE_CELLS = 0.7
_LEAST_CURVATURE = 0.05


@dataclass(frozen=True)
class RidgePoints:
    """N points on lines of a map.

    ``xy`` (N, 2) in cells, to a fraction of one; ``cell`` (N, 2) the integer column and row of
    each; ``angle`` (N,) of the line, radians, modulo pi; ``chance`` (N,) that it is a centre line;
    ``width`` (N,) of the hair in cells; ``shape`` of the map.
    """

    xy: Floats
    cell: NDArray[np.intp]
    angle: Floats
    chance: Floats
    width: Floats
    shape: tuple[int, int]


def ridge_points(lines: LineMap) -> RidgePoints:
    """The points of a map that lie on the crest of a line."""
    smooth = _smoothed(lines)
    strongest = cv2.dilate(smooth, np.ones((_HALO_CELLS, _HALO_CELLS), np.uint8))
    rows, columns = np.nonzero(smooth > np.maximum(WEAK, _HALO_SHARE * strongest))
    shift, normal, on_crest = _crest(smooth, rows, columns)
    on_crest[on_crest] = _hysteresis(rows[on_crest], columns[on_crest], smooth)
    rows, columns = rows[on_crest], columns[on_crest]
    cell = np.column_stack([columns, rows])
    return RidgePoints(
        xy=(cell + shift[on_crest]).astype(np.float32),
        cell=cell,
        angle=(normal[on_crest] + np.float32(np.pi / 2)) % np.float32(np.pi),
        chance=smooth[rows, columns],
        width=lines.width_px[rows, columns] / np.float32(lines.cell_px),
        shape=(smooth.shape[0], smooth.shape[1]),
    )


def _smoothed(lines: LineMap) -> Floats:
    """The chances of a centre line, smoothed the more where hairs are wide."""
    width = cv2.blur(lines.width_px, (5, 5)) / lines.cell_px
    smooth = np.zeros_like(lines.centre)
    for least, sigma in _SMOOTHING_CELLS:
        smooth = np.where(width >= least, cv2.GaussianBlur(lines.centre, (0, 0), sigma), smooth)
    return np.asarray(smooth, np.float32)


def _crest(
    smooth: Floats, rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """For each place the way (x, y) to the crest, the angle across it, and whether it is on it."""
    around = np.pad(smooth, 1, mode="reflect")

    def at(right: int, down: int) -> Floats:
        return around[rows + 1 + down, columns + 1 + right]

    middle = at(0, 0)
    slope_x, slope_y = (at(1, 0) - at(-1, 0)) / 2, (at(0, 1) - at(0, -1)) / 2
    xx, yy = at(1, 0) - 2 * middle + at(-1, 0), at(0, 1) - 2 * middle + at(0, -1)
    xy = (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / 4
    root = np.hypot((xx - yy) / 2, xy)
    curvature = (xx + yy) / 2 - root  # the eigenvalue of the fall to both sides: negative
    normal = np.float32(0.5) * np.arctan2(2 * xy, xx - yy) + np.float32(np.pi / 2)
    cos, sin = np.cos(normal), np.sin(normal)
    step = -(slope_x * cos + slope_y * sin) / np.minimum(curvature, -1e-6)
    shift = np.column_stack([step * cos, step * sin]).astype(np.float32)
    near = np.abs(shift).max(axis=1, initial=0) <= _OFF_CENTRE_CELLS
    return shift, normal, near & (curvature < -_LEAST_CURVATURE)


def _hysteresis(
    rows: NDArray[np.intp], columns: NDArray[np.intp], chance: Floats
) -> NDArray[np.bool_]:
    """Points whose connected line has a strong point and is no mere speck."""
    mask = np.zeros(chance.shape, np.uint8)
    mask[rows, columns] = 1
    count, labels = cv2.connectedComponents(mask, connectivity=8)
    label = np.asarray(labels, np.intp)[rows, columns]
    strongest = np.zeros(count, np.float32)
    np.maximum.at(strongest, label, chance[rows, columns])
    size = np.bincount(label, minlength=count)
    return np.asarray((strongest >= STRONG)[label] & (size >= _LEAST_POINTS)[label])
