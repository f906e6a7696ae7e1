"""What is left of the root sheath: sleeves and flakes, whitish and translucent."""

from dataclasses import replace

import numpy as np

from data.render.geometry.mesh import Mesh, Profile, bumps, lump, sweep
from data.render.geometry.stub import Stub, ease
from data.render.spec import EndSpec

SHEATH = np.array([0.86, 0.82, 0.74])
"""Dried or jelly-like sheath, linear RGB; our assumption."""


def flake(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> Mesh:
    """A scale of dried sheath clinging to the side of the bulb."""
    width = stub.width_mm
    size = width * rng.uniform(0.5, 1.2, 3) * np.array([1, 1, 0.25])
    ball = lump(rng, (float(size[0]), float(size[1]), float(size[2])), 0.35, 6)
    aside = stub.heading_rad + rng.choice([-1, 1]) * rng.uniform(1.0, 2.2)
    out = np.array([np.cos(aside), np.sin(aside), 0.2]) * width * spec.width_ratio * 0.5
    at = stub.behind(np.array([rng.uniform(0, 2)]))[0] + out
    count = len(ball.points)
    colour = np.tile(np.clip(SHEATH * rng.uniform(0.8, 1.1), 0, 0.95), (count, 1))
    return Mesh(
        ball.points + at, ball.faces, colour, np.full(count, rng.uniform(0.35, 0.9)), "sheath"
    )


def sleeve(
    spec: EndSpec, stub: Stub, rng: np.random.Generator, start: float, stop: float, inner: float
) -> Mesh:
    """A wrinkled translucent tube round the shaft from `start` to `stop` widths (root at 0)."""
    count, sides = 40, 20
    reach = np.linspace(start, stop, count)
    bend = np.radians(spec.bend_deg) * ease(reach / max(0.5, spec.length_ratio))
    swell = np.where(reach > 0, max(1.0, inner * 1.03), 1.0)
    taper = np.minimum(ease((reach - start) / (0.12 * (stop - start)) + 0.3), 1)
    shut = np.minimum(ease((stop - reach) / (0.15 * (stop - start)) + 0.35), 1)
    radius = (
        stub.width_mm / 2 * np.maximum(spec.sheath_width_ratio * taper * shut, 0.9) * swell**0.5
    )
    wrinkles = bumps(rng, (count, sides), (int(rng.integers(5, 16)), int(rng.integers(3, 7))))
    rough = np.clip(1 + rng.uniform(0.06, 0.22) * wrinkles, 0.6, 1.8)
    tint = np.clip(
        SHEATH * rng.uniform(0.75, 1.1) * np.array([1, 1, rng.uniform(0.8, 1.1)]), 0, 0.95
    )
    patchy = np.clip(1 + 0.5 * bumps(rng, (count, 1), (8, 2))[:, 0], 0.2, 1.8)
    opacity = np.clip(spec.sheath_opacity * patchy, 0.05, 0.95)
    centre = stub.line(reach, bend, radius)
    shape = Profile(radius, np.tile(tint, (count, 1)), opacity, bumps=rough, sides=sides)
    return replace(sweep(centre, shape), part="sheath")
