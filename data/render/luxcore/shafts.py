"""Centre lines from curvature, and shafts as fluted tubes around them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
SIDES = 12


@dataclass(frozen=True)
class Tube:
    """`points` and `normals` (N, 3) mm, `faces` (M, 3), `along` (N,) 0-1 from root to tip."""

    points: Array
    normals: Array
    faces: NDArray[np.int64]
    along: Array


def sample_centre_line(
    rng: np.random.Generator, start: Array, heading_rad: float, length: float, curl: float
) -> Array:
    """(N, 2) mm from the root on. Curvature is a constant plus three sines; the first tenth is
    nearly straight."""
    count = 60
    s = np.linspace(0, 1, count)
    bend = np.full(count, rng.normal(0, 0.6 * curl))
    for wave in (1, 2, 4):
        bend = bend + rng.normal(0, 0.7 * curl) * np.sin(wave * np.pi * s + rng.uniform(0, 6))
    heading = heading_rad + np.cumsum(bend * np.clip(s * 10, 0.2, 1)) / count
    steps = np.stack([np.cos(heading), np.sin(heading)], axis=1) * length / (count - 1)
    return np.asarray(start + np.concatenate([np.zeros((1, 2)), steps[1:].cumsum(axis=0)]))


def lifted(rng: np.random.Generator, line: Array, width: float, lift: float) -> Array:
    """The line at half a width above the ground, arched up to `lift` mm between its ends."""
    s = np.linspace(0, 1, len(line))
    arch = lift * np.sin(np.pi * s) ** 2 * (1 + 0.4 * np.sin(2 * np.pi * s * rng.integers(1, 4)))
    return np.column_stack([line, width / 2 + arch])


def between_ends(line: Array, gap: float) -> Array:
    """The line without its first and last `gap` mm, which the ends' own surfaces cover."""
    along = np.concatenate([[0], np.linalg.norm(np.diff(line, axis=0), axis=1).cumsum()])
    wanted = np.linspace(gap, max(along[-1] - gap, gap * 1.1), len(line))
    return np.stack([np.interp(wanted, along, line[:, k]) for k in range(3)], axis=1)


def tube(rng: np.random.Generator, line: Array, width: float, flat: float) -> Tube:
    """A tube with an elliptic section and faint flutes."""
    tangent = np.gradient(line, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    side = np.stack([-tangent[:, 1], tangent[:, 0], np.zeros(len(line))], axis=1)
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    up = np.cross(tangent, side)
    angle = 2 * np.pi * np.arange(SIDES) / SIDES
    s = np.linspace(0, 1, len(line))
    twist = np.pi * min(1.0, float(np.linalg.norm(line[-1] - line[0])) / (60 * width))
    flute = 1 + rng.uniform(0, 0.02) * np.sin(3 * angle + rng.uniform(0, 6))
    roll = (
        rng.uniform(-1, 1) * twist * np.sin(2 * np.pi * s[:, None])
        if flat < 0.9
        else np.zeros((len(s), 1))
    )
    x, y = np.cos(angle) * flute, flat * np.sin(angle) * flute
    across, above = x * np.cos(roll) - y * np.sin(roll), x * np.sin(roll) + y * np.cos(roll)
    reach = width / 2
    offset = across[..., None] * side[:, None] + above[..., None] * up[:, None]
    points = (line[:, None] + reach * offset).reshape(-1, 3)
    normals = offset / np.linalg.norm(offset, axis=2, keepdims=True)
    row = np.arange(len(line) - 1)[:, None] * SIDES
    a = np.arange(SIDES)
    b = (a + 1) % SIDES
    faces = np.concatenate(
        [
            np.stack([row + a, row + SIDES + a, row + b], -1).reshape(-1, 3),
            np.stack([row + b, row + SIDES + a, row + SIDES + b], -1).reshape(-1, 3),
        ]
    )
    return Tube(points, normals.reshape(-1, 3), faces, np.repeat(s, SIDES))
