"""Lines that only accompany a hair: a second line in it, or the outline of its bulb."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data.strand import Strand

_WITHIN_WIDTHS = 0.6
"""A second line inside a hair is no farther from its middle; two hairs side by side are."""
_BESIDE_WIDTHS = 3.5
_AT_END_WIDTHS = 9.0
_ALONG_SHARE = 0.7
_SAME_DIRECTION = np.cos(np.deg2rad(25))


def drop_companions(strands: Sequence[Strand], apart_px: float) -> list[Strand]:
    """The strands without those that only run inside, or at the end of, a longer one.

    Lines less than ``apart_px`` apart cannot be told to be two.
    """
    ordered = sorted(strands, key=lambda strand: -strand.length_px)
    boxes = np.array([_box(strand) for strand in ordered]).reshape(-1, 4)
    reach_px = np.array([_AT_END_WIDTHS * strand.shaft_px for strand in ordered])
    kept: list[int] = []
    for number, strand in enumerate(ordered):
        apart = np.maximum(
            boxes[number, :2] - boxes[kept, 2:], boxes[kept, :2] - boxes[number, 2:]
        ).max(axis=1, initial=-np.inf)
        near = np.flatnonzero(apart < reach_px[kept])
        if not any(_accompanies(strand, ordered[kept[i]], apart_px) for i in near):
            kept.append(number)
    return [ordered[number] for number in kept]


def _box(strand: Strand) -> NDArray[np.float64]:
    """Left, top, right, bottom of a strand."""
    return np.concatenate([strand.path.min(axis=0), strand.path.max(axis=0)])


def _accompanies(strand: Strand, other: Strand, apart_px: float) -> bool:
    within_px = max(apart_px, _WITHIN_WIDTHS * max(strand.shaft_px, other.shaft_px))
    if not _comes_near(strand, other, max(within_px, _BESIDE_WIDTHS * other.shaft_px)):
        return False
    some = slice(None, None, max(1, len(strand.path) // 40))
    points, tangents = strand.path[some], _tangents(strand.path)[some]
    distance = np.linalg.norm(points[:, None] - other.path[None], axis=2)
    gap_px = distance.min(axis=1)
    parallel = np.abs((tangents * _tangents(other.path)[distance.argmin(axis=1)]).sum(axis=1))
    inside = (parallel > _SAME_DIRECTION) & (gap_px < within_px)
    return float(inside.mean()) >= _ALONG_SHARE or _is_part_of_an_end(strand, other, gap_px)


def _comes_near(strand: Strand, other: Strand, reach_px: float) -> bool:
    """Whether any of three points along a strand does: a companion's would, at little cost."""
    probes = strand.path[[len(strand.path) * k // 4 for k in (1, 2, 3)]]
    x, y = (probes[:, None] - other.path[None]).transpose(2, 0, 1)
    return bool((x * x + y * y).min() <= reach_px**2)


def _is_part_of_an_end(strand: Strand, other: Strand, gap_px: NDArray[np.float64]) -> bool:
    """A short piece that lies wholly round one end of a longer strand: its bulb or sheath."""
    reach_px = _AT_END_WIDTHS * other.shaft_px
    if strand.length_px > reach_px or strand.length_px > other.length_px / 2:
        return False
    from_ends = [np.linalg.norm(strand.path - (end.x, end.y), axis=1).max() for end in other.ends]
    return min(from_ends) < reach_px and bool((gap_px < _BESIDE_WIDTHS * other.shaft_px).all())


def _tangents(path: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, 2) unit vectors along a path."""
    step = np.gradient(path, axis=0)
    return np.asarray(step / np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-9))
