"""Links curves across crossings, touches and faint places.

The ends of curves are paired by place, direction and width, the cheapest pairs first; each chain of
paired ends becomes one curve.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from data.arrays import Array, Floats, Indices, Mask
from data.strands.curves import Curve
from data.strands.line_map import CERTAIN, LineMap

_TANGENT_WIDTHS, _TANGENT_CELLS = 4.0, 8.0
"""An end's direction is fitted to this much of its line."""
_MIN_BEND_CELLS = 10.0
"""A shorter piece of line shows no bend."""
_END_CELLS = 5

_MAX_GAP_WIDTHS, _MAX_GAP_CELLS = 8.0, 7.0
_MAX_EMPTY_GAP_WIDTHS, _MAX_EMPTY_GAP_CELLS = 1.5, 3.0
_MIN_BRIDGED = 0.25
_GAP_SAMPLES = 12
_HIDDEN_PROBABILITY = 0.5
"""A gap may lie under another hair: its body counts as a line of this probability."""
_STRAIGHT = np.deg2rad(20)
_MIN_END, _MIN_END_STRAIGHT = 0.3, 0.5
"""From these probabilities on, a hair ends there. The map also marks ends where hairs cross, so a
straight continuation needs a higher one to stop."""
_MAX_TOUCHING_CELLS = 3.0
_MAX_BENDS = np.deg2rad((30, 45))
"""Straight continuations are joined first, then bent ones: longer lines have clearer directions."""
_MAX_LOG_WIDTH_RATIO = np.log(3)
_MAX_OVERLAP_WIDTHS, _MAX_OVERLAP_CELLS = 3.0, 8.0
_BESIDE_WIDTHS, _BESIDE_CELLS, _BESIDE_SLOPE = 0.5, 1.5, 0.1
"""Lines that run past each other's ends this far, this close together, are one line traced
twice."""
_RIVAL_COST, _RIVAL_CELLS = 0.4, 15.0
"""About eight degrees of bend: with a smaller difference, a person could not decide either."""
_HEADING_POINTS = 6


def join_curves(curves: Sequence[Curve], lines: LineMap) -> list[Curve]:
    """Joins curves that continue each other in place, direction and width.

    A gap of more than a few widths must lie over a line of the map in its own direction, or under
    another hair. Where two hairs seem to end, nothing is joined.
    """
    for max_bend in _MAX_BENDS:
        curves = _joined_once(curves, lines, float(max_bend))
    return list(curves)


def _joined_once(curves: Sequence[Curve], lines: LineMap, max_bend: float) -> Sequence[Curve]:
    if len(curves) < 2:
        return curves
    hidden = _HIDDEN_PROBABILITY * _bodies(curves, lines.end.shape)
    partner, ambiguous = _pair(curve_ends(curves, lines.end), lines, hidden, max_bend)
    return [join_chain(curves, chain, ambiguous) for chain in chains(partner)]


def _bodies(curves: Sequence[Curve], shape: tuple[int, ...]) -> Floats:
    """(h, w) 1 where a hair lies, else 0."""
    picture = np.zeros(shape, np.float32)
    for curve in curves:
        corners = np.round(curve.xy[::3]).astype(np.int32)
        cv2.polylines(picture, [corners], False, 1.0, round(curve.typical_width))
    return picture


@dataclass(frozen=True)
class CurveEnds:
    """The 2 N ends of N curves: number ``2 i`` is curve ``i``'s first point, ``2 i + 1`` its last.

    ``xy`` (2N, 2) in cells; ``outward`` (2N, 2) unit vectors; ``width`` and ``length`` (2N,) of
    the curve, in cells; ``end`` (2N,) the probability that a hair ends there.
    """

    xy: Array
    outward: Array
    width: Array
    length: Array
    end: Floats


def curve_ends(curves: Sequence[Curve], end: Floats) -> CurveEnds:
    """The ends of curves in a map with the end probabilities ``end`` (h, w)."""
    xy = np.vstack([curve.xy[[0, -1]] for curve in curves])
    directions = [_outward(curve, line) for curve in curves for line in (curve.xy, curve.xy[::-1])]
    width = np.repeat([curve.typical_width for curve in curves], 2)
    length = np.repeat([curve.length for curve in curves], 2)
    around = cv2.dilate(end, np.ones((_END_CELLS, _END_CELLS), np.uint8))
    column, row = np.round(xy).astype(int).T
    place = row.clip(0, end.shape[0] - 1), column.clip(0, end.shape[1] - 1)
    return CurveEnds(xy, np.vstack(directions), width, length, around[place])


def _outward(curve: Curve, line: Array) -> Array:
    """Unit vector out of the end at ``line[0]``, from a parabola through the line's first part.

    A straight fit would lag behind the bend of a curly hair.
    """
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    along = np.concatenate([[0.0], steps.cumsum()])
    near = along <= _TANGENT_WIDTHS * curve.typical_width + _TANGENT_CELLS
    inward = _slope(along[near], line[near])
    return np.asarray(-inward / max(float(np.linalg.norm(inward)), 1e-9))


def _slope(along: Array, line: Array) -> Array:
    """Slope at the start of a line (N, 2): that of the least-squares parabola."""
    part = along / max(along[-1], 1e-9)
    powers = 3 if along[-1] >= _MIN_BEND_CELLS else 2
    columns = part[:, None] ** np.arange(powers)
    ridge = 1e-9 * np.eye(powers)  # for a line of a single point
    # Plain normal equations: numpy's own fit takes ten times as long on so few points.
    return np.asarray(np.linalg.solve(columns.T @ columns + ridge, columns.T @ line)[1])


def _pair(ends: CurveEnds, lines: LineMap, hidden: Floats, max_bend: float) -> tuple[Indices, Mask]:
    """The partner (2N,) of each end, -1 for none, cheapest pairs first; and whether (2N,) another
    partner would have cost about as little."""
    partner = np.full(len(ends.xy), -1, np.intp)
    first, second = _close_pairs(ends)
    cost = _costs(ends, first, second, max_bend)
    fits = np.isfinite(cost)
    fits[fits] = _bridged(ends, first[fits], second[fits], lines, hidden)
    first, second, cost = first[fits], second[fits], cost[fits]
    for pair in np.argsort(cost, kind="stable"):
        a, b = first[pair], second[pair]
        if partner[a] < 0 and partner[b] < 0:
            partner[a], partner[b] = b, a
    return partner, _has_rival(ends, partner, first, second, cost)


def _has_rival(
    ends: CurveEnds, partner: Indices, first: Indices, second: Indices, cost: Array
) -> Mask:
    """(2N,) whether an end could have been joined with another hair at little more cost.

    ``first`` and ``second`` (K,) are the possible pairs. Short pieces are spurs, not hairs.
    """
    chosen = partner[first] == second
    other = ~chosen & (ends.length[first] > _RIVAL_CELLS) & (ends.length[second] > _RIVAL_CELLS)
    own, rival = np.full(len(partner), -np.inf), np.full(len(partner), np.inf)
    for side in (first, second):
        own[side[chosen]] = cost[chosen]
        np.minimum.at(rival, side[other], cost[other])
    return np.asarray(rival < own + _RIVAL_COST)


def _close_pairs(ends: CurveEnds) -> tuple[Indices, Indices]:
    """The pairs of ends of different curves that are close enough for a gap between them."""
    x, y = ends.xy.astype(np.float32).T
    reach = _max_gap(ends.width).astype(np.float32)
    close = np.abs(x[:, None] - x) < np.maximum(reach[:, None], reach)
    close &= np.abs(y[:, None] - y) < np.maximum(reach[:, None], reach)
    first, second = np.nonzero(np.triu(close, 1))
    other_curve = first // 2 != second // 2
    return first[other_curve], second[other_curve]


def _max_gap(width: Array) -> Array:
    return _MAX_GAP_WIDTHS * width + _MAX_GAP_CELLS


def _costs(ends: CurveEnds, first: Indices, second: Indices, max_bend: float) -> Array:
    """(K,) cost of joining each pair of ends, infinite where they do not fit."""
    gap = ends.xy[second] - ends.xy[first]
    distance = np.linalg.norm(gap, axis=1)
    width = np.maximum(ends.width[first], ends.width[second])
    there = _angle((gap * ends.outward[first]).sum(axis=1) / np.maximum(distance, 1e-6))
    back = _angle(-(gap * ends.outward[second]).sum(axis=1) / np.maximum(distance, 1e-6))
    # Touching ends may lie a little past each other: then neither aims at the other.
    touching = (distance < np.maximum(width, _MAX_TOUCHING_CELLS)) | _overlap(ends, first, second)
    aim = np.where(touching, 0, np.maximum(there, back))
    bend = _angle(-(ends.outward[first] * ends.outward[second]).sum(axis=1))
    log_width_ratio = np.abs(np.log(ends.width[first] / ends.width[second]))
    fits = (distance < _max_gap(width)) & (aim < max_bend) & (bend < max_bend)
    fits &= log_width_ratio < _MAX_LOG_WIDTH_RATIO
    straight = np.maximum(aim, bend) < _STRAIGHT
    min_end = np.where(straight, _MIN_END_STRAIGHT, _MIN_END)
    fits &= np.minimum(ends.end[first], ends.end[second]) < min_end
    return np.where(fits, distance / (width + 1) + 3 * (aim + bend) + log_width_ratio, np.inf)


def _overlap(ends: CurveEnds, first: Indices, second: Indices) -> Mask:
    """(K,) whether two lines run past each other's ends, side by side."""
    gap = ends.xy[second] - ends.xy[first]
    along = ends.outward[first] - ends.outward[second]
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    width = np.maximum(ends.width[first], ends.width[second])
    past = -(gap * along).sum(axis=1)
    aside = np.abs(gap[:, 0] * along[:, 1] - gap[:, 1] * along[:, 0])
    over = (past > 0) & (past < _MAX_OVERLAP_WIDTHS * width + _MAX_OVERLAP_CELLS)
    over &= past < np.minimum(ends.length[first], ends.length[second]) / 2
    near = _BESIDE_WIDTHS * width + _BESIDE_CELLS + _BESIDE_SLOPE * past
    return np.asarray(over & (aside < near))


def _bridged(
    ends: CurveEnds, first: Indices, second: Indices, lines: LineMap, hidden: Floats
) -> Mask:
    """(K,) whether each gap is short, or mostly lies over a line in its own direction or where it
    is ``hidden`` under another hair."""
    start, stop = ends.xy[first], ends.xy[second]
    gap = stop - start
    width = np.maximum(ends.width[first], ends.width[second])
    max_empty = _MAX_EMPTY_GAP_WIDTHS * width + _MAX_EMPTY_GAP_CELLS
    short = np.linalg.norm(gap, axis=1) < max_empty
    along = (np.arange(_GAP_SAMPLES) + 0.5)[:, None, None] / _GAP_SAMPLES
    column, row = np.moveaxis(np.round(start + along * gap).astype(int), 2, 0)
    directions, height, wide = lines.by_direction.shape
    place = row.clip(0, height - 1), column.clip(0, wide - 1)
    own = np.round(np.arctan2(gap[:, 1], gap[:, 0]) / np.pi * directions).astype(int)
    levels = [lines.by_direction[(own + turn) % directions, *place] for turn in (-1, 0, 1)]
    under = np.maximum(np.max(levels, axis=0) / CERTAIN, hidden[place])
    short |= _overlap(ends, first, second)
    return np.asarray(short | (under.mean(axis=0) >= _MIN_BRIDGED))


def _angle(cosine: Array) -> Array:
    return np.arccos(np.clip(cosine, -1, 1))


def chains(partner: Indices) -> list[list[int]]:
    """Lists of entry ends: curve ``e // 2`` is entered at end ``e`` and left at ``e ^ 1``."""
    loose = [end for end in range(len(partner)) if partner[end] < 0]
    visited: set[int] = set()
    found = []
    for start in [*loose, *range(len(partner))]:
        chain, end = [], start
        while end >= 0 and end // 2 not in visited:
            visited.add(end // 2)
            chain.append(end)
            end = int(partner[end ^ 1])
        if chain:
            found.append(chain)
    return found


def join_chain(curves: Sequence[Curve], chain: list[int], ambiguous: Mask) -> Curve:
    """One curve through all of a chain; ``ambiguous`` (2N,) is that of each end."""
    parts: list[Curve] = []
    for end in chain:
        part = _slice_curve(curves[end // 2], slice(None, None, -1 if end % 2 else 1))
        parts.append(_part_beyond(parts[-1].xy, part) if parts else part)
    ends_ambiguous = bool(ambiguous[chain].any() or ambiguous[[end ^ 1 for end in chain]].any())
    return Curve(
        np.vstack([part.xy for part in parts]),
        np.concatenate([part.probability for part in parts]),
        np.concatenate([part.width for part in parts]),
        ambiguous=ends_ambiguous or any(part.ambiguous for part in parts),
    )


def _part_beyond(line: Array, part: Curve) -> Curve:
    """The points of ``part`` beyond the last of ``line`` (N, 2), which may overlap its start."""
    heading = line[-1] - line[-min(len(line), _HEADING_POINTS)]
    ahead = (part.xy - line[-1]) @ heading > 0
    return _slice_curve(part, slice(min(int(ahead.argmax()), len(ahead) - 2), None))


def _slice_curve(curve: Curve, points: slice) -> Curve:
    return replace(
        curve, xy=curve.xy[points], probability=curve.probability[points], width=curve.width[points]
    )
