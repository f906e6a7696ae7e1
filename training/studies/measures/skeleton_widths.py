"""Widths by a skeleton and a distance transform, as fibermorph and skan measure them.

The usual way: hairs are separated from the ground by a threshold and thinned to their middle lines;
the width is twice the distance from the middle line to the ground.
"""

from collections.abc import Sequence
from typing import Any, cast

import cv2
import numpy as np

from data.arrays import Array, Mask
from data.images.photo import Photo
from training.datasets.annotations import distance_to_line

_GROUND_SHARE = 0.06
"""Size of the window whose median is the ground, over the photo's longer side."""
_MIN_POINTS = 10
_NEAR_PX = 3.0


def skeleton_widths(photo: Photo, lines: Sequence[Array]) -> list[float | None]:
    """The width in pixels of the hair along each of ``lines`` ((N, 2) px), None where it is missed.

    The median over the skeleton's points beside the line.
    """
    from skimage.morphology import skeletonize  # the extra 'compare'

    hair = _hair_mask(photo)
    middle = np.asarray(cast(Any, skeletonize)(hair))  # has no types
    reach = cv2.distanceTransform(hair.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    places = np.argwhere(middle)[:, ::-1].astype(float)
    widths = 2 * reach[middle]
    return [_along(line, places, widths) for line in lines]


def _hair_mask(photo: Photo) -> Mask:
    """What differs from the ground by more than Otsu's threshold."""
    grey = cv2.cvtColor(photo.pixels, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    size = max(3, int(_GROUND_SHARE * max(small.shape)) | 1)
    ground = cv2.resize(cv2.medianBlur(small, min(size, 255)), grey.shape[::-1])
    difference = cv2.absdiff(grey, ground)
    _, mask = cv2.threshold(difference, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return np.asarray(mask > 0)


def _along(line: Array, places: Array, widths: Array) -> float | None:
    low, high = line.min(axis=0) - _NEAR_PX, line.max(axis=0) + _NEAR_PX
    inside = ((places >= low) & (places <= high)).all(axis=1)
    near = np.flatnonzero(inside)
    near = near[distance_to_line(places[near], line) <= _NEAR_PX] if len(near) else near
    return float(np.median(widths[near])) if len(near) >= _MIN_POINTS else None
