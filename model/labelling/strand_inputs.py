"""The inputs of the prior of no hair: the finder's confidences, and the strand beside the others.

Dust, lint and scratches are often thinner and shorter than the hairs of their photo.
"""

import math
from collections.abc import Sequence

import numpy as np

from data.strands.strand import Strand
from model.labelling.probability import bounded_log_odds

CONFIDENCES, INPUTS = 2, 5
"""How many inputs are confidences, the first ones; and all of them. Versions from before the other
inputs have weights for the confidences alone."""
_MIN_OTHERS = 3
"""Strands needed to know what is usual in a photo. Our choice."""
_THINNER_FROM = -0.3
"""Doublings from which on a strand counts as thinner: hairs of a head vary by a fifth. Our
choice."""
_MOST_DOUBLINGS = 3.0
_MAX_LENGTH = 8.0
"""In doublings of the width."""


def strand_inputs(strand: Strand, typical_px: float | None = None) -> tuple[float, ...]:
    """The ``INPUTS`` of a strand: the log odds of the best end's and of the strand's confidence,
    how much thinner and how much wider it is than ``typical_px`` (doublings, 0 if that is unknown),
    and the distance between its ends (doublings of its width)."""
    apart = 0.0
    if typical_px:
        doublings = math.log2(strand.shaft_px / typical_px)
        apart = min(max(doublings, -_MOST_DOUBLINGS), _MOST_DOUBLINGS)
    length = max(_distance(strand) / strand.shaft_px, 1.0)
    return (
        bounded_log_odds(strand.best_end_confidence),
        bounded_log_odds(strand.confidence),
        min(apart - _THINNER_FROM, 0.0),
        max(apart, 0.0),
        min(math.log2(length), _MAX_LENGTH),
    )


def typical_widths(strands: Sequence[Strand]) -> list[float | None]:
    """For each strand of a photo, the mean width of the others in px (of the logarithms, longer and
    surer strands weighing more); None where there are fewer than ``_MIN_OTHERS``."""
    if len(strands) <= _MIN_OTHERS:
        return [None] * len(strands)
    log_widths = np.log([strand.shaft_px for strand in strands])
    weights = np.array([_distance(strand) * strand.confidence for strand in strands]) + 1e-9
    total, product = weights.sum(), weights @ log_widths
    others = (product - weights * log_widths) / (total - weights)
    return [float(width) for width in np.exp(others)]


def _distance(strand: Strand) -> float:
    first, second = strand.ends
    return math.hypot(first.x - second.x, first.y - second.y)
