"""Joining curves across crossings, touches and faint places."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from data.curve import Curve
from data.linemap import Floats, LineMap

_WIDEST_GAP_WIDTHS = 8.0
_WIDEST_GAP_CELLS = 7.0
_EMPTY_GAP_WIDTHS = 1.5
_EMPTY_GAP_CELLS = 3.0
_LEAST_BRIDGED = 0.25
_GAP_SAMPLES = 12
_THICK_CELLS, _THICK_COUNTS = 0.0, 0.5
_END_CELLS, _ENDS_HERE, _ENDS_HERE_THOUGH_STRAIGHT = 5, 0.4, 0.8
_STRAIGHT = np.deg2rad(20)
"""The map sees ends where hairs cross, too: what goes straight on needs a surer one to stop."""
_TOUCHING_CELLS = 3.0
_WIDEST_BEND = np.deg2rad(45)
_WIDEST_RATIO = np.log(3)
_TANGENT_WIDTHS, _TANGENT_CELLS = 2.0, 4.0
_RIVAL_COST, _RIVAL_CELLS = 0.4, 15.0
"""Some eight degrees of bend: less than that, and a person could not tell either."""


@dataclass(frozen=True)
class _Tails:
    """The 2 N ends of N curves: number ``2 i`` is curve ``i``'s first point, ``2 i + 1`` its last.

    ``xy`` (2N, 2) in cells; ``outward`` (2N, 2) unit vectors; ``width`` and ``length`` (2N,) of
    the curve, in cells; ``end`` (2N,) the chance that a hair ends there.
    """

    xy: NDArray[np.float64]
    outward: NDArray[np.float64]
    width: NDArray[np.float64]
    length: NDArray[np.float64]
    end: Floats


def join_curves(curves: Sequence[Curve], lines: LineMap) -> list[Curve]:
    """Curves that go on in each other by place, direction and width become one.

    A gap of more than a few widths must lie over a line of the map that runs its way, or under a
    thick hair. Where two hairs seem to end there is no going on.
    """
    if len(curves) < 2:
        return list(curves)
    thick = _THICK_COUNTS * _thick_bodies(curves, lines.end.shape)
    partner, doubtful = _pair(_tails(curves, lines.end), lines, thick)
    return [_joined(curves, chain, doubtful) for chain in _chains(partner)]


def _thick_bodies(curves: Sequence[Curve], shape: tuple[int, ...]) -> Floats:
    """1 where a hair lies that is too thick for its centre line to fill a crossing, else 0."""
    picture = np.zeros(shape, np.float32)
    for curve in curves:
        if curve.typical_width >= _THICK_CELLS:
            corners = np.round(curve.xy[::3]).astype(np.int32)
            cv2.polylines(picture, [corners], False, 1.0, round(curve.typical_width))
    return picture


def _tails(curves: Sequence[Curve], end: Floats) -> _Tails:
    xy = np.vstack([curve.xy[[0, -1]] for curve in curves])
    outward = np.vstack([(_outward(c, False), _outward(c, True)) for c in curves])
    width = np.repeat([curve.typical_width for curve in curves], 2)
    length = np.repeat([curve.length for curve in curves], 2)
    around = cv2.dilate(end, np.ones((_END_CELLS, _END_CELLS), np.uint8))
    column, row = np.round(xy).astype(int).T
    place = row.clip(0, end.shape[0] - 1), column.clip(0, end.shape[1] - 1)
    return _Tails(xy, outward, width, length, around[place])


def _outward(curve: Curve, last: bool) -> NDArray[np.float64]:
    """Unit vector out of an end, over some widths of line: the last points may be bent."""
    line = curve.xy[::-1] if last else curve.xy
    away = np.linalg.norm(line - line[0], axis=1)
    reach_cells = _TANGENT_WIDTHS * curve.typical_width + _TANGENT_CELLS
    reach = int(np.argmax(away > reach_cells)) or len(line) - 1
    step = line[0] - line[reach]
    return np.asarray(step / max(float(np.linalg.norm(step)), 1e-9))


def _pair(
    tails: _Tails, lines: LineMap, thick: Floats
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """(2N,) the end that each end is joined with, -1 for none, cheapest pairs first; and whether
    another one would have done as well."""
    partner = np.full(len(tails.xy), -1, np.intp)
    first, second = _close_pairs(tails)
    cost = _costs(tails, first, second)
    fits = np.isfinite(cost)
    fits[fits] = _bridged(tails, first[fits], second[fits], lines, thick)
    first, second, cost = first[fits], second[fits], cost[fits]
    for pair in np.argsort(cost, kind="stable"):
        a, b = first[pair], second[pair]
        if partner[a] < 0 and partner[b] < 0:
            partner[a], partner[b] = b, a
    return partner, _has_rival(tails, partner, first, second, cost)


def _has_rival(
    tails: _Tails,
    partner: NDArray[np.intp],
    first: NDArray[np.intp],
    second: NDArray[np.intp],
    cost: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """(2N,) whether a joined end could have been joined with another hair at hardly more cost.

    Of the pairs (K,) of ``first`` and ``second``; short pieces are spurs of a line, no hairs.
    """
    chosen = partner[first] == second
    other = ~chosen & (tails.length[first] > _RIVAL_CELLS) & (tails.length[second] > _RIVAL_CELLS)
    own, rival = np.full(len(partner), -np.inf), np.full(len(partner), np.inf)
    for ends in (first, second):
        own[ends[chosen]] = cost[chosen]
        np.minimum.at(rival, ends[other], cost[other])
    return np.asarray(rival < own + _RIVAL_COST)


def _close_pairs(tails: _Tails) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The pairs of ends, of two curves, that a gap might lie between."""
    x, y = tails.xy.astype(np.float32).T
    reach = _reach(tails.width).astype(np.float32)
    close = np.abs(x[:, None] - x) < np.maximum(reach[:, None], reach)
    close &= np.abs(y[:, None] - y) < np.maximum(reach[:, None], reach)
    first, second = np.nonzero(np.triu(close, 1))
    other_curve = first // 2 != second // 2
    return first[other_curve], second[other_curve]


def _reach(width: NDArray[np.float64]) -> NDArray[np.float64]:
    return _WIDEST_GAP_WIDTHS * width + _WIDEST_GAP_CELLS


def _costs(tails: _Tails, first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.float64]:
    """(K,) cost of joining each pair of ends, infinite where they do not fit."""
    gap = tails.xy[second] - tails.xy[first]
    distance = np.linalg.norm(gap, axis=1)
    width = np.maximum(tails.width[first], tails.width[second])
    there = _angle((gap * tails.outward[first]).sum(axis=1) / np.maximum(distance, 1e-6))
    back = _angle(-(gap * tails.outward[second]).sum(axis=1) / np.maximum(distance, 1e-6))
    # Ends that touch may as well lie a little past each other: then neither aims at the other.
    touching = distance < np.maximum(width, _TOUCHING_CELLS)
    aim = np.where(touching, 0, np.maximum(there, back))
    bend = _angle(-(tails.outward[first] * tails.outward[second]).sum(axis=1))
    widths = np.abs(np.log(tails.width[first] / tails.width[second]))
    fits = (distance < _reach(width)) & (aim < _WIDEST_BEND) & (bend < _WIDEST_BEND)
    fits &= widths < _WIDEST_RATIO
    straight = np.maximum(aim, bend) < _STRAIGHT
    ends_here = np.where(straight, _ENDS_HERE_THOUGH_STRAIGHT, _ENDS_HERE)
    fits &= np.minimum(tails.end[first], tails.end[second]) < ends_here
    return np.where(fits, distance / (width + 1) + 3 * (aim + bend) + widths, np.inf)


def _bridged(
    tails: _Tails,
    first: NDArray[np.intp],
    second: NDArray[np.intp],
    lines: LineMap,
    thick: Floats,
) -> NDArray[np.bool_]:
    """(K,) whether each gap is short, or lies over a line of its own direction for the most part
    (or under a thick hair)."""
    start, stop = tails.xy[first], tails.xy[second]
    gap = stop - start
    width = np.maximum(tails.width[first], tails.width[second])
    short = np.linalg.norm(gap, axis=1) < _EMPTY_GAP_WIDTHS * width + _EMPTY_GAP_CELLS
    along = (np.arange(_GAP_SAMPLES) + 0.5)[:, None, None] / _GAP_SAMPLES
    column, row = np.moveaxis(np.round(start + along * gap).astype(int), 2, 0)
    directions, height, wide = lines.toward.shape
    place = row.clip(0, height - 1), column.clip(0, wide - 1)
    own = np.round(np.arctan2(gap[:, 1], gap[:, 0]) / np.pi * directions).astype(int)
    chances = [lines.toward[(own + turn) % directions, *place] for turn in (-1, 0, 1)]
    under = np.maximum(np.max(chances, axis=0), thick[place])
    return np.asarray(short | (under.mean(axis=0) >= _LEAST_BRIDGED))


def _angle(cosine: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.arccos(np.clip(cosine, -1, 1))


def _chains(partner: NDArray[np.intp]) -> list[list[int]]:
    """Lists of entry ends: curve ``e // 2`` is entered at end ``e`` and left at ``e ^ 1``."""
    loose = [end for end in range(len(partner)) if partner[end] < 0]
    seen: set[int] = set()
    chains = []
    for start in [*loose, *range(len(partner))]:
        chain, end = [], start
        while end >= 0 and end // 2 not in seen:
            seen.add(end // 2)
            chain.append(end)
            end = int(partner[end ^ 1])
        if chain:
            chains.append(chain)
    return chains


def _joined(curves: Sequence[Curve], chain: list[int], doubtful: NDArray[np.bool_]) -> Curve:
    """One curve through all of a chain."""
    parts = [curves[end // 2] for end in chain]
    flips = [slice(None, None, -1) if end % 2 else slice(None) for end in chain]
    pairs = list(zip(parts, flips, strict=True))
    return Curve(
        np.vstack([part.xy[flip] for part, flip in pairs]),
        np.concatenate([part.chance[flip] for part, flip in pairs]),
        np.concatenate([part.width[flip] for part, flip in pairs]),
        doubtful=bool(doubtful[chain].any() or doubtful[[end ^ 1 for end in chain]].any()),
    )
