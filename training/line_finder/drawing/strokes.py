"""Bands of paint laid along a line: what hairs, their shadows and everything like them are made of.

A band is sampled on a grid along and across its line, and its samples are shared out among the
four nearest pixels, so that edges and positions are right to a fraction of a pixel.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Canvas = NDArray[np.float32]

STEP_PX = 0.9
"""Distance of the samples, along and across: close enough to leave no gaps; our choice."""
LEAST_HALF_PX = 0.12
LEAST_WEIGHT = 0.3
"""Of a pixel's area, so much sampled gives its full value; well inside, 0.5 always is."""
REACH_BLURS = 2.2


@dataclass(frozen=True)
class Band:
    """``line`` (M, 2) px, at most ``STEP_PX`` apart; half width and blur (M,) in px."""

    line: Array
    half_px: Array
    blur_px: Array

    def across(self) -> Array:
        """The grid's offsets from the line (M, K), in half widths."""
        reach = self._reach_px()
        count = 2 * int(np.ceil(reach.max() / STEP_PX)) + 1
        return np.outer(reach / self._half(), np.linspace(-1, 1, count))

    def cover(self, across: Array) -> Array:
        """How much of the band is there (M, K): 1 inside, falling off by the blur at its edges."""
        scale = (self._half() / self.blur_px)[:, None]
        return soft_step((1 - across) * scale) - soft_step((-1 - across) * scale)

    def _half(self) -> Array:
        return np.maximum(self.half_px, LEAST_HALF_PX)

    def _reach_px(self) -> Array:
        return self._half() + REACH_BLURS * self.blur_px

    def samples(self, across: Array) -> tuple[Array, Array]:
        """Where the grid's samples lie (M, K, 2), and the area in px^2 of each (M, K).

        On the inner side of a tight bend the grid folds over; there the area is 0.
        """
        tangent = np.gradient(self.line, axis=0)
        tangent /= np.linalg.norm(tangent, axis=1, keepdims=True) + 1e-12
        normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
        offset = across * self._half()[:, None]
        xy = self.line[:, None] + offset[..., None] * normal[:, None]
        forward = np.einsum("mkc,mc->mk", np.gradient(xy, axis=0), tangent)
        wide = 2 * self._reach_px() / (across.shape[1] - 1)
        return xy, np.maximum(forward, 0) * wide[:, None]


def soft_step(value: Array) -> Array:
    """The logistic curve that comes nearest the normal distribution's."""
    return np.asarray(1 / (1 + np.exp(np.clip(-1.702 * value, -40, 40))))


def lay(canvas: Canvas, band: Band, opacity: Array, colour: Array) -> None:
    """Paints a band over ``canvas`` (S, S, 3), in place.

    ``opacity`` (M, K) and linear ``colour`` (M, K, 3), or what broadcasts to it, on the grid of
    ``Band.across``. Where a band crosses itself its colours mix.
    """
    size = canvas.shape[0]
    xy, area = band.samples(band.across())
    x, y = xy[..., 0], xy[..., 1]
    seen = (x > -0.5) & (y > -0.5) & (x < size + 0.5) & (y < size + 0.5) & (area > 0)
    if not seen.any():
        return
    weight = np.broadcast_to(opacity, seen.shape)[seen]
    paint = np.broadcast_to(colour, (*seen.shape, 3))[seen] * weight[:, None]
    pixels, sums = _shared(xy[seen], area[seen], np.column_stack([weight, paint]), size)
    flat = canvas.reshape(-1, 3)
    flat[pixels] = flat[pixels] * (1 - sums[:, :1]) + sums[:, 1:]


def _shared(xy: Array, area: Array, values: Array, size: int) -> tuple[NDArray[np.intp], Array]:
    """Samples shared out bilinearly: pixels (P,) of the canvas and their sums of values (P, C).

    Each pixel takes the mean of what falls near it, weighted by area and nearness.
    """
    wide = size + 2
    corner = np.floor(xy + 0.5).astype(np.intp)  # of a canvas with a margin of one pixel
    part = xy + 0.5 - corner
    spots, weights = [], []
    for dx in (0, 1):
        for dy in (0, 1):
            spots.append((corner[:, 1] + dy) * wide + corner[:, 0] + dx)
            weights.append(np.abs(1 - dx - part[:, 0]) * np.abs(1 - dy - part[:, 1]) * area)
    touched, slots = _slots(np.concatenate(spots), wide * wide)
    each = np.concatenate(weights)
    total = np.bincount(slots, each, len(touched))
    sums = [np.bincount(slots, each * np.tile(v, 4), len(touched)) for v in values.T]
    row, column = np.divmod(touched, wide)
    inside = (row > 0) & (row <= size) & (column > 0) & (column <= size)
    mean = np.stack(sums, axis=1) / np.maximum(total, LEAST_WEIGHT)[:, None]
    return ((row - 1) * size + column - 1)[inside], mean[inside]


def _slots(spots: NDArray[np.intp], count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The different spots in order, and each spot's place among them; faster than np.unique."""
    marked = np.zeros(count, bool)
    marked[spots] = True
    touched = np.flatnonzero(marked)
    place = np.empty(count, np.intp)
    place[touched] = np.arange(len(touched))
    return touched, place[spots]
