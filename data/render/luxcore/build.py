"""From a plan to coloured meshes in mm."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.render import labels
from data.render.luxcore.fields import mesh as surface_of
from data.render.luxcore.fields import polytope, skeleton, waves
from data.render.luxcore.plan import PlannedHair, ScenePlan
from data.render.luxcore.raster import Labelled
from data.render.luxcore.roots import RootSize, build_root
from data.render.luxcore.shafts import between_ends, lifted, tube

Array = NDArray[np.float64]
Height = Callable[[Array], Array]
PART_LABELS = {
    "shaft": labels.SHAFT,
    "bulb": labels.BULB,
    "tail": labels.TAIL,
    "sheath": labels.SHEATH,
}
SKIN_RGB = np.array([0.78, 0.73, 0.64])


@dataclass(frozen=True)
class Body:
    """A mesh to trace: `colour` (N, 3) linear, `opacity` (N,), and its labels in pieces."""

    points: Array
    normals: Array
    faces: NDArray[np.int64]
    colour: Array
    opacity: Array
    pieces: tuple[Labelled, ...]


@dataclass(frozen=True)
class BuiltStrand:
    """The bodies of a hair, its line (N, 3) from root to tip, and the far end of its root."""

    bodies: tuple[Body, ...]
    line: Array
    far: Array


def build_strand(strand: PlannedHair, height: Height) -> BuiltStrand:
    """All meshes of a hair, lying on the ground."""
    rng = np.random.default_rng(strand.seed)
    line = lifted(rng, strand.line, strand.width_mm * strand.flat, strand.lift_mm)
    line[:, 2] += height(line[:, :2])
    shaft = tube(rng, between_ends(line, 1.5 * strand.width_mm), strand.width_mm, strand.flat)
    streak = 1 + 0.015 * np.sin(shaft.along * rng.uniform(20, 90) + rng.uniform(0, 6))
    dyed = np.clip((shaft.along - 0.25) * 8, 0, 1)[:, None]
    colour = strand.shaft_rgb * (1 - dyed) + strand.tip_rgb * dyed
    bodies = [
        Body(
            shaft.points, shaft.normals, shaft.faces, np.clip(colour * streak[:, None], 0.003, 0.9),
            np.ones(len(shaft.points)),
            (Labelled(shaft.points, shaft.faces, labels.SHAFT),),
        )
    ]  # fmt: skip
    root, far = _end(strand, strand.kind, strand.size, line, strand.shaft_rgb, rng)
    plain = RootSize(1.0, 1.0, 0.0, 1.0)
    tip, _ = _end(strand, strand.tip_kind, plain, line[::-1], strand.tip_rgb, rng)
    return BuiltStrand((*bodies, *root, *tip), line, far)


def _end(
    strand: PlannedHair,
    kind: str,
    size: RootSize,
    line: Array,
    shaft_rgb: Array,
    rng: np.random.Generator,
) -> tuple[list[Body], Array]:
    """One end in place: turned along the line's first stretch, its bulb resting on the ground."""
    out = line[0] - line[2]
    heading = np.arctan2(out[1], out[0])
    cos, sin = np.cos(heading), np.sin(heading)
    turn = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    is_root = not kind.startswith(("cut", "oblique", "frayed", "split", "tapered"))
    bodies, far = [], line[0]
    for part in build_root(kind, size, rng, strand.grid_step):
        raw = part.surface.points
        tall = size.width / 2 * size.flatness if is_root else 0.5
        rise = np.clip(raw[:, 0] / 1.5, 0, 1) * max(0.0, tall - 0.5)
        flat = strand.flat + (1 - strand.flat) * np.clip(raw[:, 0] + 1, 0, 1)
        local = np.stack([raw[:, 0], raw[:, 1], raw[:, 2] * flat + rise], axis=1)
        points = local @ turn.T * strand.width_mm + line[0]
        points = points + _sag(raw[:, 0], line, strand.width_mm, turn)
        colour, opacity = _paint(strand, part.name, raw, size, shaft_rgb, is_root, rng)
        code = PART_LABELS[part.name]
        pieces = [Labelled(points, part.surface.faces, code)]
        if code == labels.BULB:
            behind = raw[part.surface.faces].mean(axis=1)[:, 0] < 0
            pieces = [
                Labelled(points, part.surface.faces[behind], labels.SHAFT),
                Labelled(points, part.surface.faces[~behind], labels.BULB),
            ]
        if part.name in ("bulb", "tail"):
            far = points[np.argmax(raw[:, 0] * np.cos(size.bend_rad) + np.abs(raw[:, 1]) * 0.3)]
        normals = part.surface.normals @ turn.T
        body = Body(points, normals, part.surface.faces, colour, opacity, tuple(pieces))
        bodies.append(body)
    return bodies, np.asarray(far)


def _sag(x: Array, line: Array, width: float, turn: Array) -> Array:
    """How far the shaft's real line has left the straight axis, for points on the shaft."""
    gaps = np.concatenate([[0], np.linalg.norm(np.diff(line, axis=0), axis=1).cumsum()])
    back = np.clip(-x, 0, None) * width
    on_line = np.stack([np.interp(back, gaps, line[:, k]) for k in range(3)], axis=1)
    straight = line[0] - back[:, None] * turn[:, 0]
    return np.asarray((on_line - straight) * (back > 0)[:, None])


def _paint(
    strand: PlannedHair,
    part: str,
    raw: Array,
    size: RootSize,
    shaft_rgb: Array,
    is_root: bool,
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    """Vertex colours (N, 3) and opacities (N,)."""
    coarse, fine = waves(rng, 1.5)(raw), waves(rng, 0.4)(raw)
    if part in ("sheath", "tail"):
        tint = SKIN_RGB * rng.uniform(0.75, 1.1) * np.exp(rng.normal(0, 0.05, 3))
        dense = rng.uniform(0.2, 0.65) if part == "sheath" else rng.uniform(0.5, 0.95)
        colour = tint * (1 + 0.08 * coarse)[:, None]
        return np.clip(colour, 0.003, 0.9), np.clip(dense * (1 + 0.4 * coarse), 0.05, 0.95)
    if not is_root:
        return np.clip(np.tile(shaft_rgb, (len(raw), 1)), 0.003, 0.9), np.ones(len(raw))
    soft = rng.uniform(0.3, 1.2)
    into = 1 / (1 + np.exp(-np.clip((raw[:, 0] - rng.uniform(-0.6, 0.3)) / soft * 5, -30, 30)))
    shade = 1 + rng.uniform(0.02, 0.12) * coarse + rng.uniform(0, 0.06) * fine
    shade = shade + rng.normal(0, 0.15) * np.clip(raw[:, 0] / size.length, 0, 1)
    root = strand.root_rgb * np.clip(shade, 0.3, 1.7)[:, None]
    colour = shaft_rgb * (1 - into)[:, None] + root * into[:, None]
    return np.clip(colour, 0.003, 0.9), np.ones(len(raw))


@dataclass(frozen=True)
class Speck:
    """A crumb, flake or fibre that is no hair."""

    kind: str
    at: Array
    body: Body


def build_specks(plan: ScenePlan, height: Height) -> list[Speck]:
    """Clutter, none of it near the end of a hair."""
    rng = np.random.default_rng([plan.seed, 1])
    width = 0.077
    ends = np.array([s.line[k] for s in plan.strands for k in (0, -1)]).reshape(-1, 2)
    found = []
    for _ in range(plan.specks):
        at = rng.uniform(-0.5, 0.5, 2) * plan.view.size_mm
        kind = str(rng.choice(["crumb", "flake", "lint", "thread"], p=[0.3, 0.2, 0.4, 0.1]))
        size = width * np.exp(rng.uniform(-0.5, 1.4))
        if len(ends) and np.linalg.norm(ends - at, axis=1).min() < 9 * width + 2 * size:
            continue
        found.append(Speck(kind, at, _speck(kind, at, size, rng, height)))
    return found


def _speck(kind: str, at: Array, size: float, rng: np.random.Generator, height: Height) -> Body:
    if kind in ("crumb", "flake"):
        half = np.array([1, rng.uniform(0.5, 1), 0.15 if kind == "flake" else 0.7])
        field = polytope(rng, np.zeros(3), half, int(rng.integers(8, 20)))
        shape = surface_of(field, -half * 1.3 - 0.1, half * 1.3 + 0.1, 0.12)
        points = shape.points * size + np.array([*at, half[2] * size * 0.9])
    else:
        count, heading = 14, rng.uniform(0, 6.3) + np.cumsum(rng.normal(0, 0.35, 14))
        steps = np.stack([np.cos(heading), np.sin(heading), np.zeros(count)], 1)
        steps *= rng.uniform(0.3, 1.6) if kind == "lint" else rng.uniform(2, 5)
        radius = rng.uniform(0.08, 0.3) if kind == "lint" else rng.uniform(0.8, 1.8)
        joints = steps.cumsum(axis=0) - steps.sum(axis=0) / 2
        low, high = joints.min(axis=0) - radius - 0.3, joints.max(axis=0) + radius + 0.3
        field = skeleton(joints, np.full(count, radius))
        shape = surface_of(field, low, high, max(radius / 2.2, float((high - low).max()) / 160))
        points = shape.points * 0.077 + np.array([*at, radius * 0.077])
    points = points + np.array([0, 0, float(height(at[None])[0])])
    tint = np.clip(
        rng.uniform(0.03, 0.8) * np.exp(rng.normal(0, rng.choice([0.03, 0.4]), 3)), 0, 0.9
    )
    colour = np.clip(tint * (1 + 0.1 * waves(rng, 1.0)(shape.points))[:, None], 0.003, 0.9)
    cover = np.full(len(points), rng.uniform(0.4, 1) if kind == "flake" else 1.0)
    piece = Labelled(points, shape.faces, labels.OTHER)
    return Body(points, shape.normals, shape.faces, colour, cover, (piece,))
