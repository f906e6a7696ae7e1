"""How a picture looks, so that the same one is known again when it was saved anew."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from data.arrays import Floats

_CELLS, _FINE = 17, 32
MOST_BITS, LEAST_LIKENESS = 56, 0.75
"""Of 272 bits so many may differ, and the fine details have to be so much alike. Measured on 150
renders and 800 crops of our own: no two different ones are taken for one (of two crops at least 82
bits differ; of the photos within 56 bits no two are more alike than 0.14). Saved anew at 0.6 of
their size, JPEG 70, a tenth brighter, turned and mirrored, all 150 and 799 of them are known."""

Bits = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class PerceptualHash:
    """``bits`` (8, 34): the difference hash in each of the eight ways to turn and mirror a picture,
    packed; ``details`` (8, 1024): fine structure without light and shade, of length 1, likewise."""

    bits: Bits
    details: Floats


def perceptual_hash(pixels: NDArray[np.uint8]) -> PerceptualHash:
    """The look of (H, W, 3) pixels, blue green red."""
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.float32)
    return PerceptualHash(
        bits=np.stack([_hash(turned) for turned in _turned(_shrunk(grey, _CELLS))]),
        details=np.stack([turned.ravel() for turned in _turned(_details(grey))]),
    )


def same_pictures(looks: Sequence[PerceptualHash]) -> list[tuple[int, int]]:
    """The pairs (i < j) that show the same picture, be it turned or mirrored."""
    if not looks:
        return []
    every_bits = np.stack([look.bits for look in looks])
    pairs = []
    for i, look in enumerate(looks):
        apart = np.bitwise_count(every_bits[i + 1 :] ^ look.bits[0]).sum(axis=2)
        for later, way in np.argwhere(apart <= MOST_BITS):
            other = looks[i + 1 + later]
            if float(other.details[way] @ look.details[0]) >= LEAST_LIKENESS:
                pairs.append((i, int(i + 1 + later)))
    return sorted(set(pairs))


def _hash(cells: Floats) -> Bits:
    """Whether each cell is lighter than the one before it (the dHash of Krawetz, 2013)."""
    return np.packbits(cells[:, 1:] > cells[:, :-1])


def _details(grey: Floats) -> Floats:
    fine = _shrunk(grey, _FINE)
    fine = fine - cv2.GaussianBlur(fine, (0, 0), 2)
    fine -= fine.mean()
    return np.asarray(fine / max(float(np.linalg.norm(fine)), 1e-6), np.float32)


def _shrunk(grey: Floats, side: int) -> Floats:
    return np.asarray(cv2.resize(grey, (side, side), interpolation=cv2.INTER_AREA), np.float32)


def _turned(square: Floats) -> list[Floats]:
    """A square in the eight ways it can be turned and mirrored, itself first."""
    return [np.rot90(side, quarter) for side in (square, square[:, ::-1]) for quarter in range(4)]
