"""A thin-lens camera over the ground plane z = 0, and where its points land in the photo."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class CameraSpec:
    """Looks at the origin of the ground. Lengths in mm, angles in degrees.

    `px_per_mm` holds at the origin, in pixels of the finished photo. `render_scale` draws the
    picture smaller and lets the phone enlarge it; truth is not touched by it.
    """

    width_px: int
    height_px: int
    px_per_mm: float
    fov_deg: float = 40.0
    tilt_deg: float = 0.0
    tilt_towards_deg: float = 0.0
    roll_deg: float = 0.0
    aperture_mm: float = 0.0
    focus_offset_mm: float = 0.0
    render_scale: float = 1.0

    @property
    def focal_px(self) -> float:
        """Focal length in photo pixels (pinhole)."""
        return self.width_px / 2 / math.tan(math.radians(self.fov_deg) / 2)

    @property
    def distance_mm(self) -> float:
        """From the lens to the point looked at."""
        return self.focal_px / self.px_per_mm

    @property
    def view_mm(self) -> tuple[float, float]:
        """Width and height of the ground in view when the tilt is 0."""
        return self.width_px / self.px_per_mm, self.height_px / self.px_per_mm

    def axes(self) -> tuple[Array, Array, Array]:
        """Unit vectors right, up and forward of the picture in world coordinates."""
        tilt, towards = math.radians(self.tilt_deg), math.radians(self.tilt_towards_deg)
        back = np.array(
            [math.sin(tilt) * math.cos(towards), math.sin(tilt) * math.sin(towards), math.cos(tilt)]
        )
        roll = math.radians(self.roll_deg)
        wanted_up = np.array([-math.sin(roll), math.cos(roll), 0.0])
        right = np.cross(-back, wanted_up)
        right /= np.linalg.norm(right)
        return right, np.cross(right, -back), -back

    def origin(self) -> Array:
        """Position of the lens, mm."""
        return -self.distance_mm * self.axes()[2]

    def project(self, points_mm: Array) -> Array:
        """(N, 3) world points to (N, 2) photo pixels, (0, 0) being the upper left corner."""
        right, up, forward = self.axes()
        seen = np.atleast_2d(points_mm) - self.origin()
        scale = self.focal_px / (seen @ forward)
        x = self.width_px / 2 + scale * (seen @ right)
        return np.stack([x, self.height_px / 2 - scale * (seen @ up)], axis=1)

    def scale_at(self, point_mm: Array) -> float:
        """Photo pixels per mm across the line of sight at a world point."""
        return float(self.focal_px / ((np.asarray(point_mm) - self.origin()) @ self.axes()[2]))

    def holds(self, xy_px: Array) -> bool:
        """Whether a photo point lies inside the picture."""
        return bool(0 <= xy_px[0] < self.width_px and 0 <= xy_px[1] < self.height_px)
