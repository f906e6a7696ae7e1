"""Photos drawn by hand, with hairs at given places."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from data.images.photo import Photo

GROUND = (205, 210, 214)
DARK = (40, 48, 60)
PALE = (245, 245, 245)
_FINER = 4


def ground(
    height: int = 480, width: int = 640, colour: tuple[int, int, int] = GROUND
) -> NDArray[np.uint8]:
    """A plain sheet with a little noise, always the same."""
    noise = np.random.default_rng(0).normal(0, 1.5, (height, width, 3))
    return np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)


def draw(
    pixels: NDArray[np.uint8],
    points: Sequence[tuple[float, float]],
    shaft_px: float,
    colour: tuple[int, int, int] = DARK,
) -> None:
    """A hair through ``points``, drawn into ``pixels`` as four times finer lines averaged."""
    height, width = pixels.shape[:2]
    fine = np.zeros((height * _FINER, width * _FINER), np.uint8)
    corners = np.round((np.array(points) + 0.5) * _FINER - 0.5).astype(np.int32)
    cv2.polylines(fine, [corners], False, 255, round(shaft_px * _FINER))
    cover = cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA)[..., None] / 255
    pixels[:] = np.round(pixels * (1 - cover) + np.array(colour) * cover).astype(np.uint8)


def photo(pixels: NDArray[np.uint8]) -> Photo:
    """A photo of ``pixels``, slightly soft as every photo is."""
    return Photo(np.asarray(cv2.GaussianBlur(pixels, (0, 0), 0.8), np.uint8), "0" * 64)
