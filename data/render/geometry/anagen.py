"""Roots of hairs torn out while growing: hooked, angular, square, ragged, sheathed, crushed.

Never smooth regular ovals: that is what a club looks like.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from data.render.geometry.bare import splinter
from data.render.geometry.sheath import sleeve
from data.render.geometry.stub import Array, EndShape, Stub, body, ease, steps
from data.render.spec import EndSpec

Outline = Callable[[Array], Array]


def _pear(spec: EndSpec, rng: np.random.Generator, blunt: float) -> Outline:
    """Widens to the bulb low down and closes bluntly: `blunt` is the width left at the end."""
    length, width = spec.length_ratio, spec.width_ratio
    belly = length * rng.uniform(0.55, 0.85)

    def outline(u: Array) -> Array:
        grown = 1.01 + (width - 1.01) * ease(u / belly)
        closing = ease((u - belly) / (length - belly))
        return np.asarray(grown * (1 - closing * (1 - blunt)))

    return outline


def hooked(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> EndShape:
    """A bare soft bulb bent out of line over its last few widths."""
    reach = steps(rng.uniform(1.5, 3), spec.length_ratio, 44)
    turn = spec.length_ratio * rng.uniform(0.0, 0.3), spec.length_ratio * rng.uniform(0.6, 1.0)
    outline = _pear(spec, rng, rng.uniform(0.15, 0.7))
    bulb, centre = body(spec, stub, rng, outline, reach, turn, cells=(9, 5))
    return EndShape([bulb], centre[-1])


def angular(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> EndShape:
    """A bulb kinked against the shaft, with few flat sides and an edge at the end."""
    reach = steps(rng.uniform(1, 2), spec.length_ratio, 30)
    kink = rng.uniform(0.05, 0.3)
    outline = _pear(spec, rng, rng.uniform(0.35, 0.9))
    sides = int(rng.integers(4, 7))
    bulb, centre = body(
        spec, stub, rng, outline, reach, (kink, kink + 0.4), sides=sides, cells=(5, sides)
    )
    return EndShape([bulb], centre[-1])


def rectangular(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> EndShape:
    """A block with a square end, a little or much wider than the shaft."""
    rise = rng.uniform(0.15, 0.6)
    slope = rng.uniform(-0.15, 0.15)

    def outline(u: Array) -> Array:
        along = np.clip(u / spec.length_ratio, 0, 1)
        return np.asarray(1.01 + (spec.width_ratio * (1 + slope * along) - 1.01) * ease(u / rise))

    reach = np.concatenate(
        [steps(rng.uniform(1, 3), 0.7, 14), np.linspace(0.75, spec.length_ratio, 20)]
    )
    bulb, centre = body(spec, stub, rng, outline, reach, cells=(8, 6))
    return EndShape([bulb], centre[-1])


def ragged(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> EndShape:
    """Torn across: an uneven stump with splinters."""
    reach = steps(rng.uniform(1, 3), spec.length_ratio, 34)
    outline = _pear(spec, rng, rng.uniform(0.4, 1.0))
    stump, centre = body(spec, stub, rng, outline, reach, cells=(14, 8))
    heading = np.arctan2(*(centre[-1] - centre[-8])[[1, 0]])
    shreds = [
        splinter(stub, rng, centre[-6], float(heading), spec.width_ratio, rng.uniform(0.5, 2.2))
        for _ in range(int(rng.integers(2, 7)))
    ]
    return EndShape([stump, *shreds], centre[-1])


def sheathed(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> EndShape:
    """A pigmented bulb in a translucent sleeve that runs up the shaft."""
    inner = hooked(spec, stub, rng) if rng.random() < 0.6 else rectangular(spec, stub, rng)
    below = spec.length_ratio * rng.uniform(0.0, 1.2)
    start = below - spec.sheath_ratio
    outer = sleeve(spec, stub, rng, start, below, 1.0)
    meshes = [*inner.meshes, outer]
    if rng.random() < 0.25:
        rolled = replace(spec, sheath_width_ratio=spec.sheath_width_ratio * 1.3)
        meshes.append(sleeve(rolled, stub, rng, start, start + rng.uniform(0.6, 1.6), 1.0))
    return EndShape(meshes, inner.far)


def crushed(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> EndShape:
    """Flattened, with a different outline on each side."""
    reach = steps(rng.uniform(1, 2.5), spec.length_ratio, 40)
    outline = _pear(spec, rng, rng.uniform(0.2, 0.9))
    flat, centre = body(
        spec, stub, rng, outline, reach, aspect=float(rng.uniform(0.2, 0.45)), cells=(10, 5)
    )
    return EndShape([flat], centre[-1])
