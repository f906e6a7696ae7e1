"""Checks the lighting of a photo: too dark, overexposed, or with a reflection.

A sample of the pixels is measured, so the cost does not grow with the photo.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from data.arrays import Pixels
from data.images.photo import Photo
from data.quality.finding import Finding, box_around

CLIPPED_LEVEL = 253
"""A pixel with any colour at this level or above is overexposed. Our assumption."""
_MAX_SAMPLES = 1000
"""Approximate number of samples along the longer side."""


@dataclass(frozen=True)
class Exposure:
    """Every ``step``-th pixel in both directions.

    ``grey`` are levels (h, w); ``clipped`` (h, w) is 255 where a colour is overexposed.
    """

    grey: Pixels
    clipped: Pixels
    step: int

    @classmethod
    def of(cls, photo: Photo) -> "Exposure":
        """The exposure of a photo."""
        step = max(1, round(max(photo.width, photo.height) / _MAX_SAMPLES))
        sample = np.ascontiguousarray(photo.pixels[::step, ::step])
        grey = np.asarray(cv2.cvtColor(sample, cv2.COLOR_BGR2GRAY), np.uint8)
        whole = cv2.inRange(sample, (0,) * 3, (CLIPPED_LEVEL - 1,) * 3)
        return cls(grey, np.asarray(cv2.bitwise_not(whole), np.uint8), step)


MIN_BRIGHTEST_LEVEL = 70
"""A photo whose brightest pixels stay below this grey level is dark, on any card: measured in
docs/how-it-works/photo-quality.md."""
MAX_CLIPPED_SHARE = 0.4
"""A photo with more overexposed pixels is too bright: measured in
docs/how-it-works/photo-quality.md."""
_BRIGHTEST_SHARE = 0.005


def brightest_level(exposure: Exposure) -> int:
    """The grey level that one pixel in two hundred exceeds."""
    counts = cv2.calcHist([exposure.grey], [0], None, [256], [0, 256]).ravel()
    return int(np.searchsorted(np.cumsum(counts), (1 - _BRIGHTEST_SHARE) * exposure.grey.size))


def clipped_share(exposure: Exposure) -> float:
    """The share of pixels with an overexposed colour."""
    return float(np.count_nonzero(exposure.clipped) / exposure.clipped.size)


def check_darkness(exposure: Exposure) -> Finding | None:
    """Reports a dark photo."""
    if brightest_level(exposure) >= MIN_BRIGHTEST_LEVEL:
        return None
    return Finding("too_dark")


def check_brightness(exposure: Exposure) -> Finding | None:
    """Reports an overexposed photo."""
    if clipped_share(exposure) <= MAX_CLIPPED_SHARE:
        return None
    return Finding("too_bright")


MIN_GLARE_SHARE = 0.07
"""An overexposed patch of this share of the photo is glare: measured in
docs/how-it-works/photo-quality.md."""
_CELL = 8
"""Samples along a cell in which patches are searched: a hair across does not split a patch."""


def largest_patch(exposure: Exposure) -> tuple[float, tuple[int, int, int, int]]:
    """The share of the photo in its largest overexposed patch, and the patch's x, y, width and
    height in pixels of the photo."""
    height, width = exposure.clipped.shape
    size = max(1, width // _CELL), max(1, height // _CELL)
    cells = cv2.resize(exposure.clipped, size, interpolation=cv2.INTER_AREA) > 127
    patches = cv2.connectedComponentsWithStats(cells.astype(np.uint8))[2][1:]
    if not len(patches):
        return 0.0, (0, 0, 0, 0)
    x, y, across, down, area = max(patches.tolist(), key=lambda patch: patch[cv2.CC_STAT_AREA])
    one_x, one_y = exposure.step * width / size[0], exposure.step * height / size[1]
    box = round(x * one_x), round(y * one_y), round(across * one_x), round(down * one_y)
    return area / cells.size, box


def check_glare(photo: Photo, exposure: Exposure) -> Finding | None:
    """Reports an overexposed patch, with its box."""
    if np.count_nonzero(exposure.clipped) < MIN_GLARE_SHARE / 2 * exposure.clipped.size:
        return None  # no patch can be large enough: a cell counts if half of its samples do
    share, (x, y, width, height) = largest_patch(exposure)
    if share < MIN_GLARE_SHARE:
        return None
    corners = np.array([[x, y], [x + width - 1, y + height - 1]], float)
    return Finding("glare", box=box_around(photo, corners, 0))
