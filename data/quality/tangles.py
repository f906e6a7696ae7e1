"""Hairs that cannot be followed."""

from collections.abc import Sequence

import numpy as np

from data.photo import Photo
from data.quality.finding import Finding, box_around, some_are
from data.strand import Strand

SOME_TANGLED, MOST_TANGLED = 0.2, 0.5
"""A smaller share of tangled hairs is no fault of the photo; from a larger one on, the whole photo
is tangled: the first is measured in docs/retake.md."""


def tangled_share(strands: Sequence[Strand]) -> float:
    """The share of strands that may have been followed wrongly where they cross others."""
    return sum(strand.tangled for strand in strands) / len(strands)


def tangles(photo: Photo, strands: Sequence[Strand]) -> Finding | None:
    """Some hairs are tangled, with their place, or most of them."""
    tangled = [strand for strand in strands if strand.tangled]
    share = tangled_share(strands)
    if share < SOME_TANGLED:
        return None
    places = np.vstack([strand.path for strand in tangled])
    return Finding(
        "tangled",
        f"{some_are(len(tangled), len(strands), 'hair')} tangled; "
        "spread them out in one layer, so that each root end lies free.",
        None if share > MOST_TANGLED else box_around(photo, places, 0),
    )
