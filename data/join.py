"""Joining curves across crossings, touches and faint places."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from data.curve import Curve

_WIDEST_GAP_WIDTHS = 8.0
_WIDEST_GAP_PX = 14.0
_EMPTY_GAP_WIDTHS = 2.0
_EMPTY_GAP_PX = 5.0
_LEAST_BRIDGED = 0.5
_GAP_SAMPLES = 12
_WIDEST_BEND = np.deg2rad(28)
_WIDEST_RATIO = np.log(2.6)
_TANGENT_WIDTHS = 3.0


@dataclass(frozen=True)
class _Tails:
    """The 2 N ends of N curves: number ``2 i`` is curve ``i``'s first point, ``2 i + 1`` its last.

    ``xy`` (2N, 2); ``outward`` (2N, 2) unit vectors; ``width_px`` and ``strength`` (2N,).
    """

    xy: NDArray[np.float64]
    outward: NDArray[np.float64]
    width_px: NDArray[np.float64]
    strength: NDArray[np.float64]


def join_curves(curves: Sequence[Curve]) -> list[Curve]:
    """Curves that go on in each other by place, direction, width and tone become one.

    A gap of more than a few widths must be bridged by other curves: it is where they cross.
    """
    if len(curves) < 2:
        return list(curves)
    partner = _pair(_tails(curves), _bodies(curves))
    return [_joined(curves, chain) for chain in _chains(partner)]


def _bodies(curves: Sequence[Curve]) -> NDArray[np.uint8]:
    """A picture of where the curves lie, each in its width."""
    columns, rows = (int(np.vstack([c.xy.max(axis=0) for c in curves])[:, k].max()) for k in (0, 1))
    picture = np.zeros((rows + 2, columns + 2), np.uint8)
    for curve in curves:
        corners = np.round(curve.xy[::3]).astype(np.int32)
        cv2.polylines(picture, [corners], False, 1, max(1, round(curve.width_px)))
    return picture


def _tails(curves: Sequence[Curve]) -> _Tails:
    xy = np.vstack([curve.xy[[0, -1]] for curve in curves])
    outward = np.vstack([(_outward(c, False), _outward(c, True)) for c in curves])
    width_px = np.repeat([curve.width_px for curve in curves], 2)
    strength = np.repeat([float(np.median(curve.strength)) for curve in curves], 2)
    return _Tails(xy, outward, width_px, strength)


def _outward(curve: Curve, last: bool) -> NDArray[np.float64]:
    """Unit vector out of an end, over some widths of line: the last points may be bent."""
    line = curve.xy[::-1] if last else curve.xy
    away = np.linalg.norm(line - line[0], axis=1)
    reach = int(np.argmax(away > _TANGENT_WIDTHS * curve.width_px)) or len(line) - 1
    step = line[0] - line[reach]
    return np.asarray(step / max(float(np.linalg.norm(step)), 1e-9))


def _pair(tails: _Tails, bodies: NDArray[np.uint8]) -> NDArray[np.intp]:
    """(2N,) the end that each end is joined with, -1 for none; cheapest pairs first."""
    partner = np.full(len(tails.xy), -1, np.intp)
    first, second = _close_pairs(tails)
    cost = _costs(tails, first, second)
    fits = np.isfinite(cost)
    first, second, cost = first[fits], second[fits], cost[fits]
    cost[~_bridged(tails, first, second, bodies)] = np.inf
    for pair in np.argsort(cost, kind="stable")[: np.isfinite(cost).sum()]:
        a, b = first[pair], second[pair]
        if partner[a] < 0 and partner[b] < 0:
            partner[a], partner[b] = b, a
    return partner


def _close_pairs(tails: _Tails) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The pairs of ends, of two curves, that a gap might lie between."""
    x, y = tails.xy.astype(np.float32).T
    reach = _reach(tails.width_px).astype(np.float32)
    close = np.abs(x[:, None] - x) < np.maximum(reach[:, None], reach)
    close &= np.abs(y[:, None] - y) < np.maximum(reach[:, None], reach)
    first, second = np.nonzero(np.triu(close, 1))
    other_curve = first // 2 != second // 2
    return first[other_curve], second[other_curve]


def _reach(width_px: NDArray[np.float64]) -> NDArray[np.float64]:
    return _WIDEST_GAP_WIDTHS * width_px + _WIDEST_GAP_PX


def _costs(tails: _Tails, first: NDArray[np.intp], second: NDArray[np.intp]) -> NDArray[np.float64]:
    """(K,) cost of joining each pair of ends, infinite where they do not fit."""
    gap = tails.xy[second] - tails.xy[first]
    distance = np.linalg.norm(gap, axis=1)
    width = np.maximum(tails.width_px[first], tails.width_px[second])
    there = _angle((gap * tails.outward[first]).sum(axis=1) / np.maximum(distance, 1e-6))
    back = _angle(-(gap * tails.outward[second]).sum(axis=1) / np.maximum(distance, 1e-6))
    aim = np.where(distance < width, np.minimum(there, back) / 2, np.maximum(there, back))
    bend = _angle(-(tails.outward[first] * tails.outward[second]).sum(axis=1))
    widths = np.abs(np.log(tails.width_px[first] / tails.width_px[second]))
    tones = _tone_ratio(tails.strength[first], tails.strength[second])
    fits = (distance < _reach(width)) & (aim < _WIDEST_BEND) & (bend < _WIDEST_BEND)
    fits &= (widths < _WIDEST_RATIO) & (tones < _WIDEST_RATIO)
    return np.where(fits, distance / width + 3 * (aim + bend) + widths + tones, np.inf)


def _bridged(
    tails: _Tails, first: NDArray[np.intp], second: NDArray[np.intp], bodies: NDArray[np.uint8]
) -> NDArray[np.bool_]:
    """(K,) whether each gap is short, or for the most part under other curves."""
    start, stop = tails.xy[first], tails.xy[second]
    width = np.maximum(tails.width_px[first], tails.width_px[second])
    short = np.linalg.norm(stop - start, axis=1) < _EMPTY_GAP_WIDTHS * width + _EMPTY_GAP_PX
    along = (np.arange(_GAP_SAMPLES) + 0.5)[:, None, None] / _GAP_SAMPLES
    column, row = np.moveaxis(np.round(start + along * (stop - start)).astype(int), 2, 0)
    under = bodies[row.clip(0, len(bodies) - 1), column.clip(0, bodies.shape[1] - 1)]
    return np.asarray(short | (under.mean(axis=0) >= _LEAST_BRIDGED))


def _angle(cosine: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.arccos(np.clip(cosine, -1, 1))


def _tone_ratio(strength: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Absolute log ratio of two strengths, infinite where one is dark and the other pale."""
    log = np.abs(np.log(np.abs(strength) / np.abs(other)))
    return np.where(np.sign(strength) == np.sign(other), log, np.inf)


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


def _joined(curves: Sequence[Curve], chain: list[int]) -> Curve:
    """One curve through all of a chain; its width is that of most of its points."""
    parts = [curves[end // 2] for end in chain]
    flips = [slice(None, None, -1) if end % 2 else slice(None) for end in chain]
    widths = np.repeat([part.width_px for part in parts], [len(part.xy) for part in parts])
    return Curve(
        np.vstack([part.xy[flip] for part, flip in zip(parts, flips, strict=True)]),
        np.concatenate([part.strength[flip] for part, flip in zip(parts, flips, strict=True)]),
        np.concatenate([part.salience[flip] for part, flip in zip(parts, flips, strict=True)]),
        float(np.median(widths)),
    )
