"""Reads the millimetres of a ruler: evenly spaced ticks, every fifth and tenth of them longer."""

import numpy as np

from data.scale.grey import GreyPhoto
from data.scale.scale import (
    LENS_ERROR,
    UNSEEN_TILT_RAD,
    Scale,
    ScaleSource,
    growth_by_tilt,
    map_points,
)
from data.scale.tick_pattern import unit_of_ticks
from data.scale.tick_rows import TickRow, tick_rows
from data.scale.tick_strip import Strip, cut_strip, tick_band
from data.scale.ticks import Ticks, find_ticks, tick_lengths

ACROSS_ERROR = 0.01
"""Relative error at right angles to the ruler, whose tilt is not seen: cos 8 degrees. Our
assumption."""
THICKNESS_MM = 1.0
_OUTLINE_MM = 3.0


def find_ruler(grey: GreyPhoto) -> Scale | None:
    """The scale from a ruler in millimetres or half millimetres; None if there is none.

    A row of ticks of one length gives none, since its unit is not known; nor do inches.
    """
    for row in tick_rows(grey.copy):
        centre = grey.to_photo(row.centre)
        scale = _scale_of_row(grey, TickRow(centre, row.way, row.pitch_px * grey.factor))
        if scale is not None:
            return scale
    return None


def _scale_of_row(grey: GreyPhoto, row: TickRow) -> Scale | None:
    strip = cut_strip(grey, row)
    band = tick_band(strip)
    for dark in (True, False):
        ticks = find_ticks(strip, band, dark)
        if ticks is None:
            continue
        unit_mm = unit_of_ticks(ticks.number, tick_lengths(strip, ticks, band, dark))
        if unit_mm is not None:
            return _scale(grey, strip, ticks, band, unit_mm)
    return None


def _scale(grey: GreyPhoto, strip: Strip, ticks: Ticks, band: slice, unit_mm: float) -> Scale:
    """Projective along the ruler; as large at right angles to it, at its middle."""
    a, b, c = ticks.fit
    middle = float((ticks.number.min() + ticks.number.max()) / 2)
    row = (band.start + band.stop - 1) / 2
    origin = strip.start + row * strip.across
    length = float(np.linalg.norm(strip.along))
    way = strip.along / length
    frame = np.array([[way[0], -way[1], origin[0]], [way[1], way[0], origin[1]], [0, 0, 1]])
    across = length * (b - a * c) / (1 + c * middle)
    to_px = frame @ np.array([[length * b, 0, length * a], [0, across, 0], [c, 0, 1]])
    to_px = to_px @ np.diag([1 / unit_mm, 1 / unit_mm, 1])
    first, last = ticks.number.min() * unit_mm, ticks.number.max() * unit_mm
    low, high = -_OUTLINE_MM, _OUTLINE_MM
    box = [[first, low], [last, low], [last, high], [first, high], [middle * unit_mm, 0]]
    *outline, centre = map_points(to_px, np.array(box, float))
    count = len(ticks.number)
    spread = ticks.residual / np.sqrt(count) * np.sqrt(12) / max(float(np.ptp(ticks.number)), 1)
    field_mm = unit_mm * max(grey.size) / (length * abs(b))
    raised = THICKNESS_MM / field_mm / np.sqrt(3)
    error = float(np.sqrt(spread**2 + LENS_ERROR**2 + ACROSS_ERROR**2 + raised**2))
    return Scale(
        ScaleSource.RULER,
        np.asarray(np.linalg.inv(to_px), np.float64),
        (float(centre[0]), float(centre[1])),
        error,
        growth_by_tilt(UNSEEN_TILT_RAD, max(grey.size)),
        (np.array(outline),),
    )
