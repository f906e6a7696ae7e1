"""Reflections that burn out a patch of the photo."""

import cv2
import numpy as np

from data.images.photo import Photo
from data.quality.finding import Finding, box_around
from data.quality.light import Light

LEAST_PATCH = 0.07
"""The share of the photo from which a burnt-out patch is a fault: measured in docs/retake.md."""
_CELL = 8
"""Patches are looked for in cells of so many samples: a hair across does not cut one in two."""


def largest_patch(light: Light) -> tuple[float, tuple[int, int, int, int]]:
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


def glare(photo: Photo, light: Light) -> Finding | None:
    """A patch of the photo that is burnt out, with its place."""
    if np.count_nonzero(light.burnt) < LEAST_PATCH / 2 * light.burnt.size:
        return None  # no patch can be large enough: a cell counts from half of its samples on
    share, (x, y, width, height) = largest_patch(light)
    if share < LEAST_PATCH:
        return None
    corners = np.array([[x, y], [x + width - 1, y + height - 1]], float)
    return Finding(
        "glare",
        "A bright reflection hides part of the photo; tilt the phone or the card a little, "
        "until the shine is gone.",
        box_around(photo, corners, 0),
    )
