"""The outline of a root in a photo, from the network's map of parts of its crop."""

import cv2
import numpy as np

from data.arrays import Floats
from data.strands.crop import CROP_HEIGHT, CROP_SHAFT_PX, CROP_WIDTH, END_X, crop_pose
from data.strands.strand import End
from model.networks.parts import PARTS

Outline = tuple[tuple[float, float], ...]
"""Corners (x, y) of a polygon, in pixels of the photo."""

MIN_PROBABILITY = 0.5
"""Of a pixel that belongs to the root or its sheath."""
_REACH_WIDTHS, _MIN_AREA_WIDTHS = 3.0, 0.25
"""How far from the strand's end the outline may begin, and its minimum area in squared widths."""
_TOLERANCE_PX = 1.0
"""Of the polygon, in pixels of the crop."""


def root_outline(parts: Floats, end: End, shaft_px: float) -> Outline | None:
    """The outline of what the network takes for the root at a strand's ``end``.

    ``parts`` (5, 36, 60) are the probabilities of ``PARTS``. None if no root is marked there.
    """
    root = parts[PARTS.index("root")] + parts[PARTS.index("sheath")]
    fine = cv2.resize(root, (CROP_WIDTH, CROP_HEIGHT), interpolation=cv2.INTER_LINEAR)
    marked = (fine >= MIN_PROBABILITY).astype(np.uint8)
    contours, _ = cv2.findContours(marked, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    at_end = (END_X, (CROP_HEIGHT - 1) / 2)
    near = [
        contour
        for contour in contours
        if cv2.pointPolygonTest(contour, at_end, True) >= -_REACH_WIDTHS * CROP_SHAFT_PX
        and cv2.contourArea(contour) >= _MIN_AREA_WIDTHS * CROP_SHAFT_PX**2
    ]
    if not near:
        return None
    nearest = max(near, key=lambda contour: cv2.pointPolygonTest(contour, at_end, True))
    corners = cv2.approxPolyDP(nearest, _TOLERANCE_PX, True)[:, 0].astype(np.float64)
    to_photo = np.linalg.inv(crop_pose(end, shaft_px))
    in_photo = corners @ to_photo[:2, :2].T + to_photo[:2, 2]
    return tuple((round(float(x), 1), round(float(y), 1)) for x, y in in_photo)
