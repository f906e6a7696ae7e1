"""Our printed card (``shedlight card``): what is printed where on it, and how it is found."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from data.arrays import Array, Mask
from data.scale.grey import GreyPhoto
from data.scale.scale import LENS_ERROR, Scale, ScaleSource, homography_error, map_points

WIDTH_MM, HEIGHT_MM = 150.0, 100.0
"""All places on the card are in millimetres from its upper left corner, y downward."""
FIELD_MM = (14.0, 14.0, 122.0, 72.0)
"""The grey field on which hairs are laid: x, y, width, height."""
GUIDE_Y_MM = 32.0
"""The line on which root ends are laid; hairs hang down from it."""
CHECK_LINE_MM = 100.0
"""Length of the line below the card, which shows whether it was printed at its true size."""
MARKER_CELLS = 7
"""Cells along a marker, its dark border included."""
DICTIONARY = cv2.aruco.DICT_5X5_50
LARGE_MM, SMALL_MM = 9.1, 3.5
_SMALL_Y_MM = 24.0


@dataclass(frozen=True)
class Marker:
    """A square fiducial marker: its number in DICTIONARY, upper left corner and side."""

    number: int
    x_mm: float
    y_mm: float
    side_mm: float

    @property
    def corners_mm(self) -> Array:
        """(4, 2) corners in the order of OpenCV: from the upper left one clockwise."""
        x, y, side = self.x_mm, self.y_mm, self.side_mm
        return np.array([[x, y], [x + side, y], [x + side, y + side], [x, y + side]])

    def cells(self) -> Mask:
        """(MARKER_CELLS, MARKER_CELLS) which cells are dark."""
        dictionary = cv2.aruco.getPredefinedDictionary(DICTIONARY)
        picture = cv2.aruco.generateImageMarker(dictionary, self.number, MARKER_CELLS)
        return np.asarray(np.asarray(picture) == 0)


@cache
def markers() -> dict[int, Marker]:
    """All markers by number: large ones round the field, small ones in a row above the guide line.

    The small ones are for photos from so near that no two large ones are in view.
    """
    far_x, far_y = WIDTH_MM - 2.5 - LARGE_MM, HEIGHT_MM - 2.5 - LARGE_MM
    across = np.linspace(2.5, far_x, 5)
    places = [(x, y) for y in (2.5, far_y) for x in across]
    places += [(x, (HEIGHT_MM - LARGE_MM) / 2) for x in (2.5, far_x)]
    large = [Marker(k, float(x), y, LARGE_MM) for k, (x, y) in enumerate(places)]
    first = len(large)
    row = np.arange(FIELD_MM[0] + 6, FIELD_MM[0] + FIELD_MM[2] - 6, 8.0)
    small = [Marker(first + k, float(x), _SMALL_Y_MM, SMALL_MM) for k, x in enumerate(row)]
    return {marker.number: marker for marker in (*large, *small)}


SMALL_ROW_MM = (FIELD_MM[0], _SMALL_Y_MM - 1.0, FIELD_MM[2], SMALL_MM + 2.0)
"""The white strip with the small markers: x, y, width, height."""
SCALE_Y_MM = FIELD_MM[1] + FIELD_MM[3] - 6.0
"""Millimetre ticks stand upward from this line in the field."""
MIN_MARKERS = 2
"""One alone could be another print, or a chance pattern."""
PRINT_ERROR = 0.004
"""Relative error of printers at 100 %. Our assumption."""
_MAX_MISFIT_PX = 3.0
"""In the search copy."""


def find_card(grey: GreyPhoto, check_line_mm: float = CHECK_LINE_MM) -> Scale | None:
    """The scale from our card; None if fewer than two of its markers fit together.

    ``check_line_mm``: how long the printed line of CHECK_LINE_MM really is.
    """
    found = _detected(grey)
    known = [number for number in found if number in markers()]
    if len(known) < MIN_MARKERS:
        return None
    mm = np.vstack([markers()[number].corners_mm for number in known])
    mm = mm * (check_line_mm / CHECK_LINE_MM)
    px = np.vstack([found[number] for number in known])
    limit = _MAX_MISFIT_PX * grey.factor
    fitted, inliers = cv2.findHomography(mm, px, cv2.RANSAC, limit)
    if fitted is None or inliers.sum() < 4 * MIN_MARKERS:
        return None
    to_px = np.asarray(fitted, np.float64)
    good = inliers.ravel() > 0
    misfit = map_points(to_px, mm) - px
    noise_px = max(0.2 * grey.factor, float(np.sqrt((misfit[good] ** 2).mean())))
    error, growth = homography_error(to_px, mm[good], noise_px, grey.size)
    centre = px[good].mean(axis=0)
    width, height = WIDTH_MM, HEIGHT_MM
    border = np.array([[0, 0], [width, 0], [width, height], [0, height]])
    border = border * (check_line_mm / CHECK_LINE_MM)
    outline = map_points(to_px, border)
    return Scale(
        ScaleSource.CARD,
        np.asarray(np.linalg.inv(to_px), np.float64),
        (float(centre[0]), float(centre[1])),
        float(np.sqrt(error**2 + LENS_ERROR**2 + PRINT_ERROR**2)),
        growth,
        (outline, *(found[number] for number in known)),
    )


def _detected(grey: GreyPhoto) -> dict[int, Array]:
    """Corners (4, 2) of markers by number, in pixels of the photo."""
    settings = cv2.aruco.DetectorParameters()
    settings.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    settings.minMarkerPerimeterRate = 0.02
    dictionary = cv2.aruco.getPredefinedDictionary(DICTIONARY)
    detector = cv2.aruco.ArucoDetector(dictionary, settings)
    corners, numbers, _ = detector.detectMarkers(grey.copy)
    if numbers is None:
        return {}
    return {
        int(number): grey.to_photo(each.reshape(4, 2).astype(np.float64))
        for number, each in zip(np.ravel(numbers), corners, strict=True)
    }
