"""Hairs that lie over each other's ends, or cannot be followed."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data.images.photo import Photo
from data.quality.finding import Finding, box_around, some_are
from data.strands.strand import End, EndState, Strand

SOME_CROWDED = 0.43
"""A smaller share of crowded ends is no fault of the photo: measured in docs/retake.md."""
_FREE_WIDTHS = 3.0
"""No other hair passes this near to a free end: it would lie over a root."""
_POINT_EVERY_WIDTHS = 2.0
_MARGIN_WIDTHS = 4.0


def crowded_ends(strands: Sequence[Strand]) -> tuple[list[End], int]:
    """Those of the ends in the photo that do not lie free, and how many ends there are in all.

    An end is crowded where it is hidden, where another strand passes it, and where its strand was
    perhaps followed wrongly across others.
    """
    points = [strand.path[:: _stride(strand)] for strand in strands]
    everywhere = np.vstack(points)
    owner = np.repeat(np.arange(len(strands)), [len(line) for line in points])
    crowded, count = [], 0
    for k, strand in enumerate(strands):
        inside = [end for end in strand.ends if end.state is not EndState.OUT_OF_PHOTO]
        others = everywhere[owner != k]
        crowded += [end for end in inside if _is_crowded(strand, end, others)]
        count += len(inside)
    return crowded, count


def _is_crowded(strand: Strand, end: End, others: NDArray[np.float64]) -> bool:
    """``others`` (N, 2) are points along all other strands."""
    if strand.tangled or end.state is EndState.HIDDEN:
        return True
    gaps = others - (end.x, end.y)
    reach_px = _FREE_WIDTHS * strand.shaft_px
    return bool((gaps[:, 0] ** 2 + gaps[:, 1] ** 2 < reach_px**2).any())


def _stride(strand: Strand) -> int:
    """Every so many points of its path are enough: they lie two widths apart, or nearer."""
    step = strand.length_px / max(1, len(strand.path) - 1)
    return max(1, int(_POINT_EVERY_WIDTHS * strand.shaft_px / max(step, 1e-9)))


def crowded_share(strands: Sequence[Strand]) -> float:
    """The share of the ends in the photo that are crowded; 0 without any."""
    crowded, ends = crowded_ends(strands)
    return len(crowded) / max(1, ends)


def tangles(photo: Photo, strands: Sequence[Strand]) -> Finding | None:
    """Many ends do not lie free, with their place."""
    crowded, ends = crowded_ends(strands)
    if len(strands) < 2 or not crowded or len(crowded) < SOME_CROWDED * ends:
        return None  # one hair alone lies in no tangle
    places = np.array([(end.x, end.y) for end in crowded])
    margin = _MARGIN_WIDTHS * max(strand.shaft_px for strand in strands)
    return Finding(
        "tangled",
        f"{some_are(len(crowded), ends, 'hair end')} under, beside or tangled with other hairs; "
        "spread them out in one layer, so that each root end lies free.",
        box_around(photo, places, margin),
    )
