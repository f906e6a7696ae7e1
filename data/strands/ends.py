"""Ends that lie under other strands, and heaps in which nobody can tell whose they are.

Where a strand really ends: where the line map sees an end, somewhat ahead or behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from data.arrays import Array
from data.strands.curves import resample
from data.strands.line_map import LineMap
from data.strands.strand import End, EndState, Strand

SEEN = 0.2
"""From this chance on, what the map sees is an end."""
_FROM_WIDTHS, _TO_WIDTHS, _STEP_WIDTHS = -3.0, 4.0, 0.25
"""The line may stop before bulb and tail, or run past a thin tip."""
_ASIDE_WIDTHS = (-1.0, -0.5, 0.0, 0.5, 1.0)
_AROUND_WIDTHS = 1.0
"""What the map sees so near to its best place is the same end; the end is their middle."""


def refine_end(lines: LineMap, end: End, shaft_px: float) -> End:
    """The end moved to where the map sees one best; left where it is if the map sees none."""
    ahead, aside = np.meshgrid(np.arange(_FROM_WIDTHS, _TO_WIDTHS, _STEP_WIDTHS), _ASIDE_WIDTHS)
    cos, sin = shaft_px * np.cos(end.direction), shaft_px * np.sin(end.direction)
    x, y = end.x + ahead * cos - aside * sin, end.y + ahead * sin + aside * cos
    chance = _chance(lines, x, y)
    best = chance.argmax()
    seen = float(chance.flat[best])
    if seen < SEEN:
        return replace(end, seen=seen)
    near = np.hypot(ahead - ahead.flat[best], aside - aside.flat[best]) <= _AROUND_WIDTHS
    weight = np.where(near, chance, 0) ** 2
    weight /= weight.sum()
    return replace(end, x=float((x * weight).sum()), y=float((y * weight).sum()), seen=seen)


def _chance(lines: LineMap, x: Array, y: Array) -> NDArray[np.float32]:
    """The map's chance of an end at places of the photo, 0 outside of it."""
    column, row = (((v + 0.5) / lines.cell_px - 0.5).astype(np.float32) for v in (x, y))
    return np.asarray(
        cv2.remap(lines.end, column, row, cv2.INTER_LINEAR, borderValue=0), np.float32
    )


_SHOWS_FROM_WIDTHS = 1.5
"""An end that shows no more than this much of its shaft beside another hair cannot be judged."""
_STOPS_SHORT_WIDTHS = 0.75
"""A line that goes under another hair is often lost a little before."""
_COVERS_FROM_SHARE = 0.35
"""A line much shorter than the hair is a piece of it, or of its shadow, rather than over it."""
_HEAP_WIDTHS, _HEAP_STRANDS = 4.0, 3
"""So many other strands that near to a hidden end make a heap (our assumption)."""


@dataclass(frozen=True)
class _Bodies:
    """N points on strands, sorted by x: ``xy`` (N, 2), whose they are, and that strand's half width
    and length."""

    xy: NDArray[np.float64]
    owner: NDArray[np.intp]
    half_px: NDArray[np.float64]
    length_px: NDArray[np.float64]

    def near(self, x: float, reach_px: float) -> "_Bodies":
        """Those at most ``reach_px`` to the left or right of ``x``."""
        some = slice(*np.searchsorted(self.xy[:, 0], (x - reach_px, x + reach_px)))
        return _Bodies(self.xy[some], self.owner[some], self.half_px[some], self.length_px[some])

    def away_px(self, x: float, y: float) -> NDArray[np.float64]:
        """(N,) distances from a place."""
        return np.asarray(np.hypot(self.xy[:, 0] - x, self.xy[:, 1] - y))


def mark_occluded_ends(strands: Sequence[Strand]) -> list[Strand]:
    """Ends that lie under another strand become ``hidden``, their strand ``tangled`` in a heap."""
    if not strands:
        return []
    bodies = _bodies(strands)
    settled = []
    for number, strand in enumerate(strands):
        (one, in_heap), (other, in_other) = (
            _settled(e, number, strand, bodies) for e in strand.ends
        )
        tangled = strand.tangled or in_heap or in_other
        settled.append(replace(strand, ends=(one, other), tangled=tangled))
    return settled


def _bodies(strands: Sequence[Strand]) -> _Bodies:
    lines = [resample(strand.path, max(2.0, strand.shaft_px / 2)) for strand in strands]
    counts = [len(line) for line in lines]
    xy = np.vstack(lines)
    order = xy[:, 0].argsort()
    owner = np.repeat(np.arange(len(strands)), counts)
    half_px = np.repeat([strand.shaft_px / 2 for strand in strands], counts)
    length_px = np.repeat([strand.length_px for strand in strands], counts)
    return _Bodies(xy[order], owner[order], half_px[order], length_px[order])


def _settled(end: End, number: int, strand: Strand, bodies: _Bodies) -> tuple[End, bool]:
    """The end of strand ``number`` as it is to be seen, and whether it lies hidden in a heap."""
    if end.state is not EndState.VISIBLE or end.seen >= SEEN:
        return end, False
    around_px = _HEAP_WIDTHS * strand.shaft_px
    bodies = bodies.near(end.x, around_px + float(bodies.half_px.max()))
    places = np.array([_STOPS_SHORT_WIDTHS, 0.0, -_SHOWS_FROM_WIDTHS]) * strand.shaft_px
    cos, sin = np.cos(end.direction), np.sin(end.direction)
    away_px = np.stack([bodies.away_px(end.x + p * cos, end.y + p * sin) for p in places])
    over = away_px.min(axis=0) < bodies.half_px
    over &= bodies.length_px >= _COVERS_FROM_SHARE * strand.length_px
    if not (over & (bodies.owner != number)).any():
        return end, False
    others = np.unique(bodies.owner[away_px[1] < around_px])
    return replace(end, state=EndState.HIDDEN), len(others) - 1 >= _HEAP_STRANDS
