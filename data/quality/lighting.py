"""Too little light, and too much of it.

The light of a photo, judged on a sample of its pixels so that a large photo costs no more.

Reflections that burn out a patch of the photo.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from data.images.photo import Photo
from data.quality.finding import Finding, box_around

CLIPPED_LEVEL = 253
"""A pixel this high in any colour is burnt out. Our assumption."""
_LONGEST = 1000
"""About how many pixels of the longer side are looked at."""


@dataclass(frozen=True)
class Exposure:
    """Every ``step``-th pixel both ways: grey levels (h, w), and 255 in ``burnt`` (h, w) where a
    colour is full."""

    grey: NDArray[np.uint8]
    burnt: NDArray[np.uint8]
    step: int

    @classmethod
    def of(cls, photo: Photo) -> "Exposure":
        """That of a photo."""
        step = max(1, round(max(photo.width, photo.height) / _LONGEST))
        sample = np.ascontiguousarray(photo.pixels[::step, ::step])
        grey = np.asarray(cv2.cvtColor(sample, cv2.COLOR_BGR2GRAY), np.uint8)
        whole = cv2.inRange(sample, (0,) * 3, (CLIPPED_LEVEL - 1,) * 3)
        return cls(grey, np.asarray(cv2.bitwise_not(whole), np.uint8), step)


MIN_BRIGHTEST_LEVEL = 70
"""Dark: hardly a pixel is brighter than this grey level, on whatever card: measured in
docs/how-it-works/photo-quality.md."""
MAX_CLIPPED_SHARE = 0.4
"""Bright: this share of the pixels is burnt out: measured in docs/how-it-works/photo-quality.md."""
_HARDLY = 0.005


def brightest_level(light: Exposure) -> int:
    """The grey level that hardly a pixel exceeds: one in two hundred."""
    counts = cv2.calcHist([light.grey], [0], None, [256], [0, 256]).ravel()
    return int(np.searchsorted(np.cumsum(counts), (1 - _HARDLY) * light.grey.size))


def clipped_share(light: Exposure) -> float:
    """The share of the pixels that is full in a colour."""
    return float(np.count_nonzero(light.burnt) / light.burnt.size)


def check_darkness(light: Exposure) -> Finding | None:
    """Hardly a pixel is bright."""
    if brightest_level(light) >= MIN_BRIGHTEST_LEVEL:
        return None
    return Finding(
        "too_dark", "The photo is dark; take it again by a window in daylight, without flash."
    )


def check_brightness(light: Exposure) -> Finding | None:
    """Much is burnt out."""
    if clipped_share(light) <= MAX_CLIPPED_SHARE:
        return None
    return Finding(
        "too_bright",
        "Much of the photo is burnt out to white; tap on the brightest part before taking it, "
        "or use softer light.",
    )


MIN_GLARE_SHARE = 0.07
"""The share of the photo from which a burnt-out patch is a fault: measured in
docs/how-it-works/photo-quality.md."""
_CELL = 8
"""Patches are looked for in cells of so many samples: a hair across does not cut one in two."""


def largest_patch(light: Exposure) -> tuple[float, tuple[int, int, int, int]]:
    """The share of the photo that its largest burnt-out patch covers, and the patch's x, y, width
    and height in pixels of the photo."""
    height, width = light.burnt.shape
    size = max(1, width // _CELL), max(1, height // _CELL)
    cells = cv2.resize(light.burnt, size, interpolation=cv2.INTER_AREA) > 127
    patches = cv2.connectedComponentsWithStats(cells.astype(np.uint8))[2][1:]
    if not len(patches):
        return 0.0, (0, 0, 0, 0)
    x, y, across, down, area = max(patches.tolist(), key=lambda patch: patch[cv2.CC_STAT_AREA])
    one_x, one_y = light.step * width / size[0], light.step * height / size[1]
    box = round(x * one_x), round(y * one_y), round(across * one_x), round(down * one_y)
    return area / cells.size, box


def check_glare(photo: Photo, light: Exposure) -> Finding | None:
    """A patch of the photo that is burnt out, with its place."""
    if np.count_nonzero(light.burnt) < MIN_GLARE_SHARE / 2 * light.burnt.size:
        return None  # no patch can be large enough: a cell counts from half of its samples on
    share, (x, y, width, height) = largest_patch(light)
    if share < MIN_GLARE_SHARE:
        return None
    corners = np.array([[x, y], [x + width - 1, y + height - 1]], float)
    return Finding(
        "glare",
        "A bright reflection hides part of the photo; tilt the phone or the card a little, "
        "until the shine is gone.",
        box_around(photo, corners, 0),
    )
