"""The ends of curves, as joining looks at them: where they lie and which way they point."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from data.strands.curves import Curve
from data.strands.line_map import Floats

_TANGENT_WIDTHS, _TANGENT_CELLS = 4.0, 8.0
"""An end's direction is told by so much of its line."""
_LEAST_BENT_CELLS = 10.0
"""Less of a line than this tells no bend."""
_END_CELLS = 5
Floats64 = NDArray[np.float64]


@dataclass(frozen=True)
class Tails:
    """The 2 N ends of N curves: number ``2 i`` is curve ``i``'s first point, ``2 i + 1`` its last.

    ``xy`` (2N, 2) in cells; ``outward`` (2N, 2) unit vectors; ``width`` and ``length`` (2N,) of
    the curve, in cells; ``end`` (2N,) the chance that a hair ends there.
    """

    xy: Floats64
    outward: Floats64
    width: Floats64
    length: Floats64
    end: Floats


def tails_of(curves: Sequence[Curve], end: Floats) -> Tails:
    """The ends of curves in a map whose chance of ends is ``end`` (h, w)."""
    xy = np.vstack([curve.xy[[0, -1]] for curve in curves])
    ways = [_outward(curve, line) for curve in curves for line in (curve.xy, curve.xy[::-1])]
    width = np.repeat([curve.typical_width for curve in curves], 2)
    length = np.repeat([curve.length for curve in curves], 2)
    around = cv2.dilate(end, np.ones((_END_CELLS, _END_CELLS), np.uint8))
    column, row = np.round(xy).astype(int).T
    place = row.clip(0, end.shape[0] - 1), column.clip(0, end.shape[1] - 1)
    return Tails(xy, np.vstack(ways), width, length, around[place])


def _outward(curve: Curve, line: Floats64) -> Floats64:
    """Unit vector out of the end at ``line[0]``: of the parabola through the line's first part.

    A straight piece would lag behind where a curly hair bends.
    """
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    along = np.concatenate([[0.0], steps.cumsum()])
    near = along <= _TANGENT_WIDTHS * curve.typical_width + _TANGENT_CELLS
    inward = _slope(along[near], line[near])
    return np.asarray(-inward / max(float(np.linalg.norm(inward)), 1e-9))


def _slope(along: Floats64, line: Floats64) -> Floats64:
    """At the start of a line (N, 2), of the parabola nearest to it."""
    part = along / max(along[-1], 1e-9)
    powers = 3 if along[-1] >= _LEAST_BENT_CELLS else 2
    columns = part[:, None] ** np.arange(powers)
    hold = 1e-9 * np.eye(powers)  # against a line of a single point
    # Plain normal equations: numpy's own fit takes ten times as long on so few points.
    return np.asarray(np.linalg.solve(columns.T @ columns + hold, columns.T @ line)[1])
