"""The scale of a photo: millimetres per pixel on the plane on which the hairs lie."""

from dataclasses import dataclass, field
from enum import StrEnum

import cv2
import numpy as np

from data.arrays import Array

LENS_ERROR = 0.005
"""Relative standard deviation from the distortion of lenses, which is not corrected. Our
assumption."""


UNSEEN_TILT_RAD = np.radians(5)
"""A camera tilted by less neither flattens a coin nor converges visibly. Our assumption."""
_FOCAL_LENGTH = 0.8
"""Of a phone's main camera over the photo's longer side: 26 mm on 36 mm of film, about."""


def growth_by_tilt(tilt_rad: float, side_px: int) -> float:
    """How much the relative error grows per pixel of distance, if the tilt's direction is unknown.

    Along the tilt, depth changes by tan(tilt) / focal length a pixel; lengths along it shrink with
    the square of depth and those across with depth, so their geometric mean with its power 1.5. The
    standard deviation over all directions is that by the square root of two.
    """
    return float(1.5 * np.tan(tilt_rad) / (_FOCAL_LENGTH * side_px) / np.sqrt(2))


def map_points(by: Array, points: Array) -> Array:
    """(N, 2) points through a homography (3, 3)."""
    return np.asarray(cv2.perspectiveTransform(points[None].astype(np.float64), by)[0], np.float64)


class ScaleSource(StrEnum):
    """What a scale was taken from."""

    CARD = "card"
    BANK_CARD = "bank_card"
    COIN = "coin"
    RULER = "ruler"
    TYPED = "typed"
    FILE = "file"


@dataclass(frozen=True)
class Scale:
    """Maps pixels of the upright photo to millimetres.

    ``to_mm`` (3, 3) is the homography from pixels to millimetres on the plane, so a tilted camera
    is allowed for. ``centre`` is where in the photo it was measured. ``error`` is the relative
    standard deviation of lengths there; it grows by ``error_per_px`` with the distance from there.
    ``outlines`` are closed lines (N, 2) round what was recognised, in pixels.
    """

    source: ScaleSource
    to_mm: Array
    centre: tuple[float, float] = (0.0, 0.0)
    error: float = LENS_ERROR
    error_per_px: float = 0.0
    outlines: tuple[Array, ...] = field(default=(), compare=False)

    def jacobians(self, points: Array) -> Array:
        """(N, 2, 2) the derivatives of the millimetre coordinates at (N, 2) points in pixels."""
        x, y, w = self.to_mm @ np.column_stack([points, np.ones(len(points))]).T
        rows = [
            [
                (self.to_mm[row, column] * w - top * self.to_mm[2, column]) / w**2
                for column in (0, 1)
            ]
            for row, top in ((0, x), (1, y))
        ]
        return np.asarray(np.moveaxis(np.array(rows), 2, 0))

    def mm_per_px(self, points: Array) -> Array:
        """(N,) millimetres per pixel at (N, 2) points; the geometric mean of all directions."""
        return np.asarray(np.sqrt(np.abs(np.linalg.det(self.jacobians(points)))))

    def mm_per_px_across(self, points: Array, along: Array) -> Array:
        """(N,) millimetres per pixel of the width of lines that run along (N, 2) at the points.

        A line's width is measured at right angles to it, in the photo and on the plane.
        """
        jacobians = self.jacobians(points)
        steps = np.einsum("nij,nj->ni", jacobians, along)
        stretch = np.linalg.norm(steps, axis=1) / np.linalg.norm(along, axis=1)
        return np.asarray(np.abs(np.linalg.det(jacobians)) / stretch)

    def length_mm(self, path: Array) -> float:
        """The length of a line (N, 2) in pixels."""
        places = map_points(self.to_mm, path)
        return float(np.linalg.norm(np.diff(places, axis=0), axis=1).sum())

    def relative_error(self, points: Array) -> Array:
        """(N,) the relative standard deviation of lengths at (N, 2) points."""
        away = np.linalg.norm(points - np.array(self.centre), axis=1)
        return np.asarray(self.error + self.error_per_px * away)


def uniform_scale(source: ScaleSource, mm_per_px: float, error: float) -> Scale:
    """The scale of a photo that is the same everywhere."""
    return Scale(source, np.diag([mm_per_px, mm_per_px, 1.0]), error=error)


def homography_error(
    to_px: Array, points_mm: Array, noise_px: float, size: tuple[int, int]
) -> tuple[float, float]:
    """``error`` and ``error_per_px`` of a homography fitted to ``points_mm`` (N, 2).

    ``to_px`` maps millimetres to pixels. ``noise_px``: the standard deviation of the points' pixel
    coordinates, taken as independent. ``size``: width and height of the photo. Linear propagation
    of errors through the least-squares fit.
    """
    middle, spread = points_mm.mean(axis=0), np.maximum(points_mm.std(axis=0), 1e-9)
    centred = to_px @ np.array([[spread[0], 0, middle[0]], [0, spread[1], middle[1]], [0, 0, 1]])
    unit = (points_mm - middle) / spread
    base = (centred / centred[2, 2]).ravel()[:8]

    def project(parameters: Array) -> Array:
        matrix = np.append(parameters, 1.0).reshape(3, 3)
        return map_points(matrix, unit).ravel()

    width, height = size
    here = project(base).reshape(-1, 2).mean(axis=0)
    far = np.array([[0, 0], [width, 0], [0, height], [width, height]], float)
    at = np.vstack([here, far])

    def log_scale(parameters: Array) -> Array:
        to_unit = np.linalg.inv(np.append(parameters, 1.0).reshape(3, 3))
        return np.log(Scale(ScaleSource.CARD, to_unit).mm_per_px(at))

    steps = np.maximum(np.abs(base), 1e-6) * 1e-5
    moved = [base + step * unit_vector for step, unit_vector in zip(steps, np.eye(8), strict=True)]
    by_points = np.column_stack(
        [(project(m) - project(base)) / s for m, s in zip(moved, steps, strict=True)]
    )
    by_scale = np.column_stack(
        [(log_scale(m) - log_scale(base)) / s for m, s in zip(moved, steps, strict=True)]
    )
    covariance = noise_px**2 * np.linalg.pinv(by_points.T @ by_points)
    deviation = np.sqrt(np.maximum(np.diag(by_scale @ covariance @ by_scale.T), 0))
    growth = (deviation[1:] - deviation[0]) / np.linalg.norm(far - here, axis=1)
    return float(deviation[0]), float(max(0.0, growth.max()))
