"""The targets of the line network, computed from the annotations."""

from dataclasses import dataclass

import cv2
import numpy as np

from data.arrays import Array, Floats, Indices, Mask
from data.strands.curves import resample, smoothed
from model.networks.line_net import CELL_PX, DIRECTIONS

END, WIDTH, WEIGHT = DIRECTIONS, DIRECTIONS + 1, DIRECTIONS + 2
"""The target's channels after those of the directions."""
LINE_SIGMA_CELLS, LINE_SIGMA_WIDTHS = 0.8, 0.12
"""Width of the Gaussian across a centre line. In a wide hair the middle is less precise."""
END_SIGMA_CELLS, END_SIGMA_WIDTHS = 1.5, 0.5
"""Width of the Gaussian around an end, whose position is less precise in a wide hair."""
MIN_WIDTH_PX = 0.8
"""Cells on thinner hairs have no weight."""
FADES_OVER = 2.0
"""A line has a target in directions less than this many steps from its own: in at least two,
whose ratio gives the angle between them."""
_CLASSES = 2 * DIRECTIONS
"""Lines are separated by direction, more finely than the targets."""
_STEP_CELLS = 0.5
_SMOOTHED_DOTS = 4
"""The annotated lines have corners where hairs have none."""
_MARGIN_CELLS = 8
_THIN_REACH_CELLS = 2.0


@dataclass(frozen=True)
class Stroke:
    """A hair in corner coordinates of a tile, in px: ``line`` (N, 2), its width, and its visible
    ends (M, 2)."""

    line: Array
    width_px: float
    ends: Array


@dataclass(frozen=True)
class _Dots:
    """Dense points along all strokes, in cells: ``xy`` (N, 2), ``along`` (N, 2) unit vectors,
    ``width_px`` (N,)."""

    xy: Array
    along: Array
    width_px: Floats

    def subset(self, chosen: Mask) -> "_Dots":
        return _Dots(self.xy[chosen], self.along[chosen], self.width_px[chosen])

    @property
    def direction(self) -> Indices:
        """(N,) the direction of each, out of ``_CLASSES``."""
        angle = np.arctan2(self.along[:, 1], self.along[:, 0])
        return np.round(angle / np.pi * _CLASSES).astype(np.intp) % _CLASSES


def line_target(strokes: list[Stroke], shape: tuple[int, int]) -> Floats:
    """The target (DIRECTIONS + 3, h, w) on cells of a tile of ``shape`` (height, width): centre
    line 0-1 for each direction, END 0-1, log2 of the WIDTH over 4, and the WEIGHT of each cell."""
    height, width = shape[0] // CELL_PX, shape[1] // CELL_PX
    out = np.zeros((DIRECTIONS + 3, height, width), np.float32)
    out[WEIGHT] = 1
    wide = [stroke for stroke in strokes if stroke.width_px >= MIN_WIDTH_PX]
    dots = _dots(wide)
    if len(dots.xy):
        out[:DIRECTIONS] = _lines_by_direction(dots, (height, width))
        out[WIDTH] = np.log2(dots.width_px[_nearest(dots, (height, width))[1]] / 4)
    thin = _dots([stroke for stroke in strokes if stroke.width_px < MIN_WIDTH_PX])
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


def _lines_by_direction(dots: _Dots, shape: tuple[int, int]) -> Floats:
    """(DIRECTIONS, h, w) the nearness 0-1 of each cell to a line in each direction."""
    out = np.zeros((DIRECTIONS, *shape), np.float32)
    direction = dots.direction
    for number in np.unique(direction):
        some = dots.subset(direction == number)
        distance, nearest = _nearest(some, shape)
        sigma = np.maximum(LINE_SIGMA_CELLS, LINE_SIGMA_WIDTHS * some.width_px[nearest] / CELL_PX)
        line = np.exp(-(distance**2) / (2 * sigma**2))
        own = int(number) * DIRECTIONS / _CLASSES
        for k in range(DIRECTIONS):
            off = abs((k - own + DIRECTIONS / 2) % DIRECTIONS - DIRECTIONS / 2)
            if off < FADES_OVER:
                fade = np.float32(np.cos(np.pi / 2 * off / FADES_OVER) ** 2)
                np.maximum(out[k], fade * line, out=out[k])
    return out


def _nearest(dots: _Dots, shape: tuple[int, int]) -> tuple[Floats, Indices]:
    """For each cell the distance in cells to the nearest line, and the index of its nearest dot."""
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
    return _distance(dots, nearest), nearest


def _distance(dots: _Dots, nearest: Indices) -> Floats:
    """(h, w) distance in cells to the line through the nearest dot, or to the dot at an end."""
    y, x = np.indices(nearest.shape)
    dx, dy = x - dots.xy[nearest, 0], y - dots.xy[nearest, 1]
    cos, sin = dots.along[nearest, 0], dots.along[nearest, 1]
    beside = np.abs(dx * cos + dy * sin) <= 1
    distance = np.where(beside, np.abs(dy * cos - dx * sin), np.hypot(dx, dy))
    return np.asarray(distance, np.float32)


def _add_ends(target: Floats, stroke: Stroke) -> None:
    sigma = max(END_SIGMA_CELLS, END_SIGMA_WIDTHS * stroke.width_px / CELL_PX)
    reach = int(np.ceil(3 * sigma))
    for x, y in stroke.ends / CELL_PX - 0.5:
        column, row = round(x), round(y)
        left, right = max(0, column - reach), min(target.shape[1], column + reach + 1)
        top, bottom = max(0, row - reach), min(target.shape[0], row + reach + 1)
        if left >= right or top >= bottom:
            continue
        across, down = np.arange(left, right) - x, np.arange(top, bottom) - y
        peak = np.exp(-(across**2 + down[:, None] ** 2) / (2 * sigma**2)).astype(np.float32)
        window = target[top:bottom, left:right]
        np.maximum(window, peak, out=window)
