"""Label pictures by painting projected triangles from the lowest to the highest."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from data.render import labels
from data.render.labels import LabelPicture
from data.render.luxcore.view import View

Array = NDArray[np.float64]
SHIFT = 4
"""Bits of a fraction of a pixel in OpenCV's coordinates."""
FINE = 3
"""Subpixels a side. OpenCV also fills the pixels that an edge touches: here a third of a pixel."""


@dataclass(frozen=True)
class Labelled:
    """A mesh with its label."""

    points: Array
    faces: NDArray[np.int64]
    label: int


def paint_labels(view: View, meshes: list[Labelled]) -> LabelPicture:
    """(H, W) labels. A sheath does not hide a shaft or bulb beneath it."""
    solid = [m for m in meshes if m.label != labels.SHEATH]
    skins = [m for m in meshes if m.label == labels.SHEATH]
    picture = _painted(view, solid)
    skin = _painted(view, skins) > 0
    out = picture.copy()
    out[skin & (picture == labels.BACKGROUND)] = labels.SHEATH
    out[skin & (picture == labels.SHAFT)] = labels.SHEATHED_SHAFT
    out[skin & (picture == labels.BULB)] = labels.SHEATHED_BULB
    return out


def _painted(view: View, meshes: list[Labelled]) -> LabelPicture:
    if not meshes:
        return np.zeros((view.height_px, view.width_px), np.uint8)
    picture = np.zeros((view.height_px * FINE, view.width_px * FINE), np.uint8)
    corners = np.concatenate([m.points[m.faces] for m in meshes])
    codes = np.concatenate([np.full(len(m.faces), m.label) for m in meshes])
    eye, *_ = view.frame()
    facing = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    seen = ((eye - corners[:, 0]) * facing).sum(axis=1) > 0
    corners, codes = corners[seen], codes[seen]
    nearness = -np.linalg.norm(corners.mean(axis=1) - eye, axis=1)
    flat = view.pixels(corners.reshape(-1, 3)).reshape(-1, 3, 2) * FINE - 0.5
    fixed = np.round(flat * (1 << SHIFT)).astype(np.int32)
    for k in np.argsort(nearness):
        cv2.fillConvexPoly(picture, fixed[k], int(codes[k]), cv2.LINE_8, SHIFT)
    return np.ascontiguousarray(picture[FINE // 2 :: FINE, FINE // 2 :: FINE])
