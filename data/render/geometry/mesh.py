"""Triangle meshes with a colour and an opacity at every vertex, above all swept tubes."""

from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


Part = Literal["shaft", "bulb", "sheath", "tail"]


@dataclass(frozen=True)
class Mesh:
    """`points` (N, 3) mm, `faces` (M, 3), `colour` (N, 3) linear reflectance, `opacity` (N,).

    `part` is the part of a hair that the mesh shows; it is read for label pictures only.
    """

    points: Array
    faces: NDArray[np.int64]
    colour: Array
    opacity: Array
    part: Part = "bulb"


@dataclass(frozen=True)
class Profile:
    """What a tube is along its centre line of N points.

    `radius` (N,) mm, across the ground; `aspect` height over width of the section; `colour`
    (N, 3); `opacity` (N,); `bumps` (N, sides) multiplies the radius; `sides` facets around.
    """

    radius: Array
    colour: Array
    opacity: Array
    aspect: float = 1.0
    twist_rad: float = 0.0
    bumps: Array | None = None
    sides: int = 16


def sweep(centre: Array, profile: Profile) -> Mesh:
    """A closed tube around `centre` (N, 3). Sections stand upright: they do not roll, save by
    `twist_rad` from end to end."""
    count, sides = len(centre), profile.sides
    tangent = np.gradient(centre, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True) + 1e-12
    across = np.stack([-tangent[:, 1], tangent[:, 0], np.zeros(count)], axis=1)
    across /= np.linalg.norm(across, axis=1, keepdims=True) + 1e-12
    upward = np.cross(tangent, across)
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    bumps = np.ones((count, sides)) if profile.bumps is None else profile.bumps
    x, y = np.cos(angle) * bumps, profile.aspect * np.sin(angle) * bumps
    roll = profile.twist_rad * np.linspace(0, 1, count)[:, None]
    x, y = x * np.cos(roll) - y * np.sin(roll), x * np.sin(roll) + y * np.cos(roll)
    reach = profile.radius[:, None, None]
    ring = centre[:, None] + reach * (
        x[..., None] * across[:, None] + y[..., None] * upward[:, None]
    )
    points = np.concatenate([ring.reshape(-1, 3), centre[:1], centre[-1:]])
    colour = np.concatenate([np.repeat(profile.colour, sides, axis=0), profile.colour[[0, -1]]])
    opacity = np.concatenate([np.repeat(profile.opacity, sides), profile.opacity[[0, -1]]])
    return Mesh(points, _tube_faces(count, sides), colour, opacity)


def _tube_faces(count: int, sides: int) -> NDArray[np.int64]:
    side = np.arange(sides)
    after = (side + 1) % sides
    row = np.arange(count - 1)[:, None] * sides
    a, b, c, d = row + side, row + after, row + sides + side, row + sides + after
    walls = np.concatenate(
        [np.stack([a, c, b], -1).reshape(-1, 3), np.stack([b, c, d], -1).reshape(-1, 3)]
    )
    first, last = count * sides, count * sides + 1
    foot = np.stack([np.full(sides, first), side, after], axis=1)
    head_row = (count - 1) * sides
    head = np.stack([np.full(sides, last), head_row + after, head_row + side], axis=1)
    return np.concatenate([walls, foot, head]).astype(np.int64)


def merge(meshes: list[Mesh]) -> Mesh:
    """All meshes as one. Raises ValueError when there is none."""
    offsets = np.cumsum([0] + [len(m.points) for m in meshes[:-1]])
    return Mesh(
        np.concatenate([m.points for m in meshes]),
        np.concatenate([m.faces + k for m, k in zip(meshes, offsets, strict=True)]),
        np.concatenate([m.colour for m in meshes]),
        np.concatenate([m.opacity for m in meshes]),
    )


def bumps(rng: np.random.Generator, shape: tuple[int, int], cells: tuple[int, int]) -> Array:
    """Smooth noise of mean 0 and unit spread, (along, around), seamless around."""
    along, around = max(2, cells[0]), max(2, cells[1])
    coarse = rng.standard_normal((along, around)).astype(np.float32)
    wrapped = np.concatenate([coarse, coarse, coarse], axis=1)
    fine = cv2.resize(wrapped, (shape[1] * 3, shape[0]), interpolation=cv2.INTER_CUBIC)
    return fine[:, shape[1] : 2 * shape[1]].astype(np.float64)


def superquadric(
    rng: np.random.Generator, half_mm: tuple[float, float, float], power: float, rough: float
) -> Mesh:
    """A solid |x|^p + |y|^p + |z|^p = 1 with half axes `half_mm` (Barr 1981), grey and opaque:
    an egg at a power of 2, a box with rounded edges from 5 on. Its poles lie on the x axis."""
    ball = lump(rng, (1.0, 1.0, 1.0), 0.0, 4)
    way = ball.points[:, [2, 0, 1]]
    reach = (np.abs(way) ** power).sum(axis=1) ** (-1 / power)
    dents = np.clip(1 + rough * rng.standard_normal(len(way)), 0.4, 1.6)
    return replace(ball, points=way * (reach * dents)[:, None] * np.array(half_mm))


def lump(
    rng: np.random.Generator, radii_mm: tuple[float, float, float], rough: float, jags: int
) -> Mesh:
    """An irregular ball round the origin with half axes `radii_mm`, grey and opaque."""
    rings, sides = 14, 18
    polar = np.linspace(0.02, np.pi - 0.02, rings)
    azimuth = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    reach = np.clip(1 + rough * bumps(rng, (rings, sides), (jags, jags)), 0.3, 2.0)
    x = np.sin(polar)[:, None] * np.cos(azimuth) * reach
    y = np.sin(polar)[:, None] * np.sin(azimuth) * reach
    z = np.cos(polar)[:, None] * reach
    ring = np.stack([x, y, z], axis=-1).reshape(-1, 3)
    poles = np.stack([ring[:sides].mean(0), ring[-sides:].mean(0)])
    points = np.concatenate([ring, poles]) * np.array(radii_mm)
    count = len(points)
    return Mesh(points, _tube_faces(rings, sides), np.full((count, 3), 0.5), np.ones(count))
