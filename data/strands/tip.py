"""Where a strand really ends: where the line map sees an end, somewhat ahead or behind."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from data.strands.line_map import LineMap
from data.strands.strand import End

Floats64 = NDArray[np.float64]

SEEN = 0.2
"""From this chance on, what the map sees is an end."""
_FROM_WIDTHS, _TO_WIDTHS, _STEP_WIDTHS = -3.0, 4.0, 0.25
"""The line may stop before bulb and tail, or run past a thin tip."""
_ASIDE_WIDTHS = (-1.0, -0.5, 0.0, 0.5, 1.0)
_AROUND_WIDTHS = 1.0
"""What the map sees so near to its best place is the same end; the end is their middle."""


def move_to_tip(lines: LineMap, end: End, shaft_px: float) -> End:
    """The end moved to where the map sees one best; left where it is if the map sees none."""
    ahead, aside = np.meshgrid(np.arange(_FROM_WIDTHS, _TO_WIDTHS, _STEP_WIDTHS), _ASIDE_WIDTHS)
    cos, sin = shaft_px * np.cos(end.direction), shaft_px * np.sin(end.direction)
    x, y = end.x + ahead * cos - aside * sin, end.y + ahead * sin + aside * cos
    chance = _chance(lines, x, y)
    best = chance.argmax()
    seen = float(chance.flat[best])
    if seen < SEEN:
        return replace(end, seen=seen)
    near = np.hypot(ahead - ahead.flat[best], aside - aside.flat[best]) <= _AROUND_WIDTHS
    weight = np.where(near, chance, 0) ** 2
    weight /= weight.sum()
    return replace(end, x=float((x * weight).sum()), y=float((y * weight).sum()), seen=seen)


def _chance(lines: LineMap, x: Floats64, y: Floats64) -> NDArray[np.float32]:
    """The map's chance of an end at places of the photo, 0 outside of it."""
    column, row = (((v + 0.5) / lines.cell_px - 0.5).astype(np.float32) for v in (x, y))
    return np.asarray(
        cv2.remap(lines.end, column, row, cv2.INTER_LINEAR, borderValue=0), np.float32
    )
