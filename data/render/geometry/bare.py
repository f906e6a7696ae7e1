"""Ends without a bulb: cut, oblique, frayed, split, tapered. Roots and tips alike."""

import numpy as np

from data.render.geometry.mesh import Mesh, Profile, bumps, sweep
from data.render.geometry.stub import Array, EndShape, Stub, body
from data.render.spec import EndSpec


def cut(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> EndShape:
    """Straight across; a stub of shaft closes the curve with a flat, slightly uneven face."""
    return EndShape([_shorn(spec, stub, rng, 0.0)], stub.at)


def oblique(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> EndShape:
    """Cut at a slant of up to two widths."""
    slant = float(rng.choice([-1, 1]) * rng.uniform(0.5, 2.0))
    return EndShape([_shorn(spec, stub, rng, slant)], stub.at)


def _shorn(spec: EndSpec, stub: Stub, rng: np.random.Generator, slant: float) -> Mesh:
    """A stub of shaft whose last sections slope by `slant` widths from side to side."""
    back = rng.uniform(1, 2) + abs(slant)
    reach = np.concatenate([np.linspace(-back, 0, 12), [0.02]])
    flare = rng.uniform(0.0, 0.12)
    mesh, _ = body(spec, stub, rng, lambda u: 1.01 + flare * np.exp(-np.abs(u)), reach)
    out = np.array([np.cos(stub.heading_rad), np.sin(stub.heading_rad), 0.0])
    across = np.array([-out[1], out[0], 0.0])
    offset = mesh.points - stub.at
    near = np.clip((offset @ out) / (back * stub.width_mm) + 1, 0, 1.1) ** 2
    slope = slant * (offset @ across) - abs(slant) * stub.width_mm / 2
    return Mesh(mesh.points + out * (near * slope)[:, None], mesh.faces, mesh.colour, mesh.opacity)


def frayed(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> EndShape:
    """Two to five splinters of the shaft's own stuff."""
    stump = _shorn(spec, stub, rng, float(rng.uniform(-0.4, 0.4)))
    start = stub.behind(np.array([rng.uniform(0.2, 0.8)]))[0]
    shreds = [
        splinter(stub, rng, start, stub.heading_rad, 1.0, spec.length_ratio * rng.uniform(0.5, 1.2))
        for _ in range(int(rng.integers(2, 6)))
    ]
    return EndShape([stump, *shreds], stub.at)


def split(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> EndShape:
    """Two branches."""
    start = stub.behind(np.array([0.5]))[0]
    spread = rng.uniform(0.12, 0.5)
    arms = [
        splinter(stub, rng, start, stub.heading_rad + side * spread, 1.0, length, 0.55)
        for side, length in zip((-1, 1), spec.length_ratio * rng.uniform(0.6, 1.2, 2), strict=True)
    ]
    return EndShape(arms, stub.at)


def tapered(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> EndShape:
    """Nothing to add: the shaft itself thins out."""
    return EndShape([], stub.at)


def splinter(
    stub: Stub,
    rng: np.random.Generator,
    start: Array,
    heading_rad: float,
    spread: float,
    length: float,
    thickness: float | None = None,
) -> Mesh:
    """A thin spike from near `start`, `length` widths long, `thickness` of the shaft's width."""
    count, width = 14, stub.width_mm
    out = heading_rad + rng.normal(0, 0.08 if thickness else 0.3)
    heading = out + np.linspace(0, rng.normal(0, 0.35), count)
    aside = np.array([-np.sin(heading_rad), np.cos(heading_rad)]) * rng.uniform(-0.35, 0.35)
    if thickness:
        aside *= 0.2
    step = np.stack([np.cos(heading), np.sin(heading)], axis=1) * length * width / count
    flat = start[:2] + aside * width * spread + step.cumsum(axis=0)
    centre = np.column_stack([flat, np.full(count, start[2]) + rng.uniform(0, 0.3) * width])
    thick = (thickness or rng.uniform(0.15, 0.45)) * width / 2
    radius = thick * spread * np.maximum(0.12, 1 - np.linspace(0, 1, count) ** 2)
    colour = np.tile(np.clip(stub.colour * rng.uniform(0.8, 1.3), 0.002, 0.95), (count, 1))
    rough = 1 + 0.15 * bumps(rng, (count, 8), (6, 4))
    return sweep(
        centre, Profile(radius, colour, np.full(count, stub.opacity), bumps=rough, sides=8)
    )
