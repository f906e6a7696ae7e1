"""Edges of a photo to a fraction of a pixel, along profiles across an expected line."""

from dataclasses import dataclass

import numpy as np

from data.arrays import Array, Floats, Indices
from data.scale.grey import GreyPhoto

MIN_EDGE_LEVELS = 8.0
"""Levels of one colour between both sides of an edge. Our assumption."""


@dataclass(frozen=True)
class EdgePoints:
    """Where profiles cross an edge: (N, 2) ``places``, and (N,) levels of difference there."""

    places: Array
    strength: Floats

    @property
    def clear(self) -> "EdgePoints":
        """Those of at least MIN_EDGE_LEVELS."""
        enough = self.strength >= MIN_EDGE_LEVELS
        return EdgePoints(self.places[enough], self.strength[enough])


def edges_across(
    grey: GreyPhoto, places: Array, normals: Array, reach_px: float, outermost: bool = True
) -> EdgePoints:
    """The strongest edge within ``reach_px`` on both sides of each of (N, 2) places.

    ``normals`` (N, 2) are unit vectors that point outward. ``outermost``: of edges at least half as
    strong as the strongest, the last along the normal.
    """
    step = max(0.5, reach_px / 40)
    offsets = np.arange(-reach_px - 2 * step, reach_px + 2.5 * step, step)
    profiles = grey.colours_at(places[:, None] + offsets[None, :, None] * normals[:, None])
    # over four steps, so noise counts less; of the colour that changes most
    slopes = np.abs(profiles[:, 4:] - profiles[:, :-4]).max(axis=2)
    at = _last_high_peak(slopes) if outermost else slopes.argmax(axis=1)
    rows = np.arange(len(at))
    inner = np.clip(at, 1, slopes.shape[1] - 2)
    before, here, after = (slopes[rows, inner + d] for d in (-1, 0, 1))
    bend = before - 2 * here + after
    shift = np.where(np.abs(bend) > 1e-6, 0.5 * (before - after) / np.where(bend, bend, 1), 0)
    along = offsets[inner + 2] + np.clip(shift, -1, 1) * step
    return EdgePoints(places + along[:, None] * normals, slopes[rows, inner])


def _last_high_peak(slopes: Floats) -> Indices:
    peak = np.zeros(slopes.shape, bool)
    middle = slopes[:, 1:-1]
    peak[:, 1:-1] = (middle >= slopes[:, :-2]) & (middle > slopes[:, 2:])
    high = peak & (slopes >= 0.5 * slopes.max(axis=1, keepdims=True))
    last = slopes.shape[1] - 1 - high[:, ::-1].argmax(axis=1)
    return np.asarray(np.where(high.any(axis=1), last, slopes.argmax(axis=1)), np.intp)
