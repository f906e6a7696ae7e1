"""Bare ends as fields, and every kind of end by name."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from data.render.volume.fields import Generator, Grid, cut, rod, waves
from data.render.volume.roots import (
    SHAFT,
    WHOLE,
    EndShape,
    angle,
    block,
    club,
    collapsed,
    flawed_club,
    hook,
    narrow_in_sheath,
    ragged,
)

FLAWED_SHARE = 0.5
"""Of the misshapen roots: those made from a club. Our choice."""


def straight_cut(rng: Generator) -> EndShape:
    """Cut across."""
    return EndShape(cut(WHOLE, 0.0, float(rng.uniform(-0.25, 0.25)), float(rng.uniform(0, 3))))


def oblique_cut(rng: Generator) -> EndShape:
    """Cut at a slant."""
    slope = float(rng.choice([-1, 1]) * rng.uniform(0.55, 1.15))
    whole = rod(-1e4, 1.5, SHAFT)
    return EndShape(cut(whole, 0.0, slope), far=(0.3, 0.0), reach=1.5)


def frayed(rng: Generator) -> EndShape:
    """Fibres of different lengths."""
    grain = waves(rng, float(rng.uniform(8, 16)), 12)
    long = float(rng.uniform(0.4, 1.5))
    whole = rod(-1e4, 2 * long, SHAFT * float(rng.uniform(1.0, 1.25)))

    def inside(x: Grid, y: Grid, z: Grid) -> Grid:
        return np.asarray(np.minimum(whole(x, y, z), long * grain(0.05 * x, y, z) * 0.6 - x))

    return EndShape(inside, far=(0.5 * long, 0.0), reach=2 * long)


def forked(rng: Generator) -> EndShape:
    """Two halves that spread."""
    long, spread = float(rng.uniform(2, 8)), float(rng.uniform(0.1, 0.3))
    half = rod(-1e4, 0.0, 0.3)

    def inside(x: Grid, y: Grid, z: Grid) -> Grid:
        apart = spread * np.maximum(x + long, 0)
        parts = [half(x, np.abs(y) - 0.22 - apart, z), rod(-1e4, -long + 0.5, SHAFT)(x, y, z)]
        return np.maximum(*parts)

    return EndShape(inside, reach=1.0 + spread * long)


def tapered(rng: Generator) -> EndShape:
    """A natural tip, thinner and thinner."""
    long = float(np.exp(rng.uniform(np.log(6), np.log(90))))
    power = float(rng.uniform(0.6, 1.0))

    def inside(x: Grid, y: Grid, z: Grid) -> Grid:
        share = np.clip(-x / long, 0, 1) ** np.float32(power)
        return np.asarray(np.minimum(SHAFT * (0.1 + 0.9 * share) - np.hypot(y, z), -x))

    return EndShape(inside)


def _either(rng: Generator, shape: Callable[[Generator], EndShape]) -> EndShape:
    return flawed_club(rng) if rng.random() < FLAWED_SHARE else shape(rng)


@dataclass(frozen=True)
class EndKind:
    """A kind of end: its share among roots, and among tips."""

    make: Callable[[Generator], EndShape]
    root_share: float
    tip_share: float = 0.0


END_KINDS: dict[str, EndKind] = {
    "club": EndKind(club, 0.24),
    "club_tail": EndKind(lambda rng: club(rng, tail=True), 0.09),
    "club_sheath": EndKind(lambda rng: club(rng, sheath=True), 0.06),
    "club_both": EndKind(lambda rng: club(rng, True, True), 0.03),
    "anagen_hooked": EndKind(hook, 0.07),
    "anagen_angular": EndKind(angle, 0.06),
    "anagen_rectangular": EndKind(lambda rng: _either(rng, block), 0.11),
    "anagen_ragged": EndKind(lambda rng: _either(rng, ragged), 0.1),
    "anagen_sheath": EndKind(narrow_in_sheath, 0.04),
    "anagen_crushed": EndKind(lambda rng: _either(rng, collapsed), 0.07),
    "cut": EndKind(straight_cut, 0.06, 0.5),
    "oblique": EndKind(oblique_cut, 0.025, 0.15),
    "frayed": EndKind(frayed, 0.02, 0.08),
    "split": EndKind(forked, 0.01, 0.03),
    "tapered": EndKind(tapered, 0.025, 0.24),
}
"""The ends by the names all makers use; shares are our choice."""
