"""Roots of another make: put together from solids, where the swept ones are one smooth body.

A network that has seen one way of modelling a root learns that way, too. What these have in
common with the swept roots is the description of real ones in docs/how-it-works/domain.md, and
nothing else.
"""

from dataclasses import replace

import numpy as np

from data.render.geometry.bare import splinter
from data.render.geometry.club import remnant, tail
from data.render.geometry.mesh import Mesh, superquadric
from data.render.geometry.sheath import sleeve
from data.render.geometry.stub import Array, EndShape, Stub, paint
from data.render.spec import EndSpec

Half = tuple[float, float, float]


def solid_club(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> EndShape:
    """An egg on a collar, with a tail and a sheath remnant where the spec has them."""
    length, width = spec.length_ratio / 2, spec.width_ratio / 2
    power = rng.uniform(1.9, 2.3)
    egg, far = _solid(spec, stub, rng, (length, width, width), 0.75 * length, power)
    neck = rng.uniform(0.5, 1.1), rng.uniform(0.52, 0.62), rng.uniform(0.5, 0.6)
    collar, _ = _solid(spec, stub, rng, neck, 0.0, 2.0)
    meshes = [egg, collar]
    if spec.tail_ratio:
        back = far - stub.at
        line = stub.at + np.linspace(0.1, 1, 8)[:, None] * back
        thread, far = tail(spec, stub, rng, line)
        meshes.append(thread)
    if spec.sheath_ratio:
        meshes += remnant(spec, stub, rng)
    return EndShape(meshes, far)


def solid_block(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> EndShape:
    """A slab with flat faces and an edge all round, sometimes askew."""
    length, width = spec.length_ratio / 2, spec.width_ratio / 2
    half = length, width, width * rng.uniform(0.4, 1.0)
    slab, far = _solid(spec, stub, rng, half, 0.85 * length, rng.uniform(5, 14), _skew(rng))
    return EndShape([slab], far)


def solid_kink(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> EndShape:
    """Two or three straight pieces, each turned sharply against the last, with a blunt end."""
    count = int(rng.integers(2, 4))
    length = spec.length_ratio / count
    meshes, here = [], stub
    for k in range(count):
        grown = 0.5 + (spec.width_ratio - 1) / 2 * (k + 1) / count
        half = 0.62 * length, grown, grown * rng.uniform(0.6, 1.0)
        piece = replace(spec, bend_deg=spec.bend_deg * (k + 1) / count)
        mesh, far = _solid(piece, here, rng, half, 0.45 * length, rng.uniform(2.5, 8))
        meshes.append(mesh)
        here = replace(here, at=far * 0.9 + here.at * 0.1)
    return EndShape(meshes, far)


def stump(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> EndShape:
    """A torn stump that ends in a brush of shreds."""
    length, width = spec.length_ratio / 2, spec.width_ratio / 2
    base, far = _solid(spec, stub, rng, (length, width, width * 0.8), 0.6 * length, 3.0)
    heading = stub.heading_rad + np.radians(spec.bend_deg)
    start = stub.at + 0.7 * (far - stub.at)
    shreds = [
        splinter(stub, rng, start, float(heading), 2 * width, rng.uniform(0.6, 1.6) * length + 0.4)
        for _ in range(int(rng.integers(4, 12)))
    ]
    return EndShape([base, *shreds], far)


def crumpled(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> EndShape:
    """A squashed lump with dents and corners."""
    length, width = spec.length_ratio / 2, spec.width_ratio / 2
    rougher = replace(spec, roughness=float(rng.uniform(0.2, 0.5)))
    half = length, width, width * rng.uniform(0.2, 0.6)
    lump, far = _solid(rougher, stub, rng, half, 0.8 * length, rng.uniform(1.3, 4), _skew(rng))
    return EndShape([lump], far)


def solid_sheathed(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> EndShape:
    """A bent or square root in a sleeve that runs up the shaft."""
    inner = solid_kink(spec, stub, rng) if rng.random() < 0.6 else solid_block(spec, stub, rng)
    below = spec.length_ratio * rng.uniform(-0.2, 0.9)
    outer = sleeve(spec, stub, rng, below - spec.sheath_ratio, below, 1.0)
    return EndShape([*inner.meshes, outer], inner.far)


def _skew(rng: np.random.Generator) -> float:
    return float(rng.uniform(-0.6, 0.6)) if rng.random() < 0.5 else 0.0


def _solid(
    spec: EndSpec,
    stub: Stub,
    rng: np.random.Generator,
    half: Half,
    ahead: float,
    power: float,
    skew: float = 0.0,
) -> tuple[Mesh, Array]:
    """One solid with half axes in shaft widths, its middle ``ahead`` of the shaft's end and
    turned by the bend; and its far tip."""
    width = stub.width_mm
    axes = half[0] * width, half[1] * width, half[2] * width
    ball = superquadric(rng, axes, power, spec.roughness)
    heading = stub.heading_rad + np.radians(spec.bend_deg)
    cos, sin = np.cos(heading), np.sin(heading)
    x, y, z = (ball.points + np.outer(ball.points[:, 1] * skew, [1.0, 0, 0])).T
    rise = max(0.0, axes[2] - width * stub.aspect / 2)
    spot = stub.at + np.array([cos * ahead * width, sin * ahead * width, rise])
    points = spot + np.column_stack([x * cos - y * sin, x * sin + y * cos, z])
    shade = paint(spec, stub, rng) * (1 + 0.06 * rng.standard_normal((len(points), 1)))
    mesh = Mesh(points, ball.faces, np.clip(shade, 0.002, 0.95), np.full(len(points), spec.opacity))
    return mesh, spot + np.array([cos, sin, 0]) * axes[0]
