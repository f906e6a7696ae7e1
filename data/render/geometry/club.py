"""The telogen club: regular, rounded, pale; with or without a tail and a sheath remnant."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from data.render.geometry.mesh import Mesh, Profile, bumps, sweep
from data.render.geometry.sheath import SHEATH, flake, sleeve
from data.render.geometry.stub import Array, EndShape, Stub, body, ease, steps
from data.render.spec import EndSpec


def _club_outline(spec: EndSpec, rng: np.random.Generator) -> Callable[[Array], Array]:
    """Smooth and rounded: eases out to the full width, then closes as a superellipse.

    The closing part is at least as long as a sphere's would be, and nearly an ellipse. With a
    shorter one of a higher power, a club ended as bluntly as a torn root.
    """
    length, width = spec.length_ratio, spec.width_ratio
    belly = min(length * rng.uniform(0.35, 0.75), length - width / 2)
    power = rng.uniform(1.8, 2.3)
    neck = rng.uniform(0.85, 1.03)

    def outline(u: Array) -> Array:
        grown = neck + (width - neck) * ease((u + 0.15 * length) / (belly + 0.15 * length))
        grown = np.where(u < -0.15 * length, 1.01, np.where(u < 0, np.maximum(grown, neck), grown))
        closing = np.clip((u - belly) / (length - belly), 0, 1)
        return np.asarray(grown * np.maximum(0.02, 1 - closing**power) ** (1 / power))

    return outline


def club(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> EndShape:
    """A club, its tail and its sheath remnant where the spec has them."""
    reach = steps(rng.uniform(1.5, 4), spec.length_ratio)
    bulb, centre = body(spec, stub, rng, _club_outline(spec, rng), reach, (0, spec.length_ratio))
    meshes, far = [bulb], centre[-1]
    if spec.tail_ratio:
        thread, far = tail(spec, stub, rng, centre)
        meshes.append(thread)
    if spec.sheath_ratio:
        meshes += remnant(spec, stub, rng)
    return EndShape(meshes, far)


def tail(spec: EndSpec, stub: Stub, rng: np.random.Generator, bulb: Array) -> tuple[Mesh, Array]:
    """A thin pale thread beyond the bulb (docs/how-it-works/domain.md, root types)."""
    count, width = 24, stub.width_mm
    out = bulb[-1] - bulb[-6]
    start = np.arctan2(out[1], out[0])
    heading = (
        start + np.cumsum(rng.normal(0, 0.13, count)) + np.linspace(0, rng.normal(0, 0.7), count)
    )
    step = (spec.tail_ratio * width / count) * np.stack([np.cos(heading), np.sin(heading)], axis=1)
    centre = np.column_stack([bulb[-3, :2] + step.cumsum(axis=0), np.full(count, bulb[-3, 2])])
    centre[:, 2] = np.linspace(bulb[-3, 2], stub.at[2], count)
    thick = width / 2 * rng.uniform(0.18, 0.5) * (1.3 - np.linspace(0, 1, count) ** 0.7)
    colour = np.tile(np.clip(SHEATH * rng.uniform(0.7, 1.1), 0, 0.95), (count, 1))
    opacity = np.full(count, rng.uniform(0.45, 0.95))
    rough = 1 + 0.2 * bumps(rng, (count, 8), (8, 4))
    thread = sweep(centre, Profile(thick, colour, opacity, bumps=rough, sides=8))
    return replace(thread, part="tail"), centre[-1]


def remnant(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> list[Mesh]:
    """What is left of a sheath: an irregular whitish sleeve at or above the bulb, or a flake."""
    if rng.random() < 0.35:
        return [flake(spec, stub, rng)]
    top = -spec.sheath_ratio * rng.uniform(0.4, 1.0)
    return [sleeve(spec, stub, rng, top, top + spec.sheath_ratio, spec.width_ratio)]
