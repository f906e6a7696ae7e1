"""Torn roots that are clubs but for a flaw: cut short, lopsided, dented, uneven, ringed, crooked.

Their size, bend, colour and surface are those of clubs, so that only the outline differs.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from data.render.geometry.carved import SIDES, Outline, carve, round_club
from data.render.geometry.stub import EndShape, Stub, ease
from data.render.spec import EndSpec

Flaw = Callable[[Outline, np.random.Generator], Outline]


def _cut_short(outline: Outline, rng: np.random.Generator) -> Outline:
    """The end is missing: a flat, slanted or torn face in its place."""
    length, belly = outline.reach[-1], outline.left.max() + outline.right.max()
    remaining = outline.reach <= rng.uniform(0.5, 0.85) * length
    angle = np.linspace(0, 2 * np.pi, SIDES, endpoint=False)
    face = rng.uniform(-0.3, 0.3) * belly * np.cos(angle)
    if rng.random() < 0.5:
        face += np.repeat(rng.uniform(-0.35, 0.25, SIDES // 2), 2)
    return replace(
        outline,
        reach=outline.reach[remaining],
        left=outline.left[remaining],
        right=outline.right[remaining],
        turn_rad=outline.turn_rad[remaining],
        end_teeth=face,
    )


def _lopsided(outline: Outline, rng: np.random.Generator) -> Outline:
    """All of the bulb on one side."""
    on_root = outline.reach > 0
    sides = [outline.left, outline.right]
    thin = int(rng.integers(2))
    shrunk = np.clip(sides[thin] * rng.uniform(0.25, 0.5), 0.15, None)
    sides[thin] = np.where(on_root, np.minimum(shrunk, sides[thin]), sides[thin])
    sides[1 - thin] = np.where(on_root, sides[1 - thin] * rng.uniform(1.1, 1.4), sides[1 - thin])
    return replace(outline, left=sides[0], right=sides[1])


def _dented(outline: Outline, rng: np.random.Generator) -> Outline:
    """One to four dents."""
    sides = [outline.left.copy(), outline.right.copy()]
    for _ in range(int(rng.integers(1, 5))):
        side = sides[int(rng.integers(2))]
        away = (outline.reach - rng.uniform(0.25, 0.95) * outline.reach[-1]) / rng.uniform(0.2, 0.5)
        side *= 1 - rng.uniform(0.35, 0.75) * np.exp(-(away**2))
    return replace(outline, left=sides[0], right=sides[1])


def _uneven(outline: Outline, rng: np.random.Generator) -> Outline:
    """Either side swells and shrinks in a separate broken line."""
    along = np.clip(outline.reach / outline.reach[-1], 0, 1)
    sides = []
    for side in (outline.left, outline.right):
        heights = np.clip(rng.normal(1, 0.27, int(rng.integers(5, 10))), 0.4, 1.7)
        heights[0] = 1
        sides.append(side * np.interp(along, np.linspace(0, 1, len(heights)), heights))
    return replace(outline, left=sides[0], right=sides[1])


def _ringed(outline: Outline, rng: np.random.Generator) -> Outline:
    """Two to five rings."""
    along = np.clip(outline.reach / outline.reach[-1], 0, 1)
    wave = np.sin(2 * np.pi * rng.uniform(1.5, 4.5) * along + rng.uniform(0, 6.3))
    grown = 1 + rng.uniform(0.13, 0.3) * np.tanh(rng.uniform(1, 3) * wave) * (along > 0)
    return replace(outline, left=outline.left * grown, right=outline.right * grown)


def _crooked(outline: Outline, rng: np.random.Generator) -> Outline:
    """The axis turns by 30 to 80 degrees within the bulb."""
    turn = rng.choice([-1, 1]) * np.radians(rng.uniform(30, 80))
    start, stop = rng.uniform(0, 0.4), rng.uniform(0.5, 1)
    along = outline.reach / outline.reach[-1]
    return replace(
        outline, turn_rad=outline.turn_rad + turn * ease((along - start) / (stop - start))
    )


FLAWS: tuple[Flaw, ...] = (_cut_short, _lopsided, _dented, _uneven, _ringed, _crooked)


def _blunt(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> Outline:
    """A barrel with rounded edges: flattened to a disc, or drawn out."""
    if rng.random() < 0.5:
        shape = replace(spec, length_ratio=spec.width_ratio * rng.uniform(0.45, 0.85))
    else:
        shape = replace(
            spec, width_ratio=min(spec.width_ratio, 1.9), length_ratio=float(rng.uniform(2.2, 5))
        )
    plain = round_club(shape, stub, rng)
    along = np.clip(plain.reach / plain.reach[-1], 0, 1)
    shoulder = ease(plain.reach / rng.uniform(0.3, 1.2))
    power = rng.uniform(4, 9)
    half = 1.01 + (shape.width_ratio - 1.01) * shoulder
    half *= np.maximum(1 - along**power, 0.0025) ** (1 / power)
    return replace(plain, left=half, right=half, power=float(rng.uniform(2, 4)))


def deformed(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> EndShape:
    """A club with one or two flaws, or a blunt barrel with up to two."""
    wide = replace(spec, width_ratio=max(1.35, spec.width_ratio))
    blunt = rng.random() < 0.35
    outline = (_blunt if blunt else round_club)(wide, stub, rng)
    for flaw in rng.permutation(len(FLAWS))[: int(rng.integers(0 if blunt else 1, 3))]:
        outline = FLAWS[flaw](outline, rng)
    return carve(spec, stub, rng, outline)
