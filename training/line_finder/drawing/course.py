"""How a hair, a thread or a pen stroke runs over a tile."""

import numpy as np
from numpy.typing import NDArray

from data.strands.polyline import resample
from training.line_finder.drawing.strokes import STEP_PX

Array = NDArray[np.float64]

LEAST_RADIUS_WIDTHS = 1.3
"""A shaft bends no tighter; our assumption."""
STYLES = ("straight", "gentle", "wavy", "curly", "coil")
SHARES = (0.22, 0.33, 0.2, 0.15, 0.1)
"""How often hairs run so; our choice."""
MARGIN = 0.75
"""Lines are followed so far from the middle of the tile, in its sides."""


def smooth(rng: np.random.Generator, count: int, knots: int) -> Array:
    """Smooth noise (count,) of about unit spread, with that many bends."""
    values = rng.standard_normal(knots + 3)
    place = np.linspace(0, knots, count)
    low = np.minimum(place.astype(int), knots - 1)
    part = (1 - np.cos(np.pi * (place - low))) / 2
    return np.asarray(values[low] * (1 - part) + values[low + 1] * part)


def course(rng: np.random.Generator, style: str, length_px: float, width_px: float) -> Array:
    """A line (M, 2) from the origin, at most ``STEP_PX`` from point to point."""
    count = max(8, int(length_px / STEP_PX))
    heading = rng.uniform(0, 2 * np.pi) + _swing(rng, style, count, length_px, width_px)
    tightest = STEP_PX / (LEAST_RADIUS_WIDTHS * max(width_px, 2))
    turns = np.clip(np.diff(heading), -tightest, tightest)
    heading = heading[0] + np.concatenate([[0.0], np.cumsum(turns)])
    line = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], axis=1) * STEP_PX, axis=0)
    if style == "coil":  # slower than its own turning, which leaves loops and no cusps
        way = rng.uniform(0, 2 * np.pi)
        drift = rng.uniform(0, 0.7) * np.array([np.cos(way), np.sin(way)])
        line = line + drift * STEP_PX * np.arange(count)[:, None]
    return resample(line, STEP_PX)


def _swing(
    rng: np.random.Generator, style: str, count: int, length_px: float, width_px: float
) -> Array:
    """The heading (count,) in radians, against that at the start."""
    along = np.linspace(0, 1, count)
    if style == "coil":
        radius = max(np.exp(rng.uniform(np.log(8), np.log(90))), 2 * width_px)
        tighter = 1 + rng.normal(0, 0.3) * along + 0.3 * smooth(rng, count, 4)
        return np.asarray(np.cumsum(tighter) * STEP_PX / radius * rng.choice([-1, 1]))
    swing, waves, wander = {
        "straight": (0.05, 0.02, 0.02),
        "gentle": (0.8, 0.15, 0.15),
        "wavy": (0.8, 0.5, 0.4),
        "curly": (2.5, 0.8, 1.2),
    }[style]
    wave_count = rng.uniform(0.5, 1) * max(1.0, length_px / rng.uniform(60, 300))
    wave = rng.normal(0, waves) * np.sin(2 * np.pi * (wave_count * along + rng.random()))
    knots = int(np.clip(length_px / rng.uniform(40, 200), 3, 30))
    return np.asarray(rng.normal(0, swing) * along + wave + wander * smooth(rng, count, knots))


def kinked(rng: np.random.Generator, line: Array, at: int, width_px: float, deg: float) -> Array:
    """The line with the part before point ``at`` turned by ``deg``, over about a width."""
    along = (at - np.arange(len(line))) * STEP_PX / max(width_px, 1)
    angle = np.radians(deg) * np.clip(along, 0, 1)
    step = np.diff(line, axis=0)
    turn = angle[1:]
    turned = np.stack(
        [
            step[:, 0] * np.cos(turn) - step[:, 1] * np.sin(turn),
            step[:, 0] * np.sin(turn) + step[:, 1] * np.cos(turn),
        ],
        axis=1,
    )
    bent = np.concatenate([line[:1], line[0] + np.cumsum(turned, axis=0)])
    return np.asarray(bent - bent[at] + line[at])


def placed(rng: np.random.Generator, line: Array, size_px: int) -> Array:
    """The line moved so that some point of it lies in the tile, without what runs far beyond."""
    anchor = line[int(rng.integers(len(line)))]
    line = line - anchor + rng.uniform(0.03, 0.97, 2) * size_px
    near = np.flatnonzero((np.abs(line - size_px / 2) < MARGIN * size_px).all(axis=1))
    return np.asarray(line[near[0] : near[-1] + 1])
