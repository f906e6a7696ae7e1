"""Implicit surfaces: distance functions, and their meshes by surface nets.

Points are (N, 3) in shaft widths: x out of the hair along its axis, z up. Distances are negative
inside.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Field = Callable[[Array], Array]
CORNERS = np.array([[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)])
EDGES = [
    (a, b) for a in range(8) for b in range(a + 1, 8) if np.abs(CORNERS[a] - CORNERS[b]).sum() == 1
]

COARSE, NEAR = 3, 1.4
"""Grid steps between coarse nodes; how near the surface is looked at closely, in such spacings."""


@dataclass(frozen=True)
class Surface:
    """A mesh: `points` and `normals` (N, 3), `faces` (M, 3)."""

    points: Array
    normals: Array
    faces: NDArray[np.int64]


def skeleton(joints: Array, radii: Array) -> Field:
    """Round cones along a chain of joints (K, 3) with radii (K,)."""

    def distance(at: Array) -> Array:
        best = np.full(len(at), np.inf)
        for a, b, r, s in zip(joints[:-1], joints[1:], radii[:-1], radii[1:], strict=True):
            way = b - a
            along = np.clip(((at - a) @ way) / max(float(way @ way), 1e-9), 0, 1)
            gap = np.linalg.norm(at - a - along[:, None] * way, axis=1)
            best = np.minimum(best, gap - (r + (s - r) * along))
        return best

    return distance


def ellipsoid(centre: Array, half: Array) -> Field:
    """An ellipsoid; the distance is approximate away from the surface."""

    def distance(at: Array) -> Array:
        scaled = (at - centre) / half
        near = np.linalg.norm(scaled, axis=1)
        steep = np.linalg.norm(scaled / half, axis=1)
        return np.asarray(near * (near - 1) / np.maximum(steep, 1e-6))

    return distance


def box(centre: Array, half: Array, edge: float, slope: float = 0.0, shear: float = 0.0) -> Field:
    """A box with rounded edges. `slope` widens it along x, `shear` slants its end faces."""

    def distance(at: Array) -> Array:
        local = at - centre
        along = np.clip(local[:, 0] / half[0], -1, 1)
        local = local * np.stack([np.ones(len(at)), 1 / (1 + slope * along), np.ones(len(at))], 1)
        local[:, 0] += shear * local[:, 1]
        q = np.abs(local) - (half - edge)
        outside = np.linalg.norm(np.maximum(q, 0), axis=1)
        return np.asarray(outside + np.minimum(q.max(axis=1), 0) - edge)

    return distance


def polytope(rng: np.random.Generator, centre: Array, half: Array, planes: int) -> Field:
    """A crystal: what random planes leave of an ellipsoid."""
    ways = rng.normal(size=(planes, 3))
    ways /= np.linalg.norm(ways, axis=1, keepdims=True)
    reach = rng.uniform(0.65, 1.0, planes)

    def distance(at: Array) -> Array:
        scaled = (at - centre) / half
        return np.asarray(((scaled @ ways.T) - reach).max(axis=1) * half.min())

    return distance


def rotated_field(field: Field, angle_rad: float) -> Field:
    """The field turned about the z axis through the origin."""
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    turn = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    return lambda at: field(at @ turn)


def union(first: Field, second: Field, blend: float) -> Field:
    """Both, with a fillet of `blend` shaft widths between them."""

    def distance(at: Array) -> Array:
        a, b = first(at), second(at)
        part = np.clip(0.5 + 0.5 * (b - a) / max(blend, 1e-6), 0, 1)
        return b + (a - b) * part - blend * part * (1 - part)

    return distance


def without(field: Field, cut: Field) -> Field:
    """The first minus the second."""
    return lambda at: np.maximum(field(at), -cut(at))


def waves(rng: np.random.Generator, size: float, count: int = 8) -> Field:
    """Noise of unit spread from plane waves with lengths about `size` shaft widths."""
    ways = rng.normal(size=(count, 3))
    ways *= (2 * np.pi / (size * rng.uniform(0.5, 1.8, count)) / np.linalg.norm(ways, axis=1))[
        :, None
    ]
    phase = rng.uniform(0, 2 * np.pi, count)
    return lambda at: np.sin(at @ ways.T + phase).sum(axis=1) * np.sqrt(2 / count)


def roughened(rng: np.random.Generator, field: Field, depth: float, size: float) -> Field:
    """The field with dents of `depth` shaft widths beyond the end of the shaft."""
    noise = waves(rng, size)
    return lambda at: field(at) + depth * noise(at) * np.clip(at[:, 0] + 0.3, 0, 1)


def mesh(field: Field, low: Array, high: Array, step: float) -> Surface:
    """The surface inside a box by surface nets: one point in each cell that it crosses."""
    counts = np.maximum(3, np.ceil((high - low) / step).astype(int) + 1)
    axes = [low[k] + step * np.arange(counts[k]) for k in range(3)]
    values = _sampled(field, axes)
    cells = tuple(counts - 1)
    corner = np.stack(
        [values[i : i + cells[0], j : j + cells[1], k : k + cells[2]] for i, j, k in CORNERS]
    ).reshape(8, -1)
    inside = corner < 0
    crossed = np.flatnonzero(inside.any(axis=0) & ~inside.all(axis=0))
    total, hits = np.zeros((len(crossed), 3)), np.zeros(len(crossed))
    for a, b in EDGES:
        first, second = corner[a, crossed], corner[b, crossed]
        here = (first < 0) != (second < 0)
        part = np.where(here, first / np.where(here, first - second, 1), 0)[:, None]
        total += here[:, None] * (CORNERS[a] + part * (CORNERS[b] - CORNERS[a]))
        hits += here
    base = np.stack(np.unravel_index(crossed, cells), axis=1)
    points = low + step * (base + total / hits[:, None])
    number = np.full(int(np.prod(cells)), -1, np.int64)
    number[crossed] = np.arange(len(crossed))
    return Surface(points, _normals(field, points, step), _faces(values, number.reshape(cells)))


def _sampled(field: Field, axes: list[Array]) -> Array:
    """The field on a grid. Away from the surface it is taken from every third node only."""
    coarse = [axis[::COARSE] for axis in axes]
    nodes = np.stack(np.meshgrid(*coarse, indexing="ij"), axis=-1)
    rough = field(nodes.reshape(-1, 3)).reshape(nodes.shape[:3])
    near = np.ix_(*[(np.arange(len(a)) + COARSE // 2) // COARSE for a in axes])
    i, j, k = (np.minimum(n, rough.shape[axis] - 1) for axis, n in enumerate(near))
    values = rough[i, j, k]
    spacing = COARSE * float(axes[0][1] - axes[0][0])
    at = np.argwhere(np.abs(values) < NEAR * spacing)
    points = np.stack([axes[d][at[:, d]] for d in range(3)], axis=1)
    values[tuple(at.T)] = field(points)
    return np.asarray(values)


def _normals(field: Field, points: Array, step: float) -> Array:
    gradient = np.stack(
        [field(points + d) - field(points - d) for d in np.eye(3) * step * 0.5], axis=1
    )
    return np.asarray(gradient / (np.linalg.norm(gradient, axis=1, keepdims=True) + 1e-12))


def _faces(values: Array, number: NDArray[np.int64]) -> NDArray[np.int64]:
    """Two triangles for every grid edge that the surface crosses, facing outwards."""
    found = []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        inside = np.moveaxis(values < 0, (axis, u, v), (0, 1, 2))
        cell = np.moveaxis(number, (axis, u, v), (0, 1, 2))
        a, b = inside[:-1, 1:-1, 1:-1], inside[1:, 1:-1, 1:-1]
        quads = np.stack(
            [cell[:, :-1, :-1], cell[:, 1:, :-1], cell[:, 1:, 1:], cell[:, :-1, 1:]], axis=-1
        )
        for out, order in ((a & ~b, (0, 1, 2, 3)), (~a & b, (3, 2, 1, 0))):
            picked = quads[out][:, order]
            picked = picked[(picked >= 0).all(axis=1)]
            found += [picked[:, [0, 1, 2]], picked[:, [0, 2, 3]]]
    return np.concatenate(found)
