"""Torn roots that are clubs but for a flaw: cut off, lopsided, bitten, lumpy, ringed, squared.

Their size, colour and light are those of clubs, so that only the outline differs. Units
are shaft widths; x points out of the hair along its axis.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Generator = np.random.Generator


class _Outline:
    """Half widths of both sides at `x` (N,), and how far the end face is shifted."""

    def __init__(self, length: float, width: float, power: float, rng: Generator) -> None:
        self.x = np.linspace(0, length, 60)
        self.length, self.width = length, width
        belly = rng.uniform(0.4, 0.65) * length
        rise = 0.5 + (width / 2 - 0.5) * np.sin(np.pi / 2 * np.clip(self.x / belly, 0, 1)) ** 1.3
        over = np.clip((self.x - belly) / (length - belly), 0, 1)
        half = rise * np.maximum(1 - over**power, 0) ** (1 / power)
        self.sides = np.stack([half, half])
        self.stop = np.array([length, length])
        self.bow = np.zeros_like(self.x)

    def polygon(self) -> Array:
        """The outline as one polygon (M, 2), cut off at `stop` on either side."""
        edges = []
        for sign, half, stop in zip((1, -1), self.sides, self.stop, strict=True):
            remaining = self.x <= max(stop, 0.3)
            edges.append(np.stack([self.x, self.bow + sign * half], axis=1)[remaining])
        return np.concatenate([edges[0], edges[1][::-1]])


def _cut_off(shape: _Outline, rng: Generator) -> None:
    """The end cut or torn off, straight or at a slant."""
    middle, slant = rng.uniform(0.45, 0.8) * shape.length, rng.uniform(-0.6, 0.6) * shape.width
    shape.stop = np.clip([middle + slant / 2, middle - slant / 2], 0.3, shape.length)


def _lopsided(shape: _Outline, rng: Generator) -> None:
    """All of the bulb on one side."""
    side = int(rng.integers(2))
    shape.sides[side] = np.maximum(shape.sides[side] * rng.uniform(0.2, 0.5), 0.3)
    shape.sides[1 - side] *= rng.uniform(1.1, 1.4)


def _bitten(shape: _Outline, rng: Generator) -> None:
    """One to three notches in the sides."""
    for _ in range(int(rng.integers(1, 4))):
        at, reach = rng.uniform(0.25, 0.95) * shape.length, rng.uniform(0.15, 0.45)
        depth = rng.uniform(0.35, 0.75) * shape.width / 2
        notch = depth * np.exp(-(((shape.x - at) / reach) ** 2))
        shape.sides[int(rng.integers(2))] -= notch
    shape.sides = np.maximum(shape.sides, 0.0)


def _lumpy(shape: _Outline, rng: Generator) -> None:
    """Each side swells and shrinks in its own way."""
    for side in range(2):
        knots = rng.normal(1, 0.28, int(rng.integers(5, 9)))
        wave = np.interp(shape.x / shape.length * (len(knots) - 1), np.arange(len(knots)), knots)
        shape.sides[side] *= np.clip(wave, 0.35, 1.7)


def _ringed(shape: _Outline, rng: Generator) -> None:
    """Two to four rings around it."""
    phase = 2 * np.pi * rng.uniform(1.5, 4) * shape.x / shape.length + rng.uniform(0, 6.3)
    shape.sides *= 1 + rng.uniform(0.14, 0.32) * np.tanh(2 * np.sin(phase))


def _pushed(shape: _Outline, rng: Generator) -> None:
    """The far half pushed aside."""
    aside = rng.choice([-1, 1]) * rng.uniform(0.45, 1.0) * shape.width
    shape.bow = shape.bow + aside * (shape.x / shape.length) ** rng.uniform(1.3, 2.5)


FLAWS: tuple[Callable[[_Outline, Generator], None], ...] = (
    _cut_off, _lopsided, _bitten, _lumpy, _ringed, _pushed,
)  # fmt: skip


def deformed_club(rng: Generator) -> Array:
    """A polygon (N, 2) with one to three flaws, or squared off: flattened or drawn out."""
    width = float(np.clip(1.7 * np.exp(rng.normal(0, 0.24)), 1.35, 3))
    squared = rng.random() < 0.35
    if squared and rng.random() < 0.5:  # flattened
        length = width * rng.uniform(0.45, 0.85)
    elif squared:  # drawn out
        width = min(width, 1.9)
        length = float(rng.uniform(2.2, 5))
    else:
        length = float(np.clip(width * rng.uniform(1, 2.1), 1.5, 4))
    shape = _Outline(
        length, width, float(rng.uniform(4, 9) if squared else rng.uniform(2, 2.6)), rng
    )
    count = int(rng.integers(0 if squared else 1, 3))
    for flaw in rng.permutation(len(FLAWS))[:count]:
        FLAWS[flaw](shape, rng)
    return shape.polygon()
