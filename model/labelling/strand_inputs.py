"""The inputs of the prior of no hair: the finder's confidences, and the strand beside the others.

Dust, lint and scratches are often thinner and shorter than the hairs of their photo, of a colour
that hair does not have, or of one that no other strand has.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.arrays import Array
from data.strands.shaft_colour import ShaftColour
from data.strands.strand import Strand
from model.labelling.probability import bounded_log_odds

CONFIDENCES, WITHOUT_COLOUR, WITHOUT_OTHERS, INPUTS = 2, 5, 7, 8
"""How many inputs are confidences, the first ones; how many there were before the colour, and
before the colours of the other strands; and all of them. Older versions have weights for the first
ones alone."""
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
_SAME_COLOUR, _MOST_APART = 3.0, 28.0
"""Distances between colours: below the first, two strands have the same; beyond the second, all
count alike. Our choice."""
_NEIGHBOUR = 2
"""The colour of a strand is compared with the second nearest of the others: one other piece of the
same thread is no evidence of hair. Our choice."""


@dataclass(frozen=True)
class Usual:
    """A photo's other strands: their usual width in px, how unlike hair their colour usually is,
    and how far the second nearest of their colours is."""

    shaft_px: float
    odd_colour: float
    colour_apart: float = 0.0


def strand_inputs(
    strand: Strand, colour: ShaftColour | None = None, usual: Usual | None = None
) -> tuple[float, ...]:
    """The ``INPUTS`` of a strand: the log odds of the best end's and of the strand's confidence,
    how much thinner and how much wider it is than ``usual`` (doublings, 0 if that is unknown),
    the distance between its ends (doublings of its width) and how much that is less than 16 widths;
    how unlike hair its ``colour`` is, less half of what is usual: under coloured light all strands
    are; and how far its colour is from the others'."""
    apart = 0.0
    if usual:
        doublings = math.log2(strand.shaft_px / usual.shaft_px)
        apart = min(max(doublings, -_MOST_DOUBLINGS), _MOST_DOUBLINGS)
    length = math.log2(max(_distance(strand) / strand.shaft_px, 1.0))
    odd = colour.odd if colour else 0.0
    excess = max(odd - (usual.odd_colour if usual else 0.0), 0.0)
    colour_apart = min(usual.colour_apart if usual and colour else 0.0, _MOST_APART)
    return (
        bounded_log_odds(strand.best_end_confidence),
        bounded_log_odds(strand.confidence),
        min(apart - _THINNER_FROM, 0.0),
        max(apart, 0.0),
        min(length, _MAX_LENGTH),
        min(length - _SHORT, 0.0),
        (odd + excess) / 2 / _COLOUR_STEP,
        max(colour_apart - _SAME_COLOUR, 0.0) / _COLOUR_STEP,
    )


def usual_of_others(
    strands: Sequence[Strand], colours: Sequence[ShaftColour | None]
) -> list[Usual | None]:
    """For each strand of a photo, what is usual for the others: the mean width (of the logarithms)
    and the median colour, longer and surer strands weighing more, and how far the second nearest
    colour is (0 where fewer have one); None where there are fewer than ``_MIN_OTHERS``."""
    if len(strands) <= _MIN_OTHERS:
        return [None] * len(strands)
    log_widths = np.log([strand.shaft_px for strand in strands])
    weights = np.array([_distance(strand) * strand.confidence for strand in strands]) + 1e-9
    total, product = weights.sum(), weights @ log_widths
    widths = np.exp((product - weights * log_widths) / (total - weights))
    odd = np.array([colour.odd if colour else 0.0 for colour in colours])
    return [
        Usual(
            float(width),
            _weighted_median(np.delete(odd, i), np.delete(weights, i)),
            _colour_apart(i, colours),
        )
        for i, width in enumerate(widths)
    ]


def _colour_apart(index: int, colours: Sequence[ShaftColour | None]) -> float:
    """The distance from a strand's colour to the ``_NEIGHBOUR``-nearest of the others; 0 where it
    is not known."""
    own = colours[index]
    others = [colour for i, colour in enumerate(colours) if i != index and colour]
    if own is None or len(others) < _NEIGHBOUR:
        return 0.0
    return sorted(own.distance(other) for other in others)[_NEIGHBOUR - 1]


def _weighted_median(values: Array, weights: Array) -> float:
    """The lowest of ``values`` (N,) at which half of the ``weights`` (N,) is reached."""
    order = np.argsort(values)
    reached = weights[order].cumsum()
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])


def _distance(strand: Strand) -> float:
    first, second = strand.ends
    return math.hypot(first.x - second.x, first.y - second.y)
