"""The end of a strand, cut out in one fixed pose and scale."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from data.images.photo import Photo
from data.strands.strand import End, Strand

CROP_WIDTH, CROP_HEIGHT = 160, 96
"""Pixels of a crop: 20 by 12 shaft widths."""
CROP_SHAFT_PX = 8.0
"""How wide a shaft is drawn in a crop."""
END_X = 80.0
"""Where the found end lies: ten shaft widths are left beyond it for bulb and tail."""


@dataclass(frozen=True)
class RootCrop:
    """A strand's end with the shaft coming in from the left, along the middle row.

    ``pixels`` is (96, 160, 3) uint8, blue green red; ``shaft_px`` is the shaft's width in the
    photo, so that a reader can know how little was seen.
    """

    pixels: NDArray[np.uint8]
    shaft_px: float


def crop_end(photo: Photo, strand: Strand, end_index: int) -> RootCrop:
    """Cuts out an end from the photo's own pixels; what lies outside the photo is mirrored."""
    return cut(photo.pixels, strand.ends[end_index], strand.shaft_px)


def cut(pixels: NDArray[np.uint8], end: End, shaft_px: float) -> RootCrop:
    """The crop of ``end``, for a shaft of ``shaft_px``, out of (H, W, 3) ``pixels``."""
    scale = CROP_SHAFT_PX / shaft_px
    shrunk, offset, shrink = _near(pixels, end, shaft_px)
    place = _pose(end, scale)
    undo = np.array([[1 / shrink, 0, offset[0]], [0, 1 / shrink, offset[1]], [0, 0, 1]])
    crop = cv2.warpAffine(
        shrunk,
        (place @ undo)[:2],
        (CROP_WIDTH, CROP_HEIGHT),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    return RootCrop(np.asarray(crop, np.uint8), shaft_px)


def _pose(end: End, scale: float) -> NDArray[np.float64]:
    """The 3 x 3 map from photo to crop: the outward direction becomes +x, the end ``END_X``."""
    cos, sin = np.cos(end.direction) * scale, np.sin(end.direction) * scale
    turn = np.array([[cos, sin], [-sin, cos]])
    move = np.array([END_X, (CROP_HEIGHT - 1) / 2]) - turn @ (end.x, end.y)
    return np.vstack([np.column_stack([turn, move]), [0.0, 0.0, 1.0]])


def _near(
    pixels: NDArray[np.uint8], end: End, shaft_px: float
) -> tuple[NDArray[np.uint8], tuple[float, float], float]:
    """The surroundings of ``end``, shrunk by area so that a wide shaft is not sampled sparsely.

    Returns them with the offset (x, y) such that ``photo = near / shrink + offset``, and shrink.
    """
    reach = int(np.ceil(13 * shaft_px)) + 2
    height, width = pixels.shape[:2]
    x, y = round(end.x), round(end.y)
    left, top = max(0, min(x - reach, width - 2)), max(0, min(y - reach, height - 2))
    near = pixels[top : max(top + 2, y + reach), left : max(left + 2, x + reach)]
    factor = int(shaft_px // CROP_SHAFT_PX)
    if factor < 2:
        return near, (float(left), float(top)), 1.0
    size = (max(1, near.shape[1] // factor), max(1, near.shape[0] // factor))
    near = near[: size[1] * factor, : size[0] * factor]
    shrunk = cv2.resize(near, size, interpolation=cv2.INTER_AREA)
    centre = (factor - 1) / 2
    return np.asarray(shrunk, np.uint8), (left + centre, top + centre), 1.0 / factor
