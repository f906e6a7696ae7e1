"""Ridge points: places where the photo has a line, dark or pale, of some width.

After C. Steger, "An unbiased detector of curvilinear structures", IEEE TPAMI 20(2), 1998: a line's
centre is where the first derivative across the line vanishes and the second is large. Edges have
a second derivative too, but never where the first one vanishes, so they raise no ridge.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

SIGMA_PX = 1.4
"""Smoothing on each level of the pyramid; it answers best to lines of twice this width."""
MAX_LEVELS = 5
"""Levels halve the picture, so lines of about 2 to 60 px are met (lines double per level)."""
FAINTEST = 0.8
"""Least strength of a ridge, in grey levels: half the contrast of the faintest line looked for."""
WEAK, STRONG = 1.6, 2.8
"""Strength over that of the surroundings: a ridge goes on above ``WEAK`` from a ``STRONG`` point.

Our assumption: Gaussian noise passes 3.2 times its own mean strength once in some thousand points.
"""
_SURROUNDINGS_PX = 61
_HALO_PX, _HALO_SHARE = 13, 0.3
_BORDER_PX = 5
_LEAST_POINTS = 8
_OFF_CENTRE_PX = 0.6
_ROUNDEST = 0.75


@dataclass(frozen=True)
class RidgePoints:
    """N points on lines of one pyramid level.

    ``xy`` (N, 2) in pixels of the level's grid, to a fraction of one; ``cell`` (N, 2) the integer
    column and row of each; ``angle`` (N,) of the line, radians, modulo pi; ``strength`` (N,) the
    scale-free second derivative across it in grey levels, positive for a line darker than its
    ground; ``salience`` (N,) its ratio to the surroundings' mean.
    """

    xy: Floats
    cell: NDArray[np.intp]
    angle: Floats
    strength: Floats
    salience: Floats
    shape: tuple[int, int]


@dataclass(frozen=True)
class _Hessian:
    """The second derivatives' stronger eigenvalue ``strength``, the other one, and the normal."""

    strength: Floats
    other: Floats
    normal: Floats


def pyramid(grey: Floats) -> list[Floats]:
    """The picture at full, half, quarter ... size, while a line still fits in."""
    levels = [grey]
    while len(levels) < MAX_LEVELS and min(levels[-1].shape) >= 64:
        levels.append(np.asarray(cv2.pyrDown(levels[-1]), np.float32))
    return levels


def ridge_points(level: Floats) -> RidgePoints:
    """The points of one level that lie on the centre of a line and stand out from around it."""
    smooth = np.asarray(cv2.GaussianBlur(level, (0, 0), SIGMA_PX), np.float32)
    hessian = _hessian(smooth)
    magnitude = np.abs(hessian.strength)
    salience = np.asarray(magnitude / _surroundings(magnitude), np.float32)
    rows, columns = np.nonzero(_candidates(hessian, magnitude, salience))
    shift, on_ridge = _shift_to_centre(smooth, hessian, rows, columns)
    on_ridge &= ~_along_border(hessian.normal[rows, columns], rows, columns, level.shape)
    rows, columns, shift = rows[on_ridge], columns[on_ridge], shift[on_ridge]
    kept = _hysteresis(rows, columns, salience)
    rows, columns, shift = rows[kept], columns[kept], shift[kept]
    cell = np.column_stack([columns, rows])
    return RidgePoints(
        xy=(cell + shift).astype(np.float32),
        cell=cell,
        angle=(hessian.normal[rows, columns] + np.float32(np.pi / 2)) % np.float32(np.pi),
        strength=hessian.strength[rows, columns],
        salience=salience[rows, columns],
        shape=(level.shape[0], level.shape[1]),
    )


def _hessian(smooth: Floats) -> _Hessian:
    """Eigenvalues of the second derivatives times sigma squared, and the line's normal."""
    xx, yy, xy = (_derivative(smooth, dx, dy) for dx, dy in ((2, 0), (0, 2), (1, 1)))
    half_trace = (xx + yy) * np.float32(0.5)
    half_gap = (xx - yy) * np.float32(0.5)
    root = np.asarray(cv2.magnitude(half_gap, xy), np.float32)
    sign = np.where(half_trace >= 0, np.float32(1), np.float32(-1))
    normal = np.float32(0.5) * np.arctan2(xy, half_gap)
    normal += np.where(sign < 0, np.float32(np.pi / 2), np.float32(0))
    scale = np.float32(SIGMA_PX**2)
    stronger, other = half_trace + sign * root, half_trace - sign * root
    return _Hessian(*(np.asarray(a, np.float32) for a in (stronger * scale, other * scale, normal)))


def _derivative(smooth: Floats, dx: int, dy: int) -> Floats:
    """Central differences; of first order where ``dx`` or ``dy`` is 1, of second where it is 2."""
    taps = {0: [1.0], 1: [-0.5, 0.0, 0.5], 2: [1.0, -2.0, 1.0]}
    across, along = np.array(taps[dx], np.float32), np.array(taps[dy], np.float32)
    out = cv2.sepFilter2D(smooth, cv2.CV_32F, across, along, borderType=cv2.BORDER_REFLECT_101)
    return np.asarray(out, np.float32)


def _surroundings(magnitude: Floats) -> Floats:
    """Mean strength around each place, with strong lines capped so that they do not hide others."""
    typical = float(np.median(magnitude[::4, ::4]))
    capped = np.minimum(magnitude, np.float32(4 * typical + 0.1))
    mean = cv2.blur(capped, (_SURROUNDINGS_PX, _SURROUNDINGS_PX), borderType=cv2.BORDER_REFLECT_101)
    return np.maximum(np.asarray(mean, np.float32), np.float32(0.05))


def _candidates(hessian: _Hessian, magnitude: Floats, salience: Floats) -> NDArray[np.bool_]:
    """Where something is strong enough, long rather than round, and no halo of another."""
    long = np.abs(hessian.other) < np.float32(_ROUNDEST) * magnitude
    strongest = cv2.dilate(magnitude, np.ones((_HALO_PX, _HALO_PX), np.uint8))
    no_halo = magnitude > np.float32(_HALO_SHARE) * strongest
    return long & no_halo & (magnitude > np.float32(FAINTEST)) & (salience > np.float32(WEAK))


def _shift_to_centre(
    smooth: Floats, hessian: _Hessian, rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> tuple[Floats, NDArray[np.bool_]]:
    """The way (x, y) from each place to the line's centre, and whether it stays in the pixel."""
    height, width = smooth.shape
    right, left = np.minimum(columns + 1, width - 1), np.maximum(columns - 1, 0)
    below, above = np.minimum(rows + 1, height - 1), np.maximum(rows - 1, 0)
    slope_x = (smooth[rows, right] - smooth[rows, left]) / 2
    slope_y = (smooth[below, columns] - smooth[above, columns]) / 2
    normal = hessian.normal[rows, columns]
    cos, sin = np.cos(normal), np.sin(normal)
    curvature = hessian.strength[rows, columns] / np.float32(SIGMA_PX**2)
    step = -(slope_x * cos + slope_y * sin) / curvature
    shift = np.column_stack([step * cos, step * sin])
    return shift, np.abs(shift).max(axis=1, initial=0) <= _OFF_CENTRE_PX


def _along_border(
    normal: Floats, rows: NDArray[np.intp], columns: NDArray[np.intp], shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    """Points beside the photo's border on a line along it: the border's own making."""
    by_side = np.minimum(columns, shape[1] - 1 - columns) < _BORDER_PX
    by_top = np.minimum(rows, shape[0] - 1 - rows) < _BORDER_PX
    across_x = np.abs(np.cos(normal)) > np.cos(np.pi / 4)
    return np.asarray((by_side & across_x) | (by_top & ~across_x))


def _hysteresis(
    rows: NDArray[np.intp], columns: NDArray[np.intp], salience: Floats
) -> NDArray[np.bool_]:
    """Points whose connected line has a strong point and is no mere speck."""
    mask = np.zeros(salience.shape, np.uint8)
    mask[rows, columns] = 1
    count, labels = cv2.connectedComponents(mask, connectivity=8)
    label = np.asarray(labels, np.intp)[rows, columns]
    strongest = np.zeros(count, np.float32)
    np.maximum.at(strongest, label, salience[rows, columns])
    size = np.bincount(label, minlength=count)
    return np.asarray((strongest >= STRONG)[label] & (size >= _LEAST_POINTS)[label])
