"""Refines the ends of strands, and marks those that lie under other strands.

`refine_end` moves an end to the line map's end nearby. `mark_occluded_ends` finds ends that are
hidden under another strand, and heaps in which ends cannot be assigned to strands.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from data.arrays import Array, Floats, Indices
from data.strands.curves import resample
from data.strands.line_map import LineMap
from data.strands.strand import End, EndState, Strand

MIN_END_CONFIDENCE = 0.2
"""From this probability on, the map shows an end."""
_FROM_WIDTHS, _TO_WIDTHS, _STEP_WIDTHS = -3.0, 4.0, 0.25
"""The line may stop before bulb and tail, or run past a thin tip."""
_ASIDE_WIDTHS = (-1.0, -0.5, 0.0, 0.5, 1.0)
_AROUND_WIDTHS = 1.0
"""Positions this close to the most probable one belong to the same end, which is their mean."""


def refine_end(lines: LineMap, end: End, shaft_px: float) -> End:
    """The end, moved to the map's most probable position nearby; unmoved if the map shows none."""
    ahead, aside = np.meshgrid(np.arange(_FROM_WIDTHS, _TO_WIDTHS, _STEP_WIDTHS), _ASIDE_WIDTHS)
    cos, sin = shaft_px * np.cos(end.direction), shaft_px * np.sin(end.direction)
    x, y = end.x + ahead * cos - aside * sin, end.y + ahead * sin + aside * cos
    probability = _end_probability(lines, x, y)
    best = probability.argmax()
    confidence = float(probability.flat[best])
    if confidence < MIN_END_CONFIDENCE:
        return replace(end, confidence=confidence)
    near = np.hypot(ahead - ahead.flat[best], aside - aside.flat[best]) <= _AROUND_WIDTHS
    weight = np.where(near, probability, 0) ** 2
    weight /= weight.sum()
    return replace(
        end, x=float((x * weight).sum()), y=float((y * weight).sum()), confidence=confidence
    )


def _end_probability(lines: LineMap, x: Array, y: Array) -> Floats:
    """The map's probability of an end at photo positions, 0 outside the photo."""
    column, row = (((v + 0.5) / lines.cell_px - 0.5).astype(np.float32) for v in (x, y))
    return np.asarray(
        cv2.remap(lines.end, column, row, cv2.INTER_LINEAR, borderValue=0), np.float32
    )


_SHOWS_FROM_WIDTHS = 1.5
"""An end with no more than this much free shaft beside another hair cannot be classified."""
_STOPS_SHORT_WIDTHS = 0.75
"""A line that goes under another hair is often lost a little before it."""
_MIN_COVER_SHARE = 0.35
"""A line shorter than this share of the hair does not cover it: it is a piece of it or of its
shadow."""
_HEAP_WIDTHS, _MIN_HEAP_STRANDS = 4.0, 3
"""This many other strands within this distance of a hidden end make a heap. Our assumption."""


@dataclass(frozen=True)
class _Bodies:
    """N points on strands, sorted by x: ``xy`` (N, 2), the index of each point's strand, and that
    strand's half width and length."""

    xy: Array
    owner: Indices
    half_px: Array
    length_px: Array

    def near(self, x: float, reach_px: float) -> "_Bodies":
        """The points at most ``reach_px`` to the left or right of ``x``."""
        some = slice(*np.searchsorted(self.xy[:, 0], (x - reach_px, x + reach_px)))
        return _Bodies(self.xy[some], self.owner[some], self.half_px[some], self.length_px[some])

    def distance_px(self, x: float, y: float) -> Array:
        """(N,) distances from a position."""
        return np.asarray(np.hypot(self.xy[:, 0] - x, self.xy[:, 1] - y))


def mark_occluded_ends(strands: Sequence[Strand]) -> list[Strand]:
    """Ends under another strand become ``hidden``; in a heap their strand becomes ``tangled``."""
    if not strands:
        return []
    bodies = _bodies(strands)
    marked = []
    for index, strand in enumerate(strands):
        (one, in_heap), (other, in_other) = (
            _mark_if_occluded(end, index, strand, bodies) for end in strand.ends
        )
        tangled = strand.tangled or in_heap or in_other
        marked.append(replace(strand, ends=(one, other), tangled=tangled))
    return marked


def _bodies(strands: Sequence[Strand]) -> _Bodies:
    lines = [resample(strand.path, max(2.0, strand.shaft_px / 2)) for strand in strands]
    counts = [len(line) for line in lines]
    xy = np.vstack(lines)
    order = xy[:, 0].argsort()
    owner = np.repeat(np.arange(len(strands)), counts)
    half_px = np.repeat([strand.shaft_px / 2 for strand in strands], counts)
    length_px = np.repeat([strand.length_px for strand in strands], counts)
    return _Bodies(xy[order], owner[order], half_px[order], length_px[order])


def _mark_if_occluded(end: End, index: int, strand: Strand, bodies: _Bodies) -> tuple[End, bool]:
    """An end of strand ``index``, ``hidden`` if it lies under another, and whether in a heap."""
    if end.state is not EndState.VISIBLE or end.confidence >= MIN_END_CONFIDENCE:
        return end, False
    around_px = _HEAP_WIDTHS * strand.shaft_px
    bodies = bodies.near(end.x, around_px + float(bodies.half_px.max()))
    places = np.array([_STOPS_SHORT_WIDTHS, 0.0, -_SHOWS_FROM_WIDTHS]) * strand.shaft_px
    cos, sin = np.cos(end.direction), np.sin(end.direction)
    away_px = np.stack([bodies.distance_px(end.x + p * cos, end.y + p * sin) for p in places])
    over = away_px.min(axis=0) < bodies.half_px
    over &= bodies.length_px >= _MIN_COVER_SHARE * strand.length_px
    if not (over & (bodies.owner != index)).any():
        return end, False
    others = np.unique(bodies.owner[away_px[1] < around_px])
    return replace(end, state=EndState.HIDDEN), len(others) - 1 >= _MIN_HEAP_STRANDS
