"""One curve per line: the same line answers on several pyramid levels."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from data.curve import Curve

_SAME_DIRECTION_DEG = 30
_BAND_WIDTHS = 1.5
_LEAST_POINTS = 8
_STEP = 5


def merge_levels(curves: Sequence[Curve], shape: tuple[int, int]) -> list[Curve]:
    """The strongest curve along each line, and those parts of weaker ones that it leaves free.

    ``shape`` is (height, width) of the grid that the curves' ``xy`` are pixels of. Of a dark hair
    with a pale gloss the hair wins: a line answers most on the level that fits its width.
    """
    taken = np.zeros(shape, np.uint8)
    kept = []
    for curve in sorted(curves, key=_evidence, reverse=True):
        parts = list(_free_parts(curve, taken))
        for part in parts:
            _take(part, taken)
        kept += parts
    return kept


def _evidence(curve: Curve) -> float:
    """Mean strength times the root of the length in widths: noise averages out along a line."""
    length_px = float(np.linalg.norm(np.diff(curve.xy, axis=0), axis=1).sum())
    return float(np.abs(curve.strength).mean() * np.sqrt(length_px / curve.width_px))


def _free_parts(curve: Curve, taken: NDArray[np.uint8]) -> Iterator[Curve]:
    """The runs of a curve's points on which no stronger curve runs in the same direction."""
    column, row = np.round(curve.xy).astype(int).T
    inside = np.clip(row, 0, taken.shape[0] - 1), np.clip(column, 0, taken.shape[1] - 1)
    mark = taken[inside].astype(int)
    apart = np.abs((mark - _marks(curve.xy) + 90) % 180 - 90)
    free = (mark == 0) | (apart > _SAME_DIRECTION_DEG)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], free.view(np.int8), [0]])))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if stop - start >= _LEAST_POINTS:
            yield curve.part(int(start), int(stop))


def _marks(xy: NDArray[np.float64]) -> NDArray[np.intp]:
    """The line's direction at each point in whole degrees, 1 to 180."""
    reach = min(3, len(xy) - 1)
    ahead = np.vstack([xy[reach:], np.repeat(xy[-1:], reach, axis=0)])
    behind = np.vstack([np.repeat(xy[:1], reach, axis=0), xy[:-reach]])
    step = ahead - behind
    degrees = np.rad2deg(np.arctan2(step[:, 1], step[:, 0])) % 180
    return np.asarray(degrees.astype(np.intp) + 1)


def _take(curve: Curve, taken: NDArray[np.uint8]) -> None:
    """Marks the band that a curve covers with its direction."""
    marks = _marks(curve.xy)
    thickness = max(1, round(_BAND_WIDTHS * curve.width_px))
    corners = np.round(curve.xy).astype(int)
    stops = [*range(_STEP, len(corners), _STEP), len(corners) - 1]
    for start, stop in zip([0, *stops], stops, strict=False):
        middle = int(marks[(start + stop) // 2])
        cv2.line(taken, corners[start].tolist(), corners[stop].tolist(), middle, thickness)
