"""Ridge points: places of a line map on the crest of a line, each with its direction.

A point stands out against its neighbours across the line, as in Steger's detector (IEEE TPAMI
20(2), 1998), and against the next directions, as in the orientation scores of Duits and Franken
(Quarterly of Applied Mathematics 68, 2010): where two hairs cross there are two points.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from data.arrays import Floats, Indices, Mask, Pixels
from data.strands.line_map import CERTAIN, LineMap

WEAK, STRONG = 0.15, 0.45
"""Probabilities of a centre line: a ridge continues above ``WEAK`` from a ``STRONG`` point."""
_SMOOTHING_CELLS = ((0.0, 0.7), (8.0, 1.6))
"""Pairs of a minimum width and a smoothing sigma: the map's lines are as broad as their position is
uncertain, which is more in wide hairs."""
_ALONG_CELLS = (-1.5, 0.0, 1.5)
"""Probabilities are averaged at these offsets along the line, against speckle."""
_ACROSS_CELLS, _ACROSS_WIDTHS = 1.0, 0.15
"""Distance to the sides at which a crest must fall off: wide hairs have broad crests."""
_SHADOW_CELLS, _SHADOW_SHARE = (3.0, 5.0), 0.65
"""A fainter line at these distances, below this share of the stronger one, is its shadow."""
_MIN_POINTS = 4
_OFF_CENTRE_CELLS = 0.7
Places = NDArray[np.floating]


@dataclass(frozen=True)
class RidgePoints:
    """N points on lines of a map.

    ``xy`` (N, 2) in cells, with subcell precision; ``cell`` (N, 3) the integer column, row and
    direction of each; ``angle`` (N,) of the line, radians, modulo pi; ``probability`` (N,) of a
    centre line; ``width`` (N,) of the hair in cells; ``shape`` (directions, height, width) of the
    map.
    """

    xy: Floats
    cell: Indices
    angle: Floats
    probability: Floats
    width: Floats
    shape: tuple[int, int, int]


def ridge_points(lines: LineMap) -> RidgePoints:
    """The points of a map that lie on the crest of a line."""
    directions, height, width = lines.by_direction.shape
    smooth = _smoothed(lines)
    rows, columns, layers, angle = _candidates(smooth)
    wide = lines.width_px[rows, columns] / np.float32(lines.cell_px)
    probability, shift, on_crest = _crest(smooth, rows, columns, layers, angle, wide)
    on_crest[on_crest] = _hysteresis(
        rows[on_crest], columns[on_crest], probability[on_crest], (height, width)
    )
    cell = np.column_stack([columns, rows, layers])[on_crest]
    return RidgePoints(
        xy=(cell[:, :2] + shift[on_crest]).astype(np.float32),
        cell=cell,
        angle=angle[on_crest],
        probability=probability[on_crest],
        width=wide[on_crest],
        shape=(directions, height, width),
    )


def _smoothed(lines: LineMap) -> Pixels:
    """(K, h, w) the probabilities, smoothed more where hairs are wide."""
    width = cv2.blur(lines.width_px, (5, 5)) / lines.cell_px
    (_, fine), (least, coarse) = _SMOOTHING_CELLS
    wide = (width >= least) & (cv2.blur(lines.centre, (9, 9)) > WEAK / 2)
    box = _box(wide, margin=round(4 * coarse))
    smooth = np.empty_like(lines.by_direction)
    for out, layer in zip(smooth, lines.by_direction, strict=True):
        cv2.GaussianBlur(layer, (0, 0), fine, dst=out)
        if box is not None:
            out[box][wide[box]] = cv2.GaussianBlur(layer[box], (0, 0), coarse)[wide[box]]
    return smooth


def _box(mask: Mask, margin: int) -> tuple[slice, slice] | None:
    """The rows and columns around a mask, with a margin; None for an empty mask."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    return (
        slice(max(0, rows[0] - margin), rows[-1] + margin + 1),
        slice(max(0, columns[0] - margin), columns[-1] + margin + 1),
    )


def _candidates(levels: Pixels) -> tuple[Indices, Indices, Indices, Floats]:
    """Rows, columns and directions that stand out among directions, and the angle between them."""
    rows, columns = np.nonzero(levels.max(axis=0) > WEAK * CERTAIN)
    around = levels[:, rows, columns] / np.float32(CERTAIN)
    before, after = np.roll(around, 1, axis=0), np.roll(around, -1, axis=0)
    layers, number = np.nonzero((around > WEAK) & (around >= before) & (around > after))
    own, before, after = around[layers, number], before[layers, number], after[layers, number]
    # A parabola through three directions has its top here.
    off = np.float32(0.5) * (before - after) / np.minimum(before + after - 2 * own, -1e-6)
    angle = (layers + off.clip(-0.5, 0.5)) * np.float32(np.pi / len(around))
    return rows[number], columns[number], layers, angle.astype(np.float32)


def _crest(
    levels: Pixels,
    rows: Indices,
    columns: Indices,
    layers: Indices,
    angle: Floats,
    wide: Floats,
) -> tuple[Floats, Floats, Mask]:
    """The probability (N,) of each point, its offset (N, 2) to the crest, and if it lies on it."""
    cos, sin = np.cos(angle), np.sin(angle)

    def beside(cells: Floats | float) -> Floats:
        """The mean probability along a parallel line, ``cells`` to the side of the point."""
        probabilities = [
            _sampled(levels, layers, columns + a * cos - cells * sin, rows + a * sin + cells * cos)
            for a in _ALONG_CELLS
        ]
        return np.asarray(np.mean(probabilities, axis=0), np.float32)

    step = np.maximum(_ACROSS_CELLS, _ACROSS_WIDTHS * wide)
    own, left, right = beside(0.0), beside(-step), beside(step)
    off = np.float32(0.5) * step * (left - right) / np.minimum(left + right - 2 * own, -1e-6)
    shift = np.column_stack([-off * sin, off * cos]).astype(np.float32)
    highest = (own >= left) & (own >= right) & (np.abs(shift).max(axis=1) <= _OFF_CENTRE_CELLS)
    for cells in _SHADOW_CELLS:
        for side in (-cells, cells):
            some = np.flatnonzero(highest)
            highest[some] = own[some] > _SHADOW_SHARE * _sampled(
                levels,
                layers[some],
                columns[some] - side * sin[some],
                rows[some] + side * cos[some],
            )
    return own, shift, highest


def _sampled(levels: Pixels, layers: Indices, x: Places, y: Places) -> Floats:
    """(N,) probabilities between cells, bilinear; outside the map that of the nearest cell."""
    _, height, width = levels.shape
    x, y = x.clip(0, width - 1.001), y.clip(0, height - 1.001)
    column, row = x.astype(np.intp), y.astype(np.intp)
    right, down = (x - column).astype(np.float32), (y - row).astype(np.float32)
    top = levels[layers, row, column] * (1 - right) + levels[layers, row, column + 1] * right
    row = row + 1
    bottom = levels[layers, row, column] * (1 - right) + levels[layers, row, column + 1] * right
    return np.asarray((top * (1 - down) + bottom * down) / np.float32(CERTAIN))


def _hysteresis(
    rows: Indices, columns: Indices, probability: Floats, shape: tuple[int, int]
) -> Mask:
    """Points whose connected line has a strong point and is larger than a speck."""
    mask = np.zeros(shape, np.uint8)
    mask[rows, columns] = 1
    count, labels = cv2.connectedComponents(mask, connectivity=8)
    label = np.asarray(labels, np.intp)[rows, columns]
    strongest = np.zeros(count, np.float32)
    np.maximum.at(strongest, label, probability)
    size = np.bincount(label, minlength=count)
    return np.asarray((strongest >= STRONG)[label] & (size >= _MIN_POINTS)[label])
