"""Which hair of one report is which of another on the same photo."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from model.labelling.hair import Hair

NEAR_SHAFTS, NEAR_PX = 2.0, 4.0
"""Two paths whose points lie that near to the other on average, in shaft widths or in pixels,
whichever is more, run along the same hair: neighbours lie further apart, and two readings of one
hair differ by less. Our assumption."""

Pair = tuple[Hair | None, Hair | None]


def pair_hairs(before: Sequence[Hair], after: Sequence[Hair]) -> list[Pair]:
    """Each hair of either side once, with the same hair of the other side or None; the nearest
    pairs first, then those that are alone."""
    near = sorted(
        (apart, i, k)
        for i, one in enumerate(before)
        for k, other in enumerate(after)
        if (apart := _apart_px(one, other)) <= _limit_px(one, other)
    )
    of_before: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, k in near:
        if i not in of_before and k not in taken:
            of_before[i] = k
            taken.add(k)
    pairs: list[Pair] = [(before[i], after[k]) for i, k in of_before.items()]
    pairs += [(hair, None) for i, hair in enumerate(before) if i not in of_before]
    return pairs + [(None, hair) for k, hair in enumerate(after) if k not in taken]


def _limit_px(one: Hair, other: Hair) -> float:
    return max(NEAR_PX, NEAR_SHAFTS * max(one.strand.shaft_px, other.strand.shaft_px))


def _apart_px(one: Hair, other: Hair) -> float:
    """How far the points of either path lie from the other path's, on average; the greater of
    both ways, so that a piece of a hair is not the hair."""
    paths = one.strand.path, other.strand.path
    if _boxes_apart_px(*paths) > _limit_px(one, other):
        return np.inf
    way = np.linalg.norm(paths[0][:, None] - paths[1][None], axis=2)
    return float(max(way.min(axis=1).mean(), way.min(axis=0).mean()))


def _boxes_apart_px(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    gaps = np.maximum(one.min(axis=0) - other.max(axis=0), other.min(axis=0) - one.max(axis=0))
    return float(gaps.max())
