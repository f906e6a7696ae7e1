"""Finds a coin of known diameter as the one round thing in the photo."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from data.arrays import Array, Indices, Pixels
from data.scale.coins import COIN_THICKNESS_MM
from data.scale.edges import MIN_EDGE_LEVELS
from data.scale.grey import GreyPhoto
from data.scale.scale import (
    LENS_ERROR,
    UNSEEN_TILT_RAD,
    Scale,
    ScaleSource,
    growth_by_tilt,
)

_MIN_RADIUS_SHARE, _MAX_RADIUS_SHARE = 0.03, 0.6
"""Over the copy's longer side."""
_RAYS = 120
_MIN_SUPPORT = 0.7
"""Share of the rim that must show an edge."""
_MAX_FLATTENING = 0.8
"""Shorter over longer axis: a tilt of 37 degrees."""
_OUTERMOST, _INNERMOST, _WINDOW = 1.5, 0.9, 0.06
"""Rims that are searched for, over the radius of the first circle, which may be a ring inside."""
_TOLERANCE = 0.012
"""How far an edge may lie from the rim, over its radius."""
_TRIES = 40
_ALIKE = 0.04


@dataclass(frozen=True)
class RoundThing:
    """An ellipse: centre (2,) px, half axes (longer, shorter) px, the angle of the longer one.

    ``support``: the share of its rim that shows an edge; ``noise``: the typical distance of edge
    points from it over its radius.
    """

    centre: Array
    axes: tuple[float, float]
    angle_rad: float
    support: float
    noise: float

    def rim(self, count: int = 72) -> Array:
        """(count, 2) points round it."""
        turns = np.linspace(0, 2 * np.pi, count, endpoint=False)
        cos, sin = np.cos(self.angle_rad), np.sin(self.angle_rad)
        flat = np.column_stack([self.axes[0] * np.cos(turns), self.axes[1] * np.sin(turns)])
        return np.asarray(self.centre + flat @ np.array([[cos, sin], [-sin, cos]]))


def find_coin(grey: GreyPhoto, diameter_mm: float) -> Scale | None:
    """The scale from a coin of that diameter.

    None if nothing round lies whole in the photo, or round things of different sizes do.
    """
    found = round_things(grey)
    if not found:
        return None
    first = found[0]
    if any(abs(other.axes[0] / first.axes[0] - 1) > _ALIKE for other in found[1:]):
        return None
    return _scale(grey, first, diameter_mm)


def _scale(grey: GreyPhoto, coin: RoundThing, diameter_mm: float) -> Scale:
    """The coin's plane is foreshortened along the shorter axis.

    Which side is nearer is not seen, so the error grows with the distance from the coin.
    """
    cos, sin = np.cos(coin.angle_rad), np.sin(coin.angle_rad)
    turn = np.array([[cos, sin], [-sin, cos]])
    stretch = np.diag(diameter_mm / 2 / np.array(coin.axes)) @ turn
    to_mm = np.eye(3)
    to_mm[:2, :2], to_mm[:2, 2] = stretch, -stretch @ coin.centre
    tilt = max(float(np.arccos(min(1.0, coin.axes[1] / coin.axes[0]))), UNSEEN_TILT_RAD)
    side = max(grey.size)
    raised = COIN_THICKNESS_MM / (diameter_mm / 2 / coin.axes[0] * side) / np.sqrt(3)
    error = float(np.sqrt(LENS_ERROR**2 + (coin.noise / np.sqrt(10)) ** 2 + raised**2))
    return Scale(
        ScaleSource.COIN,
        to_mm,
        (float(coin.centre[0]), float(coin.centre[1])),
        error,
        growth_by_tilt(tilt, side),
        (coin.rim(),),
    )


def round_things(grey: GreyPhoto) -> list[RoundThing]:
    """The round things that lie whole in the photo, largest first, without those inside others."""
    circles = [circle for copy in grey.small_copies for circle in _circles(grey, copy)]
    found: list[RoundThing] = []
    for centre, radius in sorted(circles, key=lambda circle: -circle[1]):
        if any(np.linalg.norm(centre - other.centre) < other.axes[1] for other in found):
            continue
        thing = _refined(grey, centre, radius)
        if thing is not None:
            found.append(thing)
    return sorted(found, key=lambda thing: -thing.axes[0])


def _circles(grey: GreyPhoto, copy: Pixels) -> list[tuple[Array, float]]:
    """Centres and radii of circles, in pixels of the photo."""
    side = max(copy.shape)
    found = cv2.HoughCircles(
        cv2.GaussianBlur(copy, (0, 0), 1.2),
        cv2.HOUGH_GRADIENT_ALT,
        1.5,
        side / 30,
        param1=120,
        param2=0.6,
        minRadius=int(_MIN_RADIUS_SHARE * side),
        maxRadius=int(_MAX_RADIUS_SHARE * side),
    )
    if found is None:
        return []
    factor = max(grey.size) / side
    return [
        (grey.small_to_photo(np.array([x, y])), radius * factor)
        for x, y, radius in found.reshape(-1, 3).tolist()
    ]


@dataclass(frozen=True)
class _Peaks:
    """Edges along rays from a centre: the ray's number (N,), (N, 2) places, (N,) signed slopes, and
    (N,) distances from the centre over the first radius."""

    ray: Indices
    places: Array
    slope: Array
    distance: Array

    def between(self, low: float, high: float) -> "_Peaks":
        """Those at some distances."""
        good = (self.distance >= low) & (self.distance <= high)
        return _Peaks(self.ray[good], self.places[good], self.slope[good], self.distance[good])


def _refined(grey: GreyPhoto, centre: Array, radius: float) -> RoundThing | None:
    """The outermost rim about a circle's centre at which the level changes in one way.

    A coin has rings inside its rim, which may be stronger than it. The texture of the ground
    changes one way here and the other way there.
    """
    peaks = _edge_peaks(grey, centre, radius)
    for scale in np.arange(_OUTERMOST, _INNERMOST, -_WINDOW / 2):
        near = peaks.between(scale - _WINDOW, scale + _WINDOW)
        rim = _one_way_ellipse(near)
        if rim is not None:
            rim = _outer_rim(rim, peaks)
            return rim if rim is not None and _lies_inside(rim, grey.size) else None
    return None


def _outer_rim(rim: RoundThing, peaks: _Peaks) -> RoundThing | None:
    """The rim, or a larger one about the same centre where the level changes in both ways.

    So it does where a coin is here brighter and there darker than the ground. Edges must be far
    more frequent there than elsewhere outside; None if that is not clear.
    """
    away = _relative_distance(rim, peaks.places)
    scales = np.arange(1.02, _OUTERMOST, _TOLERANCE / 2)
    share = np.array(
        [len(np.unique(peaks.ray[np.abs(away - s) < _TOLERANCE * 0.8])) / _RAYS for s in scales]
    )
    found = np.flatnonzero((share >= 0.4) & (share >= 3 * np.median(share)))
    if not len(found):
        return rim if share.max() < 0.4 else None
    near = np.abs(away - scales[found[-1]]) < 2 * _TOLERANCE
    further = _ellipse(peaks.places[near], peaks.ray, peaks.places)
    for _ in range(2):
        if further is not None:
            near = _distance(further, peaks.places) < _TOLERANCE
            further = _ellipse(peaks.places[near], peaks.ray, peaks.places)
    return further if further is not None and further.support >= 0.4 else None


def _lies_inside(rim: RoundThing, size: tuple[int, int]) -> bool:
    places = rim.rim(_RAYS)
    return bool((places >= 1).all() and (places <= np.array(size) - 2).all())


def _edge_peaks(grey: GreyPhoto, centre: Array, radius: float) -> _Peaks:
    """Peaks of the slope along rays, in the mix of colours that differs most in and outside."""
    turns = np.linspace(0, 2 * np.pi, _RAYS, endpoint=False)
    ways = np.column_stack([np.cos(turns), np.sin(turns)])
    step = max(0.5, radius * 0.004)
    reach = np.arange((_INNERMOST - _WINDOW) * radius, (_OUTERMOST + _WINDOW) * radius, step)
    colours = grey.colours_at(centre + reach[None, :, None] * ways[:, None])
    difference = colours[:, reach < 0.9 * radius].mean((0, 1)) - colours[
        :, -len(reach) // 6 :
    ].mean((0, 1))
    spread = float(np.linalg.norm(difference))
    weights = difference / spread if spread >= 10 else np.full(3, 1 / 3)
    level = cv2.blur((colours @ weights).astype(np.float32), (3, 1))
    slopes = level[:, 4:] - level[:, :-4]
    size = np.abs(slopes)
    limit = np.maximum(MIN_EDGE_LEVELS, 0.25 * size.max(axis=1, keepdims=True))
    middle = size[:, 1:-1]
    high = (middle >= size[:, :-2]) & (middle > size[:, 2:]) & (middle >= limit)
    ray, column = np.nonzero(high)
    before, here, after = (size[ray, column + k] for k in range(3))
    bend = np.minimum(before - 2 * here + after, -1e-6)
    at = reach[column + 3] + np.clip(0.5 * (before - after) / bend, -0.5, 0.5) * step
    places = centre + at[:, None] * ways[ray]
    return _Peaks(ray, places, slopes[ray, column + 1].astype(float), at / radius)


def _one_way_ellipse(peaks: _Peaks) -> RoundThing | None:
    """The ellipse that passes through the peaks of most rays (RANSAC); None if none does."""
    for sign in (1, -1):
        chosen = np.flatnonzero(peaks.slope * sign > 0)
        if len(np.unique(peaks.ray[chosen])) < _MIN_SUPPORT * _RAYS:
            continue
        ray, places = peaks.ray[chosen], peaks.places[chosen]
        fifths = [np.flatnonzero(ray * 5 // _RAYS == k) for k in range(5)]
        if any(len(fifth) == 0 for fifth in fifths):
            continue
        rng, best = np.random.default_rng(0), None
        for _ in range(_TRIES):
            sample = np.array([rng.choice(fifth) for fifth in fifths])
            thing = _ellipse(places[sample], ray, places)
            if thing is not None and (best is None or thing.support > best.support):
                best = thing
        for _ in range(3):
            if best is not None:
                near = _distance(best, places) < _TOLERANCE
                best = _ellipse(places[near], ray, places) if near.sum() > 5 else None
        if best is not None and best.support >= _MIN_SUPPORT:
            return best
    return None


def _ellipse(through: Array, ray: Indices, places: Array) -> RoundThing | None:
    """The ellipse through some places, with its support among all of them."""
    (x, y), (one, other), degrees = cv2.fitEllipseDirect(through.astype(np.float32))
    angle = float(np.radians(degrees))
    if one < other:
        one, other, angle = other, one, angle + np.pi / 2
    if not np.isfinite([x, y, one, other]).all() or other < _MAX_FLATTENING * one:
        return None
    thing = RoundThing(np.array([x, y]), (one / 2, other / 2), angle, 0.0, 0.0)
    away = _distance(thing, places)
    near = away < _TOLERANCE
    support = len(np.unique(ray[near])) / _RAYS
    noise = float(np.median(away[near]) * 1.48) if near.any() else 1.0
    return replace(thing, support=support, noise=noise)


def _distance(thing: RoundThing, places: Array) -> Array:
    """(N,) distances from an ellipse over its radius."""
    return np.abs(_relative_distance(thing, places) - 1)


def _relative_distance(thing: RoundThing, places: Array) -> Array:
    """(N,) distances from the centre, 1 on the ellipse."""
    cos, sin = np.cos(thing.angle_rad), np.sin(thing.angle_rad)
    flat = (places - thing.centre) @ np.array([[cos, -sin], [sin, cos]]) / np.array(thing.axes)
    return np.asarray(np.linalg.norm(flat, axis=1))
