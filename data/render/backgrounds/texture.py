"""What a ground is made of: its patch, its layers, and the noise they are drawn from."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.float32]
Colour = tuple[float, float, float]


@dataclass(frozen=True)
class Patch:
    """The square piece of ground to paint: `size_px` texels a side, `mm_per_px` each."""

    size_px: int
    mm_per_px: float

    def px(self, mm: float) -> float:
        """Texels in a length, never under 1.5, below which there is nothing to draw."""
        return max(1.5, mm / self.mm_per_px)


@dataclass(frozen=True)
class Ground:
    """`albedo` (S, S, 3) sRGB 0-1. `bump_mm` (S, S) is shaded only; `relief_mm` (n, n) is real
    height. `gloss` is a surface roughness, None for dull; `metal` reflects by its albedo."""

    albedo: Image
    bump_mm: Image | None = None
    relief_mm: Image | None = None
    gloss: float | None = None
    metal: bool = False


def noise(rng: np.random.Generator, shape: tuple[int, int], cell: tuple[float, float]) -> Image:
    """Smooth noise of unit spread with features about `cell` (down, across) texels."""
    small = [max(2, round(s / c) + 2) for s, c in zip(shape, cell, strict=True)]
    coarse = rng.standard_normal(small).astype(np.float32)
    grown = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(grown, dtype=np.float32)


def fractal(
    rng: np.random.Generator, size: int, cell: float, octaves: int = 4, fall: float = 0.55
) -> Image:
    """Noise summed over octaves, finest 1.5 texels, scaled to unit spread."""
    total = np.zeros((size, size), np.float32)
    weight, power = 1.0, 0.0
    for _ in range(octaves):
        total += weight * noise(rng, (size, size), (cell, cell))
        power += weight**2
        weight, cell = weight * fall, cell / 2
        if cell < 1.5:
            break
    return np.asarray(total / np.sqrt(power), dtype=np.float32)


def turned(ground: Ground, quarters: int) -> Ground:
    """The ground turned by quarter turns."""

    def turn(image: Image | None) -> Image | None:
        return None if image is None else np.ascontiguousarray(np.rot90(image, quarters))

    albedo = np.ascontiguousarray(np.rot90(ground.albedo, quarters))
    bump, relief = turn(ground.bump_mm), turn(ground.relief_mm)
    return replace(ground, albedo=albedo, bump_mm=bump, relief_mm=relief)


def tinted(level: Image, colour: Colour) -> Image:
    """A colour (S, S, 3) at the brightness `level` (S, S)."""
    return np.clip(level[..., None] * np.array(colour, np.float32), 0.01, 0.97)


def vary(rng: np.random.Generator, colour: Colour, by: float) -> Colour:
    """The colour a little or much lighter or darker, and slightly off in hue."""
    shade = np.array(colour) * rng.uniform(1 - by, 1 + by) + rng.normal(0, by / 6, 3)
    red, green, blue = np.clip(shade, 0.01, 0.97)
    return float(red), float(green), float(blue)


def point(xy: NDArray[np.float64]) -> tuple[int, int]:
    """Whole texel, as OpenCV's drawing wants it."""
    return int(xy[0]), int(xy[1])
