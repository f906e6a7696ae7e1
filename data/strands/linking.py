"""Joining curves across crossings, touches and faint places.

Curves whose ends were paired, made into one.

The ends of curves, as joining looks at them: where they lie and which way they point.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from data.arrays import Array, Floats
from data.strands.curves import Curve
from data.strands.line_map import CERTAIN, LineMap

_HEADING_POINTS = 6


def chains(partner: NDArray[np.intp]) -> list[list[int]]:
    """Lists of entry ends: curve ``e // 2`` is entered at end ``e`` and left at ``e ^ 1``."""
    loose = [end for end in range(len(partner)) if partner[end] < 0]
    seen: set[int] = set()
    found = []
    for start in [*loose, *range(len(partner))]:
        chain, end = [], start
        while end >= 0 and end // 2 not in seen:
            seen.add(end // 2)
            chain.append(end)
            end = int(partner[end ^ 1])
        if chain:
            found.append(chain)
    return found


def joined(curves: Sequence[Curve], chain: list[int], doubtful: NDArray[np.bool_]) -> Curve:
    """One curve through all of a chain; ``doubtful`` (2N,) tells of each end."""
    parts: list[Curve] = []
    for end in chain:
        part = _some(curves[end // 2], slice(None, None, -1 if end % 2 else 1))
        parts.append(_beyond(parts[-1].xy, part) if parts else part)
    in_doubt = bool(doubtful[chain].any() or doubtful[[end ^ 1 for end in chain]].any())
    return Curve(
        np.vstack([part.xy for part in parts]),
        np.concatenate([part.chance for part in parts]),
        np.concatenate([part.width for part in parts]),
        doubtful=in_doubt or any(part.doubtful for part in parts),
    )


def _beyond(line: NDArray[np.float64], part: Curve) -> Curve:
    """What of ``part`` lies beyond ``line`` (N, 2), which may run past its beginning."""
    heading = line[-1] - line[-min(len(line), _HEADING_POINTS)]
    ahead = (part.xy - line[-1]) @ heading > 0
    return _some(part, slice(min(int(ahead.argmax()), len(ahead) - 2), None))


def _some(curve: Curve, points: slice) -> Curve:
    return replace(
        curve, xy=curve.xy[points], chance=curve.chance[points], width=curve.width[points]
    )


_TANGENT_WIDTHS, _TANGENT_CELLS = 4.0, 8.0
"""An end's direction is told by so much of its line."""
_LEAST_BENT_CELLS = 10.0
"""Less of a line than this tells no bend."""
_END_CELLS = 5


@dataclass(frozen=True)
class CurveEnds:
    """The 2 N ends of N curves: number ``2 i`` is curve ``i``'s first point, ``2 i + 1`` its last.

    ``xy`` (2N, 2) in cells; ``outward`` (2N, 2) unit vectors; ``width`` and ``length`` (2N,) of
    the curve, in cells; ``end`` (2N,) the chance that a hair ends there.
    """

    xy: Array
    outward: Array
    width: Array
    length: Array
    end: Floats


def curve_ends(curves: Sequence[Curve], end: Floats) -> CurveEnds:
    """The ends of curves in a map whose chance of ends is ``end`` (h, w)."""
    xy = np.vstack([curve.xy[[0, -1]] for curve in curves])
    ways = [_outward(curve, line) for curve in curves for line in (curve.xy, curve.xy[::-1])]
    width = np.repeat([curve.typical_width for curve in curves], 2)
    length = np.repeat([curve.length for curve in curves], 2)
    around = cv2.dilate(end, np.ones((_END_CELLS, _END_CELLS), np.uint8))
    column, row = np.round(xy).astype(int).T
    place = row.clip(0, end.shape[0] - 1), column.clip(0, end.shape[1] - 1)
    return CurveEnds(xy, np.vstack(ways), width, length, around[place])


def _outward(curve: Curve, line: Array) -> Array:
    """Unit vector out of the end at ``line[0]``: of the parabola through the line's first part.

    A straight piece would lag behind where a curly hair bends.
    """
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    along = np.concatenate([[0.0], steps.cumsum()])
    near = along <= _TANGENT_WIDTHS * curve.typical_width + _TANGENT_CELLS
    inward = _slope(along[near], line[near])
    return np.asarray(-inward / max(float(np.linalg.norm(inward)), 1e-9))


def _slope(along: Array, line: Array) -> Array:
    """At the start of a line (N, 2), of the parabola nearest to it."""
    part = along / max(along[-1], 1e-9)
    powers = 3 if along[-1] >= _LEAST_BENT_CELLS else 2
    columns = part[:, None] ** np.arange(powers)
    hold = 1e-9 * np.eye(powers)  # against a line of a single point
    # Plain normal equations: numpy's own fit takes ten times as long on so few points.
    return np.asarray(np.linalg.solve(columns.T @ columns + hold, columns.T @ line)[1])


_WIDEST_GAP_WIDTHS = 8.0
_WIDEST_GAP_CELLS = 7.0
_EMPTY_GAP_WIDTHS = 1.5
_EMPTY_GAP_CELLS = 3.0
_LEAST_BRIDGED = 0.25
_GAP_SAMPLES = 12
_UNDER_HAIR_COUNTS = 0.5
"""As good as a line of such a chance is another hair's body, under which a gap may lie."""
_ENDS_HERE, _ENDS_HERE_THOUGH_STRAIGHT = 0.3, 0.5
_STRAIGHT = np.deg2rad(20)
"""The map sees ends where hairs cross, too: what goes straight on needs a surer one to stop."""
_TOUCHING_CELLS = 3.0
_WIDEST_BENDS = np.deg2rad((30, 45))
"""First what goes straight on, then what bends: longer lines tell their way better."""
_WIDEST_RATIO = np.log(3)
_OVERLAP_WIDTHS, _OVERLAP_CELLS = 3.0, 8.0
_BESIDE_WIDTHS, _BESIDE_CELLS, _BESIDE_SLOPE = 0.5, 1.5, 0.1
"""Lines that run past each other's ends by so much, and so near, are one that was told twice."""
_RIVAL_COST, _RIVAL_CELLS = 0.4, 15.0
"""Some eight degrees of bend: less than that, and a person could not tell either."""


def join_curves(curves: Sequence[Curve], lines: LineMap) -> list[Curve]:
    """Curves that go on in each other by place, direction and width become one.

    A gap of more than a few widths must lie over a line of the map that runs its way, or under
    another hair. Where two hairs seem to end there is no going on.
    """
    for widest in _WIDEST_BENDS:
        curves = _joined_once(curves, lines, float(widest))
    return list(curves)


def _joined_once(curves: Sequence[Curve], lines: LineMap, widest: float) -> Sequence[Curve]:
    if len(curves) < 2:
        return curves
    hidden = _UNDER_HAIR_COUNTS * _bodies(curves, lines.end.shape)
    partner, doubtful = _pair(curve_ends(curves, lines.end), lines, hidden, widest)
    return [joined(curves, chain, doubtful) for chain in chains(partner)]


def _bodies(curves: Sequence[Curve], shape: tuple[int, ...]) -> Floats:
    """(h, w) 1 where a hair lies, else 0."""
    picture = np.zeros(shape, np.float32)
    for curve in curves:
        corners = np.round(curve.xy[::3]).astype(np.int32)
        cv2.polylines(picture, [corners], False, 1.0, round(curve.typical_width))
    return picture


def _pair(
    tails: CurveEnds, lines: LineMap, hidden: Floats, widest: float
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """(2N,) the end that each end is joined with, -1 for none, cheapest pairs first; and whether
    another one would have done as well."""
    partner = np.full(len(tails.xy), -1, np.intp)
    first, second = _close_pairs(tails)
    cost = _costs(tails, first, second, widest)
    fits = np.isfinite(cost)
    fits[fits] = _bridged(tails, first[fits], second[fits], lines, hidden)
    first, second, cost = first[fits], second[fits], cost[fits]
    for pair in np.argsort(cost, kind="stable"):
        a, b = first[pair], second[pair]
        if partner[a] < 0 and partner[b] < 0:
            partner[a], partner[b] = b, a
    return partner, _has_rival(tails, partner, first, second, cost)


def _has_rival(
    tails: CurveEnds,
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


def _close_pairs(tails: CurveEnds) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
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


def _costs(
    tails: CurveEnds, first: NDArray[np.intp], second: NDArray[np.intp], widest: float
) -> NDArray[np.float64]:
    """(K,) cost of joining each pair of ends, infinite where they do not fit."""
    gap = tails.xy[second] - tails.xy[first]
    distance = np.linalg.norm(gap, axis=1)
    width = np.maximum(tails.width[first], tails.width[second])
    there = _angle((gap * tails.outward[first]).sum(axis=1) / np.maximum(distance, 1e-6))
    back = _angle(-(gap * tails.outward[second]).sum(axis=1) / np.maximum(distance, 1e-6))
    # Ends that touch may as well lie a little past each other: then neither aims at the other.
    touching = (distance < np.maximum(width, _TOUCHING_CELLS)) | _overlap(tails, first, second)
    aim = np.where(touching, 0, np.maximum(there, back))
    bend = _angle(-(tails.outward[first] * tails.outward[second]).sum(axis=1))
    widths = np.abs(np.log(tails.width[first] / tails.width[second]))
    fits = (distance < _reach(width)) & (aim < widest) & (bend < widest)
    fits &= widths < _WIDEST_RATIO
    straight = np.maximum(aim, bend) < _STRAIGHT
    ends_here = np.where(straight, _ENDS_HERE_THOUGH_STRAIGHT, _ENDS_HERE)
    fits &= np.minimum(tails.end[first], tails.end[second]) < ends_here
    return np.where(fits, distance / (width + 1) + 3 * (aim + bend) + widths, np.inf)


def _overlap(
    tails: CurveEnds, first: NDArray[np.intp], second: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """(K,) whether two lines run past each other's ends, the one beside the other."""
    gap = tails.xy[second] - tails.xy[first]
    way = tails.outward[first] - tails.outward[second]
    way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
    width = np.maximum(tails.width[first], tails.width[second])
    past = -(gap * way).sum(axis=1)
    aside = np.abs(gap[:, 0] * way[:, 1] - gap[:, 1] * way[:, 0])
    over = (past > 0) & (past < _OVERLAP_WIDTHS * width + _OVERLAP_CELLS)
    over &= past < np.minimum(tails.length[first], tails.length[second]) / 2
    near = _BESIDE_WIDTHS * width + _BESIDE_CELLS + _BESIDE_SLOPE * past
    return np.asarray(over & (aside < near))


def _bridged(
    tails: CurveEnds,
    first: NDArray[np.intp],
    second: NDArray[np.intp],
    lines: LineMap,
    hidden: Floats,
) -> NDArray[np.bool_]:
    """(K,) whether each gap is short, or lies over a line of its own direction for the most part
    or where it is ``hidden`` under another hair."""
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
    under = np.maximum(np.max(chances, axis=0) / CERTAIN, hidden[place])
    short |= _overlap(tails, first, second)
    return np.asarray(short | (under.mean(axis=0) >= _LEAST_BRIDGED))


def _angle(cosine: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.arccos(np.clip(cosine, -1, 1))
