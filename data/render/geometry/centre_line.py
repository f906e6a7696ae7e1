"""The centre line of a hair, from its root to its tip."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from data.render.spec import HairSpec

Array = NDArray[np.float64]
Height = Callable[[Array], Array]
"""Ground height in mm at (N, 2) points in mm."""


def centre_line(hair: HairSpec, height: Height) -> Array:
    """(N, 3) points in mm, about two shaft widths apart, lying on the ground with some lift."""
    count = int(np.clip(hair.length_mm / (2 * hair.width_mm), 12, 900))
    along = np.linspace(0, 1, count)
    heading = np.radians(hair.heading_deg) + heading_swing(hair, along)
    step = hair.length_mm / (count - 1)
    mid = (heading[1:] + heading[:-1]) / 2
    flat = np.zeros((count, 2))
    flat[1:] = np.cumsum(np.stack([np.cos(mid), np.sin(mid)], axis=1) * step, axis=0)
    flat += np.array(hair.root_at_mm)
    knots = np.abs(np.random.default_rng([hair.curve.seed, 1]).standard_normal(6))
    arches = _smooth(along, knots * np.array([0.3, 1, 1, 1, 1, 0.5]))
    lift = hair.curve.lift_mm * arches
    return np.column_stack([flat, height(flat) + hair.width_mm * hair.aspect / 2 + lift])


def heading_swing(hair: HairSpec, along: Array) -> Array:
    """Heading against the root's, radians, at fractions `along` of the length; 0 at the root."""
    curve = hair.curve
    rng = np.random.default_rng(curve.seed)
    phase = rng.uniform(0, 2 * np.pi)
    wave = np.sin(2 * np.pi * curve.waves * along + phase) - np.sin(phase)
    knots = np.concatenate([[0.0], np.cumsum(rng.standard_normal(8))])
    wander = _smooth(along, knots) / 2
    swing = curve.turn_deg * along + curve.wave_deg * wave + curve.wander_deg * wander
    return np.asarray(np.radians(swing), dtype=np.float64)


def _smooth(along: Array, knots: Array) -> Array:
    """Cosine interpolation through evenly spaced knots."""
    place = along * (len(knots) - 1)
    low = np.minimum(place.astype(int), len(knots) - 2)
    part = (1 - np.cos(np.pi * (place - low))) / 2
    return np.asarray(knots[low] * (1 - part) + knots[low + 1] * part, dtype=np.float64)
