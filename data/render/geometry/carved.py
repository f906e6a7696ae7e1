"""Roots cut from an outline with corners: blocks, trapezoids, ringed lumps, hooks, flat shreds.

A root is a stack of superelliptic sections along a bent axis. Each side has its own half width, so
that outlines need not be symmetric. Clubs are made the same way, smooth and round, so that neither
surface nor colour gives the class away.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from data.render.geometry.club import remnant, tail
from data.render.geometry.mesh import Mesh
from data.render.geometry.pigment import root_colours
from data.render.geometry.sheath import sleeve
from data.render.geometry.stub import Array, EndShape, Stub, ease
from data.render.spec import EndSpec

SIDES = 28


@dataclass(frozen=True)
class Outline:
    """Sections of a root. Lengths are in shaft widths.

    `reach` (N,) is the distance of each section from the end of the shaft; negative ones lie on
    the shaft. `left` and `right` (N,) are half widths over the shaft's half width. `turn_rad`
    (N,) is the axis' turn against the shaft. `power` is the exponent of the section: 2 is round,
    8 a box. `height` is the section's height over its width. `faceted` keeps edges sharp.
    `end_teeth` (SIDES,) shifts the points of the end face along the axis.
    """

    reach: Array
    left: Array
    right: Array
    turn_rad: Array
    power: float = 2.0
    height: float = 0.85
    faceted: bool = False
    end_teeth: Array | None = None


Shape = Callable[[EndSpec, Stub, np.random.Generator], Outline]


def carve(spec: EndSpec, stub: Stub, rng: np.random.Generator, outline: Outline) -> EndShape:
    """The body of an outline with its colours, and its far end."""
    half = stub.width_mm / 2
    wide = (outline.left + outline.right) / 2
    upright = np.where(outline.reach < 0, stub.aspect, outline.height)
    tall = np.maximum(wide * upright, 0.1) * half
    axis = stub.line(outline.reach, outline.turn_rad, tall)
    power = np.where(outline.reach < 0, 2.0, outline.power)[:, None]
    angle = np.linspace(0, 2 * np.pi, SIDES, endpoint=False)
    x, y = (np.sign(v) * np.abs(v) ** (2 / power) for v in (np.cos(angle), np.sin(angle)))
    reach = np.where(x > 0, outline.left[:, None], outline.right[:, None]) * half
    tangent = np.gradient(axis, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True) + 1e-12
    across = np.stack([-tangent[:, 1], tangent[:, 0], np.zeros(len(axis))], axis=1)
    across /= np.linalg.norm(across, axis=1, keepdims=True) + 1e-12
    upward = np.cross(tangent, across)
    points = axis[:, None] + (x * reach)[..., None] * across[:, None]
    points += (y * tall[:, None])[..., None] * upward[:, None]
    rough = spec.roughness * rng.standard_normal(points.shape) * half
    points += rough * (outline.reach > 0.1)[:, None, None]
    if outline.end_teeth is not None:
        points[-1] += outline.end_teeth[:, None] * stub.width_mm * tangent[-1]
    colour, opacity = root_colours(spec, stub, rng, outline.reach, SIDES)
    mesh = _closed(points, colour, opacity)
    return EndShape([_faceted(mesh) if outline.faceted else mesh], axis[-1])


def _closed(ring: Array, colour: Array, opacity: Array) -> Mesh:
    """Rings (N, S, 3) as walls and two separate end faces, so that the end keeps its edge."""
    count, sides = ring.shape[:2]
    side = np.arange(sides)
    after = (side + 1) % sides
    row = np.arange(count - 1)[:, None] * sides
    a, b, c, d = row + side, row + after, row + sides + side, row + sides + after
    walls = [np.stack([a, c, b], -1).reshape(-1, 3), np.stack([b, c, d], -1).reshape(-1, 3)]
    points, shades, covers = [ring.reshape(-1, 3)], [colour.reshape(-1, 3)], [opacity.ravel()]
    for k, (first, second) in ((0, (side, after)), (count - 1, (after, side))):
        start = sum(len(p) for p in points)
        points.append(np.concatenate([ring[k], ring[k].mean(axis=0, keepdims=True)]))
        shades.append(np.concatenate([colour[k], colour[k].mean(axis=0, keepdims=True)]))
        covers.append(np.concatenate([opacity[k], opacity[k][:1]]))
        walls.append(np.stack([np.full(sides, start + sides), start + first, start + second], 1))
    faces = np.concatenate(walls).astype(np.int64)
    return Mesh(np.concatenate(points), faces, np.concatenate(shades), np.concatenate(covers))


def _faceted(mesh: Mesh) -> Mesh:
    """Every face with separate corners: flat shading."""
    pick = mesh.faces.ravel()
    faces: NDArray[np.int64] = np.arange(len(pick), dtype=np.int64).reshape(-1, 3)
    return replace(
        mesh,
        points=mesh.points[pick],
        faces=faces,
        colour=mesh.colour[pick],
        opacity=mesh.opacity[pick],
    )


def _reach(spec: EndSpec, rng: np.random.Generator, count: int = 30) -> Array:
    back = -np.linspace(rng.uniform(1.2, 3.0), 0, 7)[:-1]
    return np.concatenate([back, np.linspace(0, spec.length_ratio, count)])


def _bent(spec: EndSpec, reach: Array, start: float, stop: float) -> Array:
    """The bend spread over `start` to `stop` widths beyond the shaft's end."""
    return np.asarray(np.radians(spec.bend_deg) * ease((reach - start) / max(stop - start, 0.05)))


def _steps(rng: np.random.Generator, reach: Array, knots: int, spread: float) -> Array:
    """A broken line of mean 1 over the root, 1 on the shaft."""
    heights = np.clip(rng.normal(1, spread, knots), 0.35, 1.8)
    along = np.clip(reach / reach[-1], 0, 1) * (knots - 1)
    line = np.interp(along, np.arange(knots), heights)
    return np.where(reach < 0, 1.0, line)


def round_club(spec: EndSpec, _stub: Stub, rng: np.random.Generator) -> Outline:
    """A club: widens smoothly, closes as part of an ellipse, nearly the same on both sides."""
    length, width = spec.length_ratio, spec.width_ratio
    reach = np.concatenate(
        [
            -np.linspace(rng.uniform(1.2, 3.0), 0, 7)[:-1],
            length * np.sin(np.linspace(0, np.pi / 2, 34)),
        ]
    )
    middle = length * rng.uniform(0.45, 0.7)
    neck = rng.uniform(0.88, 1.02)
    rise = neck + (width - neck) * np.sin(np.pi / 2 * np.clip(reach / middle, 0, 1)) ** rng.uniform(
        1.0, 2.2
    )
    over = np.clip((reach - middle) / (length - middle), 0, 1)
    half = np.where(reach < 0, 1.01, rise) * np.maximum(1 - over**2, 0.0025) ** 0.5
    skew = 0.08 * rng.normal() * np.sin(np.pi * np.clip(reach / length, 0, 1))
    turn = _bent(spec, reach, 0, length)
    return Outline(reach, half * (1 + skew), half * (1 - skew), turn, 2.0, rng.uniform(0.7, 1.0))


def trapezoid(spec: EndSpec, _stub: Stub, rng: np.random.Generator) -> Outline:
    """A block that is widest at either end, with a shoulder and a flat or slanted end face."""
    reach = _reach(spec, rng)
    slope = rng.uniform(-0.35, 0.35)
    along = np.clip(reach / spec.length_ratio, 0, 1)
    shoulder = np.clip(reach / rng.uniform(0.05, 0.6), 0, 1)
    body = spec.width_ratio * (1 + slope * (along - 0.5) * 2)
    half = 1.01 + (body - 1.01) * shoulder
    skew = rng.uniform(-0.25, 0.25) * np.clip(along * 2, 0, 1)
    slant = rng.uniform(-0.5, 0.5) * np.cos(np.linspace(0, 2 * np.pi, SIDES, endpoint=False))
    return Outline(
        reach, half * (1 + skew), half * (1 - skew), _bent(spec, reach, 0, 0.6),
        rng.uniform(3.5, 12), rng.uniform(0.4, 1.0), bool(rng.random() < 0.6),
        slant * rng.random() * spec.width_ratio,
    )  # fmt: skip


def carved_kink(spec: EndSpec, _stub: Stub, rng: np.random.Generator) -> Outline:
    """An angle in the axis within a third of a shaft width, and a squared end."""
    reach = _reach(spec, rng, 36)
    at = rng.uniform(0.1, 0.5) * spec.length_ratio
    along = np.clip(reach / spec.length_ratio, 0, 1)
    half = 1.01 + (spec.width_ratio - 1.01) * along ** rng.uniform(0.5, 2)
    sides = [half * _steps(rng, reach, 4, 0.1) for _ in range(2)]
    return Outline(
        reach, sides[0], sides[1], _bent(spec, reach, at, at + rng.uniform(0.15, 0.5)),
        rng.uniform(2.5, 8), rng.uniform(0.5, 0.95), bool(rng.random() < 0.4),
    )  # fmt: skip


def carved_hook(spec: EndSpec, _stub: Stub, rng: np.random.Generator) -> Outline:
    """A crook: little wider than the shaft, curled by 60 degrees and more, blunt at the end."""
    curled = replace(spec, bend_deg=float(np.sign(spec.bend_deg or 1) * rng.uniform(60, 170)))
    length = max(spec.length_ratio, 2.5)
    reach = _reach(replace(spec, length_ratio=length), rng, 40)
    along = np.clip(reach / length, 0, 1)
    width = min(spec.width_ratio, 1.7)
    half = 1.01 + (width - 1.01) * np.sin(np.pi * along**1.4) + (along - 0.5).clip(0) * 0.3
    blunt = np.where(along > 0.9, 1 - rng.uniform(0, 6) * (along - 0.9), 1)
    return Outline(
        reach, half * blunt, half * blunt, _bent(curled, reach, rng.uniform(0, 0.8), length),
        rng.uniform(2, 4), rng.uniform(0.6, 0.95),
    )  # fmt: skip


def ringed(spec: EndSpec, _stub: Stub, rng: np.random.Generator) -> Outline:
    """A lump with two to five rings or steps and a torn end."""
    reach = _reach(spec, rng, 44)
    along = np.clip(reach / spec.length_ratio, 0, 1)
    phase = 2 * np.pi * rng.uniform(2, 5) * along + rng.uniform(0, 6)
    wave = np.tanh(rng.uniform(0.8, 3) * np.sin(phase))
    body = spec.width_ratio * (1 + rng.uniform(0.08, 0.3) * wave)
    half = 1.01 + (body - 1.01) * np.clip(reach / rng.uniform(0.1, 0.5), 0, 1)
    half = np.maximum(half, 0.6)
    sides = [half * _steps(rng, reach, 7, 0.12) for _ in range(2)]
    teeth = np.repeat(rng.uniform(-0.5, 0.5, SIDES // 2), 2)
    return Outline(
        reach, sides[0], sides[1], _bent(spec, reach, 0, spec.length_ratio),
        rng.uniform(2, 5), rng.uniform(0.5, 0.95), bool(rng.random() < 0.3), teeth,
    )  # fmt: skip


def flattened(spec: EndSpec, _stub: Stub, rng: np.random.Generator) -> Outline:
    """A thin scrap with a different outline on each side and torn teeth at the end."""
    reach = _reach(spec, rng, 32)
    grown = 1.01 + (spec.width_ratio - 1.01) * np.clip(reach / rng.uniform(0.2, 1.0), 0, 1)
    sides = [grown * _steps(rng, reach, int(rng.integers(5, 9)), 0.28) for _ in range(2)]
    teeth = np.repeat(rng.uniform(-0.8, 0.6, SIDES // 2), 2)
    return Outline(
        reach, sides[0], sides[1], _bent(spec, reach, 0, spec.length_ratio),
        rng.uniform(2, 6), rng.uniform(0.15, 0.4), bool(rng.random() < 0.5), teeth,
    )  # fmt: skip


def _plain(shape: Shape) -> Callable[[EndSpec, Stub, np.random.Generator], EndShape]:
    def build(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> EndShape:
        return carve(spec, stub, rng, shape(spec, stub, rng))

    return build


def carved_club(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> EndShape:
    """A club with its tail and its sheath remnant where the spec has them."""
    body = carve(spec, stub, rng, round_club(spec, stub, rng))
    meshes, far = list(body.meshes), body.far
    if spec.tail_ratio:
        line = stub.at + np.linspace(0.1, 1, 8)[:, None] * (far - stub.at)
        thread, far = tail(spec, stub, rng, line)
        meshes.append(thread)
    if spec.sheath_ratio:
        meshes += remnant(spec, stub, rng)
    return EndShape(meshes, far)


def carved_sheathed(spec: EndSpec, stub: Stub, rng: np.random.Generator) -> EndShape:
    """One of the torn shapes in a sleeve that reaches from its end up the shaft."""
    shape = (trapezoid, carved_kink, carved_hook, ringed)[int(rng.integers(4))]
    inner = carve(spec, stub, rng, shape(spec, stub, rng))
    below = spec.length_ratio * rng.uniform(-0.3, 1.1)
    outer = sleeve(spec, stub, rng, below - spec.sheath_ratio, below, 1.0)
    return EndShape([*inner.meshes, outer], inner.far)


CARVED = {
    "club": carved_club,
    "club_tail": carved_club,
    "club_sheath": carved_club,
    "club_both": carved_club,
    "anagen_hooked": _plain(carved_hook),
    "anagen_angular": _plain(carved_kink),
    "anagen_rectangular": _plain(trapezoid),
    "anagen_ragged": _plain(ringed),
    "anagen_sheath": carved_sheathed,
    "anagen_crushed": _plain(flattened),
}
"""Builders by root kind; bare ends are those of bare.py."""
