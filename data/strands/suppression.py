"""Drops lines that duplicate a hair: a second line inside it, or the outline of its bulb."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from data.arrays import Array
from data.strands.strand import Strand

_INSIDE_WIDTHS = 1.2
"""A second line inside a hair is at most this far from its middle; two parallel hairs are farther
apart."""
_BESIDE_WIDTHS = 3.5
_AT_END_WIDTHS = 9.0
_MIN_INSIDE_SHARE = 0.7
_PROBES, _MIN_PROBE_SHARE = 20, 0.3
_MIN_PARALLEL = np.cos(np.deg2rad(25))


def suppress_duplicates(
    strands: Sequence[Strand], apart_px: float, certain: Sequence[Strand] = ()
) -> list[Strand]:
    """The strands without those that only run inside, or at the end of, a longer one.

    Lines less than ``apart_px`` apart cannot be distinguished. Those that are ``certain`` count as
    longer than any other.
    """
    ordered = [*_longest_first(certain), *_longest_first(strands)]
    distinct: list[Strand] = []
    far = np.vstack([np.zeros((1, 2)), *(strand.path for strand in ordered)]).max(axis=0)
    width, height = np.ceil(far / apart_px).astype(int) + 1
    painted = np.full((height, width), -1, np.int32)  # indices of strands, apart_px to a pixel
    for strand in ordered:
        near = [distinct[index] for index in _painted_under(strand, painted, apart_px)]
        if not any(_is_duplicate(strand, other, apart_px) for other in near):
            _paint(strand, len(distinct), painted, apart_px)
            distinct.append(strand)
    return distinct


def _longest_first(strands: Sequence[Strand]) -> list[Strand]:
    return sorted(strands, key=lambda strand: -strand.length_px)


def _painted_under(strand: Strand, painted: NDArray[np.int32], step_px: float) -> list[int]:
    """The indices painted under a good part of a strand."""
    some = strand.path[:: max(1, len(strand.path) // _PROBES)]
    column, row = np.round(some / step_px).astype(int).T
    last = np.array(painted.shape) - 1
    numbers = painted[row.clip(0, last[0]), column.clip(0, last[1])]
    found, counts = np.unique(numbers[numbers >= 0], return_counts=True)
    return [int(number) for number in found[counts >= _MIN_PROBE_SHARE * len(some)]]


def _paint(strand: Strand, index: int, painted: NDArray[np.int32], step_px: float) -> None:
    """Paints the strand and the surroundings in which duplicates of it may lie."""
    reach_px = max(step_px, _BESIDE_WIDTHS * strand.shaft_px)
    corners = np.round(strand.path / step_px).astype(np.int32)
    cv2.polylines(painted, [corners], False, index, max(1, round(2 * reach_px / step_px)))


def _is_duplicate(strand: Strand, other: Strand, apart_px: float) -> bool:
    within_px = max(apart_px, _INSIDE_WIDTHS * max(strand.shaft_px, other.shaft_px))
    some = slice(None, None, max(1, len(strand.path) // 40))
    points, tangents = strand.path[some], _tangents(strand.path)[some]
    distance = np.linalg.norm(points[:, None] - other.path[None], axis=2)
    gap_px = distance.min(axis=1)
    parallel = np.abs((tangents * _tangents(other.path)[distance.argmin(axis=1)]).sum(axis=1))
    inside = (parallel > _MIN_PARALLEL) & (gap_px < within_px)
    return float(inside.mean()) >= _MIN_INSIDE_SHARE or _is_part_of_an_end(strand, other, gap_px)


def _is_part_of_an_end(strand: Strand, other: Strand, gap_px: Array) -> bool:
    """A short piece that lies wholly round one end of a longer strand: its bulb or sheath."""
    reach_px = _AT_END_WIDTHS * other.shaft_px
    if strand.length_px > reach_px or strand.length_px > other.length_px / 2:
        return False
    from_ends = [np.linalg.norm(strand.path - (end.x, end.y), axis=1).max() for end in other.ends]
    return min(from_ends) < reach_px and bool((gap_px < _BESIDE_WIDTHS * other.shaft_px).all())


def _tangents(path: Array) -> Array:
    """(N, 2) unit vectors along a path."""
    step = np.gradient(path, axis=0)
    return np.asarray(step / np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-9))
