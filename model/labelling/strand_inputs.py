"""The inputs of the prior of no hair: the finder's confidences, and the strand beside the others.

Dust, lint and scratches are often thinner and shorter than the hairs of their photo, and of a
colour that hair does not have.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.arrays import Array
from data.strands.strand import Strand
from model.labelling.probability import bounded_log_odds

CONFIDENCES, WITHOUT_COLOUR, INPUTS = 2, 5, 7
"""How many inputs are confidences, the first ones; how many there were before the colour; and all
of them. Older versions have weights for the first ones alone."""
_MIN_OTHERS = 3
"""Strands needed to know what is usual in a photo. Our choice."""
_THINNER_FROM = -0.3
"""Doublings from which on a strand counts as thinner: hairs of a head vary by a fifth. Our
choice."""
_MOST_DOUBLINGS = 3.0
_MAX_LENGTH = 8.0
"""In doublings of the width."""
_SHORT = 4.0
"""In doublings of the width: a strand of less than 16 widths is hardly longer than a root. Our
choice."""
_COLOUR_STEP = 10.0


@dataclass(frozen=True)
class Usual:
    """What is usual for the other strands of a photo: their width in px, and how unlike hair their
    colour is."""

    shaft_px: float
    odd_colour: float


def strand_inputs(
    strand: Strand, odd_colour: float = 0.0, usual: Usual | None = None
) -> tuple[float, ...]:
    """The ``INPUTS`` of a strand: the log odds of the best end's and of the strand's confidence,
    how much thinner and how much wider it is than ``usual`` (doublings, 0 if that is unknown),
    the distance between its ends (doublings of its width) and how much that is less than 16 widths,
    and its ``odd_colour`` (data/strands/shaft_colour.py), less half of what is usual: under
    coloured light all strands have some."""
    apart = 0.0
    if usual:
        doublings = math.log2(strand.shaft_px / usual.shaft_px)
        apart = min(max(doublings, -_MOST_DOUBLINGS), _MOST_DOUBLINGS)
    length = math.log2(max(_distance(strand) / strand.shaft_px, 1.0))
    excess = max(odd_colour - (usual.odd_colour if usual else 0.0), 0.0)
    return (
        bounded_log_odds(strand.best_end_confidence),
        bounded_log_odds(strand.confidence),
        min(apart - _THINNER_FROM, 0.0),
        max(apart, 0.0),
        min(length, _MAX_LENGTH),
        min(length - _SHORT, 0.0),
        (odd_colour + excess) / 2 / _COLOUR_STEP,
    )


def usual_of_others(strands: Sequence[Strand], odd_colours: Sequence[float]) -> list[Usual | None]:
    """For each strand of a photo, what is usual for the others: the mean width (of the logarithms)
    and the median colour, longer and surer strands weighing more; None where there are fewer than
    ``_MIN_OTHERS``."""
    if len(strands) <= _MIN_OTHERS:
        return [None] * len(strands)
    log_widths = np.log([strand.shaft_px for strand in strands])
    weights = np.array([_distance(strand) * strand.confidence for strand in strands]) + 1e-9
    total, product = weights.sum(), weights @ log_widths
    widths = np.exp((product - weights * log_widths) / (total - weights))
    odd = np.array(odd_colours)
    return [
        Usual(float(width), _weighted_median(np.delete(odd, i), np.delete(weights, i)))
        for i, width in enumerate(widths)
    ]


def _weighted_median(values: Array, weights: Array) -> float:
    """The lowest of ``values`` (N,) at which half of the ``weights`` (N,) is reached."""
    order = np.argsort(values)
    reached = weights[order].cumsum()
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])


def _distance(strand: Strand) -> float:
    first, second = strand.ends
    return math.hypot(first.x - second.x, first.y - second.y)
