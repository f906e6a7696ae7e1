"""Solids as fields: how deep a point lies inside, in shaft widths; negative outside.

Points have coordinates x out of the hair along its axis, y across, z towards the camera, with the
shaft's end at the origin. Fields are joined by ``joined`` (with a fillet), ``min`` cuts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Grid = NDArray[np.float32]
Field = Callable[[Grid, Grid, Grid], Grid]
Generator = np.random.Generator


def ball(centre: tuple[float, float, float], radius: float) -> Field:
    """A sphere."""
    a, b, c = centre
    return lambda x, y, z: np.asarray(
        radius - np.sqrt((x - a) ** 2 + (y - b) ** 2 + (z - c) ** 2), np.float32
    )


def box(middle: float, half: tuple[float, float, float], rounding: float) -> Field:
    """A box about (``middle``, 0, 0) with ``half`` sides; ``rounding`` is the radius of its
    edges."""

    def inside(x: Grid, y: Grid, z: Grid) -> Grid:
        sides = zip((x - middle, y, z), half, strict=True)
        a, b, c = (np.abs(at) - side + rounding for at, side in sides)
        outside = np.sqrt(np.maximum(a, 0) ** 2 + np.maximum(b, 0) ** 2 + np.maximum(c, 0) ** 2)
        return np.asarray(rounding - outside - np.minimum(np.maximum(np.maximum(a, b), c), 0))

    return inside


def rod(start: float, stop: float, radius: float, flatness: float = 1.0) -> Field:
    """A rod along the axis with flat ends; ``flatness`` is its depth as a share of its width."""

    def inside(x: Grid, y: Grid, z: Grid) -> Grid:
        side = radius - np.sqrt(y**2 + (z / flatness) ** 2)
        return np.asarray(np.minimum(side, np.minimum(x - start, stop - x)))

    return inside


def joined(fields: Sequence[Field], fillet: float) -> Field:
    """Their union; ``fillet`` is about the radius with which seams are filled."""

    def inside(x: Grid, y: Grid, z: Grid) -> Grid:
        values = [field(x, y, z) for field in fields]
        if fillet <= 0:
            return np.asarray(np.maximum.reduce(values))
        top = np.maximum.reduce(values)
        total = sum(np.exp((value - top) / fillet) for value in values)
        return np.asarray(top + fillet * np.log(total))

    return inside


def cut(field: Field, at: float, slope_rad: float, roll_rad: float = 0.0) -> Field:
    """The part before a plane that crosses the axis at ``at``, tilted by ``slope_rad`` towards y
    or, by ``roll_rad``, towards z."""
    normal = (
        np.cos(slope_rad),
        np.sin(slope_rad) * np.cos(roll_rad),
        np.sin(slope_rad) * np.sin(roll_rad),
    )

    def inside(x: Grid, y: Grid, z: Grid) -> Grid:
        before = -((x - at) * normal[0] + y * normal[1] + z * normal[2])
        return np.asarray(np.minimum(field(x, y, z), before))

    return inside


def without(field: Field, hole: Field) -> Field:
    """``field`` without ``hole``."""
    return lambda x, y, z: np.minimum(field(x, y, z), -hole(x, y, z))


def turned(field: Field, angle_rad: float) -> Field:
    """Turned about z at the origin."""
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    return lambda x, y, z: field(x * cos + y * sin, y * cos - x * sin, z)


def curled(field: Field, curvature: float) -> Field:
    """The part beyond the origin wound on a circle, ``curvature`` radians a shaft width."""
    if abs(curvature) < 1e-3:
        return field
    radius = 1 / curvature

    def inside(x: Grid, y: Grid, z: Grid) -> Grid:
        away = np.hypot(x, radius - y)
        turn = np.arctan2(x, (radius - y) * np.sign(radius))
        along, across = turn * abs(radius), np.sign(radius) * (abs(radius) - away)
        is_behind = x < 0
        return field(
            np.where(is_behind, x, along).astype(np.float32),
            np.where(is_behind, y, across).astype(np.float32),
            z,
        )

    return inside


def squashed(field: Field, across: float, deep: float) -> Field:
    """Stretched by ``across`` in y and by ``deep`` in z."""
    return lambda x, y, z: field(x, y / across, z / deep) * min(across, deep, 1.0)


@dataclass(frozen=True)
class Waves:
    """Smooth noise of unit spread: a sum of sines. ``vectors`` (K, 3) in radians a shaft width."""

    vectors: NDArray[np.float64]
    phases: NDArray[np.float64]

    def __call__(self, x: Grid, y: Grid, z: Grid) -> Grid:
        """The noise at points."""
        total = np.zeros(np.broadcast(x, y, z).shape, np.float32)
        for (a, b, c), phase in zip(self.vectors, self.phases, strict=True):
            total += np.sin(
                np.float32(a) * x + np.float32(b) * y + np.float32(c) * z + np.float32(phase)
            )
        return total * np.float32(np.sqrt(2 / len(self.phases)))


def waves(rng: Generator, frequency: float, count: int = 8) -> Waves:
    """Noise with about ``frequency`` radians a shaft width in every direction."""
    vectors = rng.normal(0, 1, (count, 3))
    vectors *= (
        frequency
        * rng.uniform(0.5, 1.5, (count, 1))
        / np.linalg.norm(vectors, axis=1, keepdims=True)
    )
    return Waves(vectors, rng.uniform(0, 2 * np.pi, count))


def roughened(field: Field, noise: Waves, depth: float) -> Field:
    """With its surface moved by ``noise`` times ``depth``."""
    return lambda x, y, z: field(x, y, z) + np.float32(depth) * noise(x, y, z)


def ringed(field: Field, pitch: float, depth: float) -> Field:
    """With rings around the axis beyond the origin."""
    return lambda x, y, z: (
        field(x, y, z)
        + np.where(x > 0, np.float32(depth) * np.sin(2 * np.pi * x / pitch), np.float32(0))
    )
