"""Crops the end of a strand in a fixed pose and scale, and measures the sharpness of its shaft."""

from dataclasses import dataclass

import cv2
import numpy as np

from data.arrays import Array, Pixels
from data.images.photo import Photo
from data.strands.strand import End, Strand

CROP_WIDTH, CROP_HEIGHT = 240, 144
"""Pixels of a crop: 20 by 12 shaft widths."""
CROP_SHAFT_PX = 12.0
"""Width of a shaft in a crop: at 8 px, corners and rings of roots were lost."""
END_X = 120.0
"""Column of the detected end: ten shaft widths are left beyond it for bulb and tail."""


@dataclass(frozen=True)
class RootCrop:
    """A strand's end with the shaft coming in from the left, along the middle row.

    ``pixels`` is (144, 240, 3) uint8, blue green red; ``shaft_px`` is the shaft's width in the
    photo, which limits the detail in the crop.
    """

    pixels: Pixels
    shaft_px: float


def crop_end(photo: Photo, strand: Strand, end_index: int) -> RootCrop:
    """Crops an end from the full-resolution photo; what lies outside the photo is mirrored.

    The scale is that of the shaft's width near the end, where it was measured.
    """
    end = strand.ends[end_index]
    return crop_at(photo.pixels, end, end.shaft_px or strand.shaft_px)


def crop_at(pixels: Pixels, end: End, shaft_px: float) -> RootCrop:
    """The crop of ``end``, for a shaft of ``shaft_px``, out of (H, W, 3) ``pixels``."""
    shrunk, offset, shrink = _near(pixels, end, shaft_px)
    to_crop = crop_pose(end, shaft_px)
    to_photo = np.array([[1 / shrink, 0, offset[0]], [0, 1 / shrink, offset[1]], [0, 0, 1]])
    crop = cv2.warpAffine(
        shrunk,
        (to_crop @ to_photo)[:2],
        (CROP_WIDTH, CROP_HEIGHT),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    return RootCrop(np.asarray(crop, np.uint8), shaft_px)


def crop_pose(end: End, shaft_px: float) -> Array:
    """The 3 x 3 map from photo to crop: the outward direction becomes +x, the end ``END_X``."""
    scale = CROP_SHAFT_PX / shaft_px
    cos, sin = np.cos(end.direction) * scale, np.sin(end.direction) * scale
    turn = np.array([[cos, sin], [-sin, cos]])
    move = np.array([END_X, (CROP_HEIGHT - 1) / 2]) - turn @ (end.x, end.y)
    return np.vstack([np.column_stack([turn, move]), [0.0, 0.0, 1.0]])


def _near(pixels: Pixels, end: End, shaft_px: float) -> tuple[Pixels, tuple[float, float], float]:
    """The surroundings of ``end``, shrunk by area averaging so that a wide shaft does not alias.

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


_EDGE_SHAFT_PX = 8.0
"""Width of a shaft where its edge is measured: the limits of blur were measured at this scale."""
_EDGE_SCALE = _EDGE_SHAFT_PX / CROP_SHAFT_PX
_FROM_X = int(_EDGE_SCALE * END_X - 6 * _EDGE_SHAFT_PX)
_TO_X = int(_EDGE_SCALE * END_X - _EDGE_SHAFT_PX)
_MIDDLE, _REACH = int(_EDGE_SCALE * CROP_HEIGHT) // 2, int(2.5 * _EDGE_SHAFT_PX)
_SMOOTHED_COLUMNS = 5
"""Columns averaged along the shaft, so that a noisy pixel does not count as a steep edge."""


def edge_widths(crop: RootCrop) -> float:
    """Width of the shaft's edge, in shaft widths: the grey step over the steepest slope.

    The median over columns. The sharpest edge that can be measured gives 1/8 to 1/4; a fully
    blurred shaft, with a Gaussian profile, gives 0.7.
    """
    grey = cv2.cvtColor(crop.pixels, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, None, fx=_EDGE_SCALE, fy=_EDGE_SCALE, interpolation=cv2.INTER_AREA)
    across = small[_MIDDLE - _REACH : _MIDDLE + _REACH, _FROM_X:_TO_X].astype(np.float64)
    across = np.asarray(cv2.blur(across, (_SMOOTHED_COLUMNS, 1)), np.float64)
    step = across.max(axis=0) - across.min(axis=0)
    slope = np.abs(np.diff(across, axis=0)).max(axis=0)
    return float(np.median(step / np.maximum(slope, 1e-6))) / _EDGE_SHAFT_PX
