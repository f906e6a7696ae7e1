"""Ridge points: places of a line map on the crest of a line, each with its direction.

A point stands out against its neighbours across the line, as in Steger's detector (IEEE TPAMI
20(2), 1998), and against the next directions, as in the orientation scores of Duits and Franken
(Quarterly of Applied Mathematics 68, 2010): where two hairs cross there are two points.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from data.arrays import Floats, Indices, Pixels
from data.strands.line_map import CERTAIN, LineMap

WEAK, STRONG = 0.15, 0.45
"""Chance of a centre line: a ridge goes on above ``WEAK`` from a point of at least ``STRONG``."""
_SMOOTHING_CELLS = ((0.0, 0.7), (8.0, 1.6))
"""From so many cells of width on, the map is smoothed so much: its lines are as broad as their
place is uncertain, which in wide hairs is more."""
_ALONG_CELLS = (-1.5, 0.0, 1.5)
"""Chances are averaged so far along the line, against speckle."""
_ACROSS_CELLS, _ACROSS_WIDTHS = 1.0, 0.15
"""How far to the sides a crest must fall off: wide hairs have broad crests."""
_SHADOW_CELLS, _SHADOW_SHARE = (3.0, 5.0), 0.65
"""What runs beside a line, so near and so much fainter, is its shadow."""
_LEAST_POINTS = 4
_OFF_CENTRE_CELLS = 0.7
Places = NDArray[np.floating]


@dataclass(frozen=True)
class RidgePoints:
    """N points on lines of a map.

    ``xy`` (N, 2) in cells, to a fraction of one; ``cell`` (N, 3) the integer column, row and
    direction of each; ``angle`` (N,) of the line, radians, modulo pi; ``chance`` (N,) that it is
    a centre line; ``width`` (N,) of the hair in cells; ``shape`` (directions, height, width) of
    the map.
    """

    xy: Floats
    cell: Indices
    angle: Floats
    chance: Floats
    width: Floats
    shape: tuple[int, int, int]


def ridge_points(lines: LineMap) -> RidgePoints:
    """The points of a map that lie on the crest of a line."""
    directions, height, width = lines.toward.shape
    smooth = _smoothed(lines)
    rows, columns, layers, angle = _candidates(smooth)
    wide = lines.width_px[rows, columns] / np.float32(lines.cell_px)
    chance, shift, on_crest = _crest(smooth, rows, columns, layers, angle, wide)
    on_crest[on_crest] = _hysteresis(
        rows[on_crest], columns[on_crest], chance[on_crest], (height, width)
    )
    cell = np.column_stack([columns, rows, layers])[on_crest]
    return RidgePoints(
        xy=(cell[:, :2] + shift[on_crest]).astype(np.float32),
        cell=cell,
        angle=angle[on_crest],
        chance=chance[on_crest],
        width=wide[on_crest],
        shape=(directions, height, width),
    )


def _smoothed(lines: LineMap) -> Pixels:
    """(K, h, w) the chances, smoothed the more where hairs are wide."""
    width = cv2.blur(lines.width_px, (5, 5)) / lines.cell_px
    (_, fine), (least, coarse) = _SMOOTHING_CELLS
    wide = (width >= least) & (cv2.blur(lines.centre, (9, 9)) > WEAK / 2)
    box = _box(wide, margin=round(4 * coarse))
    smooth = np.empty_like(lines.toward)
    for out, layer in zip(smooth, lines.toward, strict=True):
        cv2.GaussianBlur(layer, (0, 0), fine, dst=out)
        if box is not None:
            out[box][wide[box]] = cv2.GaussianBlur(layer[box], (0, 0), coarse)[wide[box]]
    return smooth


def _box(mask: NDArray[np.bool_], margin: int) -> tuple[slice, slice] | None:
    """The rows and columns that hold all of a mask, and a margin; None for an empty mask."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    return (
        slice(max(0, rows[0] - margin), rows[-1] + margin + 1),
        slice(max(0, columns[0] - margin), columns[-1] + margin + 1),
    )


def _candidates(toward: Pixels) -> tuple[Indices, Indices, Indices, Floats]:
    """Rows, columns and directions that stand out among directions, and the angle between them."""
    rows, columns = np.nonzero(toward.max(axis=0) > WEAK * CERTAIN)
    around = toward[:, rows, columns] / np.float32(CERTAIN)
    before, after = np.roll(around, 1, axis=0), np.roll(around, -1, axis=0)
    layers, number = np.nonzero((around > WEAK) & (around >= before) & (around > after))
    own, before, after = around[layers, number], before[layers, number], after[layers, number]
    # A parabola through three directions has its top here.
    off = np.float32(0.5) * (before - after) / np.minimum(before + after - 2 * own, -1e-6)
    angle = (layers + off.clip(-0.5, 0.5)) * np.float32(np.pi / len(around))
    return rows[number], columns[number], layers, angle.astype(np.float32)


def _crest(
    toward: Pixels, rows: Indices, columns: Indices, layers: Indices, angle: Floats, wide: Floats
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """For each point its chance, the way (N, 2) to the crest, and whether it is on it."""
    cos, sin = np.cos(angle), np.sin(angle)

    def beside(cells: Floats | float) -> Floats:
        """The mean chance along a line that runs so many cells beside the point."""
        chances = [
            _sampled(toward, layers, columns + a * cos - cells * sin, rows + a * sin + cells * cos)
            for a in _ALONG_CELLS
        ]
        return np.asarray(np.mean(chances, axis=0), np.float32)

    step = np.maximum(_ACROSS_CELLS, _ACROSS_WIDTHS * wide)
    own, left, right = beside(0.0), beside(-step), beside(step)
    off = np.float32(0.5) * step * (left - right) / np.minimum(left + right - 2 * own, -1e-6)
    shift = np.column_stack([-off * sin, off * cos]).astype(np.float32)
    highest = (own >= left) & (own >= right) & (np.abs(shift).max(axis=1) <= _OFF_CENTRE_CELLS)
    for cells in _SHADOW_CELLS:
        for side in (-cells, cells):
            some = np.flatnonzero(highest)
            highest[some] = own[some] > _SHADOW_SHARE * _sampled(
                toward,
                layers[some],
                columns[some] - side * sin[some],
                rows[some] + side * cos[some],
            )
    return own, shift, highest


def _sampled(toward: Pixels, layers: Indices, x: Places, y: Places) -> Floats:
    """(N,) chances at places between cells, bilinear; beyond the border its nearest cell's."""
    _, height, width = toward.shape
    x, y = x.clip(0, width - 1.001), y.clip(0, height - 1.001)
    column, row = x.astype(np.intp), y.astype(np.intp)
    right, down = (x - column).astype(np.float32), (y - row).astype(np.float32)
    top = toward[layers, row, column] * (1 - right) + toward[layers, row, column + 1] * right
    row = row + 1
    bottom = toward[layers, row, column] * (1 - right) + toward[layers, row, column + 1] * right
    return np.asarray((top * (1 - down) + bottom * down) / np.float32(CERTAIN))


def _hysteresis(
    rows: Indices, columns: Indices, chance: Floats, shape: tuple[int, int]
) -> NDArray[np.bool_]:
    """Points whose connected line has a strong point and is no mere speck."""
    mask = np.zeros(shape, np.uint8)
    mask[rows, columns] = 1
    count, labels = cv2.connectedComponents(mask, connectivity=8)
    label = np.asarray(labels, np.intp)[rows, columns]
    strongest = np.zeros(count, np.float32)
    np.maximum.at(strongest, label, chance)
    size = np.bincount(label, minlength=count)
    return np.asarray((strongest >= STRONG)[label] & (size >= _LEAST_POINTS)[label])
