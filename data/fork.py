"""Cutting curves that took the wrong turn where hairs cross.

Points are linked one by one, so at a crossing a curve may leave by another hair's arm. Where a
third curve ends at such a bend and would go on straighter, the bent one is cut; joining does the
rest.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from data.curve import Curve

_TOUCH_CELLS, _TOUCH_WIDTHS = 3.0, 1.5
_ARM_CELLS, _ARM_WIDTHS = 5.0, 2.0
_STRAIGHTER = np.deg2rad(12)
_TRIM_CELLS, _TRIM_WIDTHS = 1.0, 0.5
_LEAST_POINTS = 4


def cut_at_forks(curves: Sequence[Curve], shape: tuple[int, int]) -> list[Curve]:
    """The curves of a map of ``shape`` (height, width), those with a wrong turn cut in two."""
    if len(curves) < 2:
        return list(curves)
    starts = np.cumsum([0, *(len(curve.xy) for curve in curves)])
    number = _numbered(curves, shape)
    cuts: dict[int, set[int]] = {}
    for curve in curves:
        for line in (curve.xy, curve.xy[::-1]):
            place = _touched(line, curve.typical_width, number)
            if place is None:
                continue
            other = int(np.searchsorted(starts, place, side="right")) - 1
            at = place - int(starts[other])
            if _turns_wrong(curves[other], at, _into(line, _arm(curve))):
                cuts.setdefault(other, set()).add(at)
    return [part for i, curve in enumerate(curves) for part in _parts(curve, cuts.get(i, set()))]


def _numbered(curves: Sequence[Curve], shape: tuple[int, int]) -> NDArray[np.int32]:
    """A picture of the running numbers of all points, -1 where there is none."""
    number = np.full(shape, -1, np.int32)
    column, row = np.round(np.vstack([curve.xy for curve in curves])).astype(int).T
    row, column = row.clip(0, shape[0] - 1), column.clip(0, shape[1] - 1)
    number[row, column] = np.arange(len(row))
    return number


def _touched(line: NDArray[np.float64], width: float, number: NDArray[np.int32]) -> int | None:
    """The nearest point of another curve, or of a far part of this one, at ``line[0]``."""
    reach = round(_TOUCH_CELLS + _TOUCH_WIDTHS * width)
    x, y = np.round(line[0]).astype(int)
    left, top = max(0, x - reach), max(0, y - reach)
    window = number[top : y + reach + 1, left : x + reach + 1].copy()
    # The line's own points round its end are no touch.
    near = line[: 3 * reach + 3]
    column, row = (np.round(near).astype(int) - (left, top)).T
    own = (row >= 0) & (row < window.shape[0]) & (column >= 0) & (column < window.shape[1])
    window[row[own], column[own]] = -1
    rows, columns = np.nonzero(window >= 0)
    if not len(rows):
        return None
    nearest = np.hypot(columns + left - line[0, 0], rows + top - line[0, 1]).argmin()
    return int(window[rows[nearest], columns[nearest]])


def _arm(curve: Curve) -> int:
    """How many points of a curve give its direction."""
    return round(_ARM_CELLS + _ARM_WIDTHS * curve.typical_width)


def _turns_wrong(curve: Curve, at: int, tail: NDArray[np.float64]) -> bool:
    """Whether one of the two arms at a point goes on straighter in ``tail`` than in the other."""
    arm = _arm(curve)
    if min(at, len(curve.xy) - 1 - at) < _LEAST_POINTS:
        return False
    before = _into(curve.xy[at::-1], arm)
    after = _into(curve.xy[at:], arm)
    through = _bend(before, after)
    straightest = min(_bend(before, tail), _bend(after, tail))
    return bool(straightest + _STRAIGHTER < through)


def _into(line: NDArray[np.float64], arm: int) -> NDArray[np.float64]:
    """Unit vector along a line towards its first point, from ``arm`` points away."""
    step = line[0] - line[min(arm, len(line) - 1)]
    return np.asarray(step / max(float(np.linalg.norm(step)), 1e-9))


def _bend(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """The turn from coming in along ``one`` to going out against ``other``, radians."""
    return float(np.arccos(np.clip(-(one @ other), -1, 1)))


def _parts(curve: Curve, cuts: set[int]) -> list[Curve]:
    """A curve without its cuts and the few bent points round each."""
    if not cuts:
        return [curve]
    trim = round(_TRIM_CELLS + _TRIM_WIDTHS * curve.typical_width)
    bounds = [-trim, *sorted(cuts), len(curve.xy) - 1 + trim]
    pieces = [slice(first + trim, last - trim + 1) for first, last in pairwise(bounds)]
    return [
        Curve(curve.xy[piece], curve.chance[piece], curve.width[piece])
        for piece in pieces
        if piece.stop - piece.start >= _LEAST_POINTS
    ]
