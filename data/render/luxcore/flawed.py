"""Torn roots that are clubs but for a flaw: sliced, squeezed, bitten, knobbed, ringed, sheared.

Their sizes are those of clubs, so that only the surface differs.
"""

from collections.abc import Callable

import numpy as np

from data.render.luxcore.fields import Array, Field, box, ellipsoid, union, without

Flaw = Callable[[Field, float, float, np.random.Generator], Field]


def _sliced(body: Field, length: float, width: float, rng: np.random.Generator) -> Field:
    """The end sliced off by a plane."""
    tilt, at_x = rng.uniform(-0.7, 0.7), rng.uniform(0.45, 0.78) * length
    normal = np.array([np.cos(tilt), np.sin(tilt), rng.normal(0, 0.15)])
    return lambda at: np.maximum(body(at), (at - np.array([at_x, 0, 0])) @ normal)


def _squeezed(body: Field, length: float, width: float, rng: np.random.Generator) -> Field:
    """One side pressed in, the other pressed out."""
    side, press = rng.choice([-1, 1]), rng.uniform(2, 3.5)

    def distance(at: Array) -> Array:
        factor = np.where(at[:, 1] * side > 0, press, 0.8)
        warped = at.copy()
        warped[:, 1] = at[:, 1] * np.where(at[:, 0] > 0.1, factor, 1)
        return np.asarray(body(warped) / press)

    return distance


def _bitten(body: Field, length: float, width: float, rng: np.random.Generator) -> Field:
    """One to three bites out of its rim."""
    for _ in range(int(rng.integers(1, 4))):
        along, side = rng.uniform(0.25, 1.0), rng.choice([-1, 1])
        rim = side * width / 2 * np.sqrt(max(0.1, 1 - (2 * along - 1) ** 2))
        size = np.array([rng.uniform(0.2, 0.5), rng.uniform(0.25, 0.5) * width / 1.7, 1.0])
        body = without(body, ellipsoid(np.array([along * length, rim, 0]), size))
    return body


def _knobbed(body: Field, length: float, width: float, rng: np.random.Generator) -> Field:
    """Two to four knobs on its rim."""
    for _ in range(int(rng.integers(2, 5))):
        along, side = rng.uniform(0.3, 1.0), rng.choice([-1, 1])
        rim = side * width / 2 * np.sqrt(max(0.1, 1 - (2 * along - 1) ** 2))
        size = rng.uniform(0.22, 0.4, 3) * width / 1.7
        body = union(body, ellipsoid(np.array([along * length, rim, 0]), size), 0.06)
    return body


def _ringed(body: Field, length: float, width: float, rng: np.random.Generator) -> Field:
    """Rings around it."""
    pitch = max(0.5, rng.uniform(0.25, 0.6) * length)
    depth = rng.uniform(0.07, 0.14) * min(width, 2 * pitch)
    start = rng.uniform(0, 6.3)

    def distance(at: Array) -> Array:
        rings = np.tanh(2 * np.sin(2 * np.pi * at[:, 0] / pitch + start))
        return np.asarray(body(at) - depth * rings * np.clip(at[:, 0] * 4, 0, 1))

    return distance


def _sheared(body: Field, length: float, width: float, rng: np.random.Generator) -> Field:
    """Its far end pushed aside."""
    aside = rng.choice([-1, 1]) * rng.uniform(0.45, 1.0) * width

    def distance(at: Array) -> Array:
        warped = at.copy()
        warped[:, 1] -= aside * np.clip(at[:, 0] / length, 0, 1.3) ** 2
        return np.asarray(body(warped) / (1 + abs(aside) / length))

    return distance


FLAWS: tuple[Flaw, ...] = (_knobbed, _bitten, _ringed, _sliced, _squeezed, _sheared)
"""In the order in which they are applied: knobs and bites need the rim where it was."""


def flawed_club(
    length: float, width: float, flatness: float, shaft: Field, rng: np.random.Generator
) -> Field:
    """A club with one or two flaws, or a barrel with rounded edges and up to two.

    `length` and `width` are in shaft widths, `flatness` is the height over the width.
    """
    width = max(width, 1.35)
    barrel = rng.random() < 0.35
    if barrel and rng.random() < 0.5:
        length = width * rng.uniform(0.45, 0.85)
    elif barrel:
        width, length = min(width, 1.9), float(rng.uniform(2.2, 4.5))
    half = np.array([length / 2, width / 2, width / 2 * flatness])
    centre = np.array([length / 2 - 0.1, 0, 0])
    edge = float(half.min() * rng.uniform(0.35, 0.7))
    lump = box(centre, half, edge) if barrel else ellipsoid(centre, half)
    body = union(shaft, lump, float(rng.uniform(0.05, 0.4)))
    count = int(rng.integers(0 if barrel else 1, 3))
    for flaw in sorted(rng.permutation(len(FLAWS))[:count]):
        body = FLAWS[flaw](body, length, width, rng)
    return body
