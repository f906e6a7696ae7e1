"""The camera over the plane z = 0, in mm, and where points land in the picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class View:
    """A pinhole or thin lens `distance_mm` from the origin, which it looks at.

    `focal_px` is the focal length in pixels. `lens_mm` is the radius of the lens. `tilt_rad` is
    the angle from the vertical, towards `azimuth_rad`; `roll_rad` turns the picture.
    """

    width_px: int
    height_px: int
    focal_px: float
    distance_mm: float
    tilt_rad: float
    azimuth_rad: float
    roll_rad: float
    lens_mm: float
    focus_mm: float

    @property
    def px_per_mm(self) -> float:
        """Pixels a millimetre in the middle of the picture."""
        return self.focal_px / self.distance_mm

    @property
    def size_mm(self) -> Array:
        """Width and height of what is seen, without tilt."""
        return np.array([self.width_px, self.height_px]) / self.px_per_mm

    def frame(self) -> tuple[Array, Array, Array, Array]:
        """Position of the lens, and the unit vectors right, up and forward."""
        sin, cos = np.sin(self.tilt_rad), np.cos(self.tilt_rad)
        a = self.azimuth_rad
        back = np.array([sin * np.cos(a), sin * np.sin(a), cos])
        north = np.array([-np.sin(self.roll_rad), np.cos(self.roll_rad), 0.0])
        right = np.cross(north, back)
        right /= np.linalg.norm(right)
        return back * self.distance_mm, right, np.cross(back, right), -back

    def pixels(self, points: Array) -> Array:
        """(N, 2) pixels of (N, 3) points; (0, 0) is the upper left corner of the picture."""
        eye, right, up, forward = self.frame()
        seen = np.atleast_2d(points) - eye
        scale = self.focal_px / (seen @ forward)
        x = self.width_px / 2 + scale * (seen @ right)
        y = self.height_px / 2 - scale * (seen @ up)
        return np.stack([x, y], axis=1)

    def scale(self, point: Array) -> float:
        """Pixels a millimetre at a point, across the line of sight."""
        eye, _, _, forward = self.frame()
        return float(self.focal_px / ((point - eye) @ forward))

    def inside(self, xy: Array) -> bool:
        """Whether a pixel lies in the picture."""
        return bool(0 <= xy[0] < self.width_px and 0 <= xy[1] < self.height_px)
