"""Bars and letters that a microscope or a camera burned into the picture: flat ink, level to the
pixel."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from data.arrays import Mask, Pixels
from data.images.photo import Photo
from data.strands.strand import Strand

_CORNER_REACH = 16
"""Levels from 0 or 255 up to which a channel counts as ink. JPEG moves flat ink by a few levels."""
_INK_REACH = 48
"""Levels from the ink's colour up to which a pixel belongs to it."""
_MIN_BAR_INK, _MIN_TEXT_INK = 0.4, 0.2
"""Share of a strand's line that is ink."""
_MIN_STRAIGHT_SHARE = 0.8
"""Share of a bar's columns whose upper, and whose lower, border lies in one and the same row."""
_MIN_LETTER_PX, _MAX_LETTER_PX = 6, 120
_MIN_LETTERS = 3
"""Letters of one height on one line, each near the next. Our assumption."""
_NEXT_HEIGHTS, _LEVEL_SHARE = 1.5, 0.08
_AROUND_PX = 260
_MIN_INSIDE_SHARE = 0.6

Box = tuple[int, int, int, int]


def burned_in(photo: Photo, strands: Sequence[Strand]) -> Mask:
    """Which of the strands (N,) are a burned-in bar, or lie in a row of burned-in letters.

    Hairs are not: their colour varies along them, or their borders leave the rows of pixels.
    """
    return np.array([_is_burned_in(photo.pixels, strand) for strand in strands], bool)


def _is_burned_in(pixels: Pixels, strand: Strand) -> bool:
    at = np.clip(np.round(strand.path).astype(int), 0, np.array(pixels.shape[1::-1]) - 1)
    levels = pixels[at[:, 1], at[:, 0]].astype(int)
    ink = ((levels <= _CORNER_REACH) | (levels >= 255 - _CORNER_REACH)).all(axis=1)
    if ink.mean() < _MIN_TEXT_INK:
        return False
    corners, counts = np.unique((levels[ink] > 127).astype(int), axis=0, return_counts=True)
    colour = 255 * corners[counts.argmax()]
    share = counts.max() / len(levels)
    if share < _MIN_TEXT_INK:
        return False
    low, window = _window(pixels, at)
    inked = (np.abs(window.astype(int) - colour) <= _INK_REACH).all(axis=2).astype(np.uint8)
    inside = at - low
    if share >= _MIN_BAR_INK and _is_level_bar(inked, inside):
        return True
    return _share_in(_letter_rows(inked), inside) >= _MIN_INSIDE_SHARE


def _window(pixels: Pixels, at: NDArray[np.int_]) -> tuple[NDArray[np.int_], Pixels]:
    """The surroundings of a line, and their upper left pixel."""
    size = np.array(pixels.shape[1::-1])
    low = np.maximum(at.min(axis=0) - (_AROUND_PX, _MAX_LETTER_PX), 0)
    high = np.minimum(at.max(axis=0) + (_AROUND_PX, _MAX_LETTER_PX) + 1, size)
    return low, pixels[low[1] : high[1], low[0] : high[0]]


def _is_level_bar(inked: Pixels, line: NDArray[np.int_]) -> bool:
    """Whether the ink under a line is a level or an upright bar."""
    _, labels = cv2.connectedComponents(inked, connectivity=4)
    found = labels[line[:, 1], line[:, 0]]
    numbers, counts = np.unique(found[found > 0], return_counts=True)
    if not len(numbers):
        return False
    body = labels == numbers[counts.argmax()]
    if np.count_nonzero(body.any(axis=0)) < np.count_nonzero(body.any(axis=1)):
        body = body.T
    columns = np.flatnonzero(body.any(axis=0))
    columns = columns[2:-2]  # ticks may stand at both ends
    if len(columns) < 8:
        return False
    upper = body.argmax(axis=0)[columns]
    lower = len(body) - body[::-1].argmax(axis=0)[columns]
    return all(_most_common_share(border) >= _MIN_STRAIGHT_SHARE for border in (upper, lower))


def _most_common_share(rows: NDArray[np.int_]) -> float:
    return float(np.bincount(rows).max() / len(rows))


def _letter_rows(inked: Pixels) -> list[Box]:
    """Boxes (left, top, right, bottom) of letters in rows."""
    stats = cv2.connectedComponentsWithStats(inked, connectivity=8)[2][1:]
    x, y, wide, high = (stats[:, k].astype(int) for k in range(4))
    letters = (high >= _MIN_LETTER_PX) & (high <= _MAX_LETTER_PX) & (wide <= 3 * high)
    x, y, wide, high = x[letters], y[letters], wide[letters], high[letters]
    rows = []
    for k in range(len(x)):
        slack = max(1.0, _LEVEL_SHARE * high[k])
        level = (np.abs(y - y[k]) <= slack) & (np.abs(y + high - y[k] - high[k]) <= slack)
        gap = np.maximum(x - x[k] - wide[k], x[k] - x - wide)
        if np.count_nonzero(level & (gap <= _NEXT_HEIGHTS * high[k])) >= _MIN_LETTERS:
            reach = high[k] // 2
            rows.append(
                (x[k] - reach, y[k] - reach, x[k] + wide[k] + reach, y[k] + high[k] + reach)
            )
    return rows


def _share_in(boxes: Sequence[Box], line: NDArray[np.int_]) -> float:
    """The share of a line's points in any of the boxes."""
    inside = np.zeros(len(line), bool)
    for left, top, right, bottom in boxes:
        inside |= ((line >= (left, top)) & (line <= (right, bottom))).all(axis=1)
    return float(inside.mean())
