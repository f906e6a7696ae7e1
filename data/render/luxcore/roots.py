"""Roots and bare ends as implicit surfaces, by the kinds of root that truth.jsonl names."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from data.render.luxcore.fields import (
    Array,
    Field,
    Surface,
    box,
    ellipsoid,
    mesh,
    polytope,
    rotated_field,
    roughened,
    skeleton,
    union,
    waves,
    without,
)
from data.render.luxcore.flawed import flawed_club

STUB = 2.2
"""Shaft widths of shaft that belong to the root's own surface."""
FLAWED_KINDS = ("anagen_angular", "anagen_rectangular", "anagen_ragged", "anagen_crushed")
FLAWED_SHARE = 0.45
"""Of these kinds: clubs but for a flaw. Our choice."""


@dataclass(frozen=True)
class RootPart:
    """A surface in shaft widths, and which label its pixels get."""

    name: str
    surface: Surface


@dataclass(frozen=True)
class RootSize:
    """Width and length in shaft widths, bend in radians, height over width."""

    width: float
    length: float
    bend_rad: float
    flatness: float


def _shaft(length: float = STUB) -> Field:
    return skeleton(np.array([[-length - 1, 0, 0], [0.05, 0, 0]]), np.array([0.5, 0.5]))


def _half(size: RootSize) -> Array:
    return np.array([size.length / 2, size.width / 2, size.width / 2 * size.flatness])


def _club(size: RootSize, rng: np.random.Generator) -> Field:
    """An egg, blunt or pointed, drawn smoothly into the shaft."""
    half = _half(size)
    egg = ellipsoid(np.array([size.length / 2 - 0.15, 0, 0]), half)
    if rng.random() < 0.4:
        ahead = np.array([size.length * rng.uniform(0.55, 0.7), 0, 0])
        egg = union(egg, ellipsoid(ahead, half * np.array([0.55, 0.9, 0.9])), 0.25)
    body = union(_shaft(), rotated_field(egg, size.bend_rad), rng.uniform(0.2, 0.6))
    return roughened(rng, body, rng.uniform(0, 0.025), rng.uniform(0.5, 1.5))


def _block(size: RootSize, rng: np.random.Generator) -> Field:
    """A block or trapezoid with edges."""
    centre = np.array([size.length / 2 - 0.1, 0, 0])
    slab = box(
        centre, _half(size), float(rng.uniform(0.02, 0.12)), float(rng.uniform(-0.4, 0.4)),
        float(rng.uniform(-0.4, 0.4)),
    )  # fmt: skip
    body = union(_shaft(), rotated_field(slab, size.bend_rad), rng.uniform(0.02, 0.15))
    return roughened(rng, body, rng.uniform(0, 0.04), rng.uniform(0.3, 1.0))


def _hook(size: RootSize, rng: np.random.Generator) -> Field:
    """The end curled round an arc, blunt or cut off square."""
    turn = float(np.sign(size.bend_rad or 1) * rng.uniform(1.0, 2.8))
    count = 14
    heading = turn * np.linspace(0, 1, count) ** rng.uniform(0.7, 1.6)
    length = max(size.length, 2.2)
    steps = np.stack([np.cos(heading), np.sin(heading), np.zeros(count)], 1) * length / count
    joints = np.concatenate([np.zeros((1, 3)), steps.cumsum(axis=0)])
    swell = 0.5 + (min(size.width, 1.8) / 2 - 0.5) * np.linspace(0, 1, count + 1) ** 0.8
    body = union(_shaft(), skeleton(joints, swell * np.linspace(1, 0.9, count + 1)), 0.1)
    if rng.random() < 0.6:
        end, way = joints[-1], steps[-1] / np.linalg.norm(steps[-1])
        face = float(rng.uniform(-0.2, 0.3))
        return lambda at: np.maximum(body(at), _beyond(at, end, way, face))
    return roughened(rng, body, rng.uniform(0, 0.05), 0.6)


def _beyond(at: Array, end: Array, way: Array, face: float) -> Array:
    """Distance past a plane near `end`, for points near it only."""
    past = (at - end) @ way - face
    near = np.linalg.norm(at - end, axis=1) < 1.6
    return np.where(near, past, -1.0)


def _angle(size: RootSize, rng: np.random.Generator) -> Field:
    """A kink of 25 to 80 degrees, then a straight piece with a square end."""
    bend = float(np.sign(size.bend_rad or 1) * rng.uniform(0.45, 1.4))
    half = np.array([size.length / 2, size.width / 2, size.width / 2 * size.flatness])
    piece = box(np.array([size.length / 2 - 0.3, 0, 0]), half, 0.08, float(rng.uniform(-0.1, 0.5)))
    body = union(_shaft(), rotated_field(piece, bend), 0.12)
    return roughened(rng, body, rng.uniform(0, 0.06), 0.7)


def _ragged(size: RootSize, rng: np.random.Generator) -> Field:
    """A lump with rings, bites and shreds."""
    lump = union(_shaft(), ellipsoid(np.array([size.length * 0.4, 0, 0]), _half(size)), 0.1)
    if rng.random() < 0.5:
        pitch, depth = rng.uniform(0.5, 1.1), rng.uniform(0.06, 0.18)
        plain = lump

        def ringed(at: Array) -> Array:
            rings = np.tanh(2 * np.sin(2 * np.pi * at[:, 0] / pitch))
            return np.asarray(plain(at) - depth * rings * (at[:, 0] > 0.05))

        lump = ringed
    for _ in range(int(rng.integers(2, 6))):
        at = np.array([rng.uniform(0.3, 1.0) * size.length, *rng.normal(0, size.width / 2, 2)])
        lump = without(lump, ellipsoid(at, rng.uniform(0.15, 0.5, 3)))
    if rng.random() < 0.6:
        lump = union(lump, _shreds(rng, size.length * 0.7, size.width * 0.4, 4), 0.05)
    return roughened(rng, lump, rng.uniform(0.04, 0.12), rng.uniform(0.25, 0.6))


def _shreds(rng: np.random.Generator, start: float, spread: float, most: int) -> Field:
    """Two to `most` thin spikes."""
    fields: list[Field] = []
    for _ in range(int(rng.integers(2, most + 1))):
        foot = np.array([start, *rng.normal(0, spread * 0.5, 2)])
        reach = rng.uniform(0.6, 2.0)
        tip = foot + np.array([reach, *rng.normal(0, 0.35 * reach, 2)])
        fields.append(skeleton(np.stack([foot, tip]), np.array([rng.uniform(0.12, 0.25), 0.07])))
    return lambda at: np.min([f(at) for f in fields], axis=0)


def _crushed(size: RootSize, rng: np.random.Generator) -> Field:
    """A flat crystal with corners."""
    half = _half(size) * np.array([1, 1, 0.6])
    crystal = polytope(rng, np.array([size.length / 2 - 0.1, 0, 0]), half, int(rng.integers(6, 10)))
    body = union(_shaft(), rotated_field(crystal, size.bend_rad), 0.06)
    return roughened(rng, body, rng.uniform(0.0, 0.06), 0.5)


def _cut(size: RootSize, rng: np.random.Generator) -> Field:
    """The shaft cut straight or at a slant."""
    del size
    slant = rng.choice([rng.normal(0, 0.12), rng.uniform(0.5, 1.6) * rng.choice([-1, 1])])
    rod = skeleton(np.array([[-STUB - 2, 0, 0], [1.5, 0, 0]]), np.array([0.5, 0.5]))
    uneven = waves(rng, 0.5)
    return lambda at: np.maximum(rod(at), (at[:, 0] + slant * at[:, 1] + 0.04 * uneven(at)) * 0.8)


def _frayed(size: RootSize, rng: np.random.Generator) -> Field:
    """A cut end that frays into shreds."""
    return union(_cut(size, rng), _shreds(rng, -0.3, 0.4, 6), 0.05)


def _split(size: RootSize, rng: np.random.Generator) -> Field:
    """Two branches."""
    del size
    arms: list[Field] = []
    for side in (-1, 1):
        reach, aside = rng.uniform(1.5, 4), side * rng.uniform(0.4, 1.4)
        joints = np.array(
            [[-0.8, side * 0.15, 0], [0.3 * reach, 0.6 * aside, 0], [reach, aside, 0]]
        )
        arms.append(skeleton(joints, np.array([0.33, 0.27, 0.12])))
    rod = skeleton(np.array([[-STUB - 2, 0, 0], [-0.7, 0, 0]]), np.array([0.5, 0.48]))
    return union(rod, union(arms[0], arms[1], 0.05), 0.15)


def _pencil(size: RootSize, rng: np.random.Generator) -> Field:
    """The shaft drawn out to a point."""
    del size
    reach = rng.uniform(3, 7)
    joints = np.array([[-STUB - 2, 0, 0], [0, 0, 0], [reach, rng.normal(0, 0.2), 0]])
    return skeleton(joints, np.array([0.5, 0.5, 0.08]))


SHAPES: dict[str, Callable[[RootSize, np.random.Generator], Field]] = {
    "club": _club,
    "club_tail": _club,
    "club_sheath": _club,
    "club_both": _club,
    "anagen_hooked": _hook,
    "anagen_angular": _angle,
    "anagen_rectangular": _block,
    "anagen_ragged": _ragged,
    "anagen_crushed": _crushed,
    "cut": _cut,
    "oblique": _cut,
    "frayed": _frayed,
    "split": _split,
    "tapered": _pencil,
}
"""Shapes by root kind; `anagen_sheath` is one of the torn shapes in a sleeve."""
SHEATHED = ("anagen_hooked", "anagen_angular", "anagen_rectangular", "anagen_ragged")


def build_root(kind: str, size: RootSize, rng: np.random.Generator, step: float) -> list[RootPart]:
    """The parts of a root or bare end, the body first, on a grid of `step` shaft widths."""
    shape = str(rng.choice(SHEATHED)) if kind == "anagen_sheath" else kind
    if kind in FLAWED_KINDS and rng.random() < FLAWED_SHARE:
        field = flawed_club(size.length, size.width, size.flatness, _shaft(), rng)
    else:
        field = SHAPES[shape](size, rng)
    reach = max(size.length, 3.0) + 2.6
    wide = max(1.6, size.width * 0.75 + 0.4, 1.3 * size.length if shape.startswith("anagen") else 0)
    tall = max(0.8, size.width * 0.75 + 0.3)
    low, high = np.array([-STUB, -wide, -tall]), np.array([reach, wide, tall])
    if shape in ("split", "tapered"):
        high = high + np.array([4.5, 0, 0])
    is_bulb = kind not in ("cut", "oblique", "frayed", "split", "tapered")
    if kind in ("cut", "oblique"):
        low, high = np.array([-STUB, -0.7, -0.7]), np.array([1.2, 0.7, 0.7])
    parts = [RootPart("bulb" if is_bulb else "shaft", mesh(field, low, high, step))]
    if kind in ("club_tail", "club_both"):
        parts.append(RootPart("tail", _tail(size, rng)))
    if kind in ("club_sheath", "club_both", "anagen_sheath"):
        parts.append(RootPart("sheath", _sleeve(field, size, rng, kind == "anagen_sheath")))
    return parts


def _tail(size: RootSize, rng: np.random.Generator) -> Surface:
    """A thread beyond the club that curls away."""
    count = 9
    heading = size.bend_rad + np.cumsum(rng.normal(0, 0.3, count))
    step = rng.uniform(0.8, 3.5) / count
    steps = np.stack([np.cos(heading), np.sin(heading), np.full(count, -0.05)], 1) * step
    start = np.array([np.cos(size.bend_rad), np.sin(size.bend_rad), 0]) * (size.length - 0.4)
    joints = np.concatenate([start[None], start + steps.cumsum(axis=0)])
    radii = np.linspace(rng.uniform(0.14, 0.26), 0.09, count + 1)
    return mesh(skeleton(joints, radii), joints.min(axis=0) - 0.4, joints.max(axis=0) + 0.4, 0.07)


def _sleeve(field: Field, size: RootSize, rng: np.random.Generator, long: bool) -> Surface:
    """A wrinkled skin round the root's own surface over a stretch of it."""
    stop = size.length * rng.uniform(0.1, 0.95)
    start = stop - (rng.uniform(3, 9) if long else rng.uniform(1, 3))
    thick = rng.uniform(0.12, 0.45)
    wrinkles = waves(rng, rng.uniform(0.4, 1.2))
    rod = skeleton(np.array([[start - 2, 0, 0], [0.05, 0, 0]]), np.array([0.5, 0.5]))

    def skin(at: Array) -> Array:
        grown = np.minimum(field(at), rod(at)) - thick * (1 + 0.5 * wrinkles(at))
        edge = 0.25 * wrinkles(at * 0.5)
        ends = np.maximum(start - at[:, 0] + edge, at[:, 0] - stop + edge)
        return np.maximum(grown, ends * 0.8)

    wide = size.width + 1.2 + (size.length if long else 0)
    low = np.array([start - 0.6, -wide, -size.width / 2 - 1])
    return mesh(skin, low, np.array([stop + 0.8, wide, size.width / 2 + 1]), 0.13)
