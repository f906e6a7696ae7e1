"""What the painter's brushes share: a hair, the light, and masks at thrice the resolution."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from data.render.painter.shapes import Array, Figure

Image = NDArray[np.float32]
Mask = NDArray[np.uint8]
FINE = 3
"""Subpixels a side."""


@dataclass(frozen=True)
class Light:
    """Where the light comes from in the picture, how high, how much from everywhere, how soft.

    `below` is light through the ground, as in a microscope.
    """

    azimuth_rad: float
    elevation_rad: float
    ambient: float
    softness: float
    gloss: float
    gloss_power: float
    below: bool = False


@dataclass(frozen=True)
class PaintedHair:
    """A hair in pixels: `line` (N, 2) from root to tip. Colours are linear reflectance."""

    line: Array
    shaft_px: float
    root: Figure
    tip: Figure
    shaft_rgb: Array
    root_rgb: Array
    sheath_rgb: Array
    sheath_cover: float
    core: float
    height_px: float
    seed: int


def pixel_share(mask: NDArray[np.generic]) -> Image:
    """The share of a pixel that is covered."""
    size = mask.shape[1] // FINE, mask.shape[0] // FINE
    shrunk = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return np.asarray(shrunk / (255 if mask.dtype == np.uint8 else 1), dtype=np.float32)


def bulb_weight(bulb: Mask, hair: PaintedHair) -> Image:
    """1 in the bulb, 0 in the shaft, with a soft neck."""
    soft = cv2.GaussianBlur(bulb, (0, 0), 0.3 * hair.shaft_px * FINE + 0.5)
    return np.asarray(soft / 255, dtype=np.float32)


def half_width(inside: Image, is_bulb: Image, hair: PaintedHair) -> Image:
    """Half the width of the body at each subpixel, from the distance to its outline."""
    reach = hair.shaft_px * FINE / 2
    widest = max(reach, float(inside.max()))
    return np.asarray(reach + (widest - reach) * is_bulb, dtype=np.float32)
