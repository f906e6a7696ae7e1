"""What the line network should say of a picture, drawn from the truth."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from data.arrays import Floats
from data.strands.curves import resample, smoothed
from model.networks.line_net import CELL_PX, DIRECTIONS

Points = NDArray[np.float64]

END, WIDTH, WEIGHT = DIRECTIONS, DIRECTIONS + 1, DIRECTIONS + 2
"""The target's channels after those of the directions."""
LINE_SIGMA_CELLS, LINE_SIGMA_WIDTHS = 0.8, 0.12
"""The centre line fades like a Gaussian across: sharp enough to place, and as wide in a wide hair
as one can say where its middle is."""
END_SIGMA_CELLS, END_SIGMA_WIDTHS = 1.5, 0.5
"""An end is as blurred as one can say where it is, which grows with the width."""
LEAST_WIDTH_PX = 0.8
"""Hairs thinner than this in the picture are neither asked for nor forbidden."""
FADES_OVER = 2.0
"""A line shows in directions less than so many steps from its own: always in two at least, whose
balance tells the angle between them."""
_CLASSES = 2 * DIRECTIONS
"""Lines are drawn apart by direction, finer than they are told."""
_STEP_CELLS = 0.5
_SMOOTHED_DOTS = 4
"""The truth's lines have corners where hairs have none."""
_MARGIN_CELLS = 8
_THIN_REACH_CELLS = 2.0


@dataclass(frozen=True)
class Stroke:
    """A hair in pixels of a picture, from corner to corner: ``line`` (N, 2), its width, and those
    of its ends (M, 2) that are to be seen."""

    line: Points
    width_px: float
    ends: Points


@dataclass(frozen=True)
class _Dots:
    """Close points along all strokes, in cells: ``xy`` (N, 2), ``along`` (N, 2) unit vectors,
    ``width_px`` (N,)."""

    xy: Points
    along: Points
    width_px: Floats

    def some(self, chosen: NDArray[np.bool_]) -> "_Dots":
        return _Dots(self.xy[chosen], self.along[chosen], self.width_px[chosen])

    @property
    def direction(self) -> NDArray[np.intp]:
        """(N,) which of the _CLASSES each runs in."""
        angle = np.arctan2(self.along[:, 1], self.along[:, 0])
        return np.round(angle / np.pi * _CLASSES).astype(np.intp) % _CLASSES


def line_target(strokes: list[Stroke], shape: tuple[int, int]) -> Floats:
    """(DIRECTIONS + 3, h, w) on cells of a picture of ``shape`` (height, width): centre line 0-1
    for each direction, END 0-1, log2 of the WIDTH over 4, and how much each cell WEIGHT."""
    height, width = shape[0] // CELL_PX, shape[1] // CELL_PX
    out = np.zeros((DIRECTIONS + 3, height, width), np.float32)
    out[WEIGHT] = 1
    wide = [stroke for stroke in strokes if stroke.width_px >= LEAST_WIDTH_PX]
    dots = _dots(wide)
    if len(dots.xy):
        out[:DIRECTIONS] = _toward(dots, (height, width))
        out[WIDTH] = np.log2(dots.width_px[_nearest(dots, (height, width))[1]] / 4)
    thin = _dots([stroke for stroke in strokes if stroke.width_px < LEAST_WIDTH_PX])
    if len(thin.xy):
        out[WEIGHT] = _nearest(thin, (height, width))[0] > _THIN_REACH_CELLS
    for stroke in wide:
        _add_ends(out[END], stroke)
    return out


def _dots(strokes: list[Stroke]) -> _Dots:
    cells = [resample(stroke.line / CELL_PX - 0.5, _STEP_CELLS) for stroke in strokes]
    lines = [smoothed(line, _SMOOTHED_DOTS) for line in cells]
    steps = [np.gradient(line, axis=0) for line in lines]
    along = np.vstack([np.zeros((0, 2)), *steps])
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    width = [np.full(len(li), s.width_px) for li, s in zip(lines, strokes, strict=True)]
    xy = np.vstack([np.zeros((0, 2)), *lines])
    return _Dots(xy, along, np.concatenate([np.zeros(0), *width]).astype(np.float32))


def _toward(dots: _Dots, shape: tuple[int, int]) -> Floats:
    """(DIRECTIONS, h, w) how much each cell lies on a line that runs in each direction."""
    out = np.zeros((DIRECTIONS, *shape), np.float32)
    direction = dots.direction
    for number in np.unique(direction):
        some = dots.some(direction == number)
        away, nearest = _nearest(some, shape)
        sigma = np.maximum(LINE_SIGMA_CELLS, LINE_SIGMA_WIDTHS * some.width_px[nearest] / CELL_PX)
        line = np.exp(-(away**2) / (2 * sigma**2))
        own = int(number) * DIRECTIONS / _CLASSES
        for k in range(DIRECTIONS):
            off = abs((k - own + DIRECTIONS / 2) % DIRECTIONS - DIRECTIONS / 2)
            if off < FADES_OVER:
                fade = np.float32(np.cos(np.pi / 2 * off / FADES_OVER) ** 2)
                np.maximum(out[k], fade * line, out=out[k])
    return out


def _nearest(dots: _Dots, shape: tuple[int, int]) -> tuple[Floats, NDArray[np.intp]]:
    """For each cell the distance in cells to the nearest line, and the number of its dot there."""
    margin = _MARGIN_CELLS
    free = np.full((shape[0] + 2 * margin, shape[1] + 2 * margin), 255, np.uint8)
    column, row = np.round(dots.xy + margin).astype(np.intp).T
    near = (row >= 0) & (row < free.shape[0]) & (column >= 0) & (column < free.shape[1])
    if not near.any():
        return np.full(shape, 1e3, np.float32), np.zeros(shape, np.intp)
    column, row = column[near], row[near]
    free[row, column] = 0
    label = cv2.distanceTransformWithLabels(free, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)[1]
    dot_of = np.zeros(int(label.max()) + 1, np.intp)
    dot_of[label[row, column]] = np.flatnonzero(near)
    inside = slice(margin, -margin)
    nearest = dot_of[label[inside, inside]]
    return _away(dots, nearest), nearest


def _away(dots: _Dots, nearest: NDArray[np.intp]) -> Floats:
    """(h, w) cells from each cell to the line through its nearest dot, or to the dot at an end."""
    y, x = np.indices(nearest.shape)
    dx, dy = x - dots.xy[nearest, 0], y - dots.xy[nearest, 1]
    cos, sin = dots.along[nearest, 0], dots.along[nearest, 1]
    beside = np.abs(dx * cos + dy * sin) <= 1
    away = np.where(beside, np.abs(dy * cos - dx * sin), np.hypot(dx, dy))
    return np.asarray(away, np.float32)


def _add_ends(picture: Floats, stroke: Stroke) -> None:
    sigma = max(END_SIGMA_CELLS, END_SIGMA_WIDTHS * stroke.width_px / CELL_PX)
    reach = int(np.ceil(3 * sigma))
    for x, y in stroke.ends / CELL_PX - 0.5:
        column, row = round(x), round(y)
        left, right = max(0, column - reach), min(picture.shape[1], column + reach + 1)
        top, bottom = max(0, row - reach), min(picture.shape[0], row + reach + 1)
        if left >= right or top >= bottom:
            continue
        across, down = np.arange(left, right) - x, np.arange(top, bottom) - y
        peak = np.exp(-(across**2 + down[:, None] ** 2) / (2 * sigma**2)).astype(np.float32)
        np.maximum(picture[top:bottom, left:right], peak, out=picture[top:bottom, left:right])
