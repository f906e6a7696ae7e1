"""Straightened strips of a photo along strands, from which the widths of shafts are measured."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from data.arrays import Array, Mask, Pixels
from data.strands.curves import resample

ROWS, COLUMNS = 16, 64
"""A strip has a row for each shaft width along the strand, and 3.2 widths on either side of it."""
COLUMNS_PER_WIDTH = 10
_MAX_SAMPLES_ALONG, _MAX_SAMPLES_ACROSS = 6, 6
"""Samples averaged in a strip's pixel, at most, in either direction."""
_SAMPLE_PX = 1.5
"""Samples are this far apart in the photo, so that no pixel of it is left out."""
_TANGENT_WIDTHS = 1.0
_END_POINTS = 3
_FADE_WIDTHS = 2.0


@dataclass(frozen=True)
class Strip:
    """The surroundings of a piece of a strand, turned so that the strand runs down its middle.

    ``pixels`` is (ROWS, COLUMNS, 3) uint8, blue green red; ``middle`` and ``normal`` (ROWS, 2) are
    each row's middle in the photo and the unit vector along the row; ``along_px`` (ROWS,) is how
    far along the path each row lies, ``on_path`` (ROWS,) false for rows beyond its end.
    ``guess_px`` is the shaft's width that the strip's scale was chosen for.
    """

    pixels: Pixels
    middle: Array
    normal: Array
    along_px: Array
    on_path: Mask
    guess_px: float


def cut_strip(pixels: Pixels, path: Array, from_px: float, guess_px: float) -> Strip:
    """The strip along ``path`` (N, 2), from ``from_px`` behind its first point on.

    ``pixels`` is the photo. Beyond its border the nearest pixel counts.
    """
    along_each = int(np.clip(np.ceil(guess_px / _SAMPLE_PX), 1, _MAX_SAMPLES_ALONG))
    along_px = from_px + (np.arange(ROWS * along_each) + 0.5) / along_each * guess_px
    lengths = _lengths(path)
    middle = _at(path, lengths, along_px)
    reach_px = _TANGENT_WIDTHS * guess_px
    ahead = _at(path, lengths, along_px + reach_px) - _at(path, lengths, along_px - reach_px)
    ahead /= np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-9)
    normal = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    step_px = guess_px / COLUMNS_PER_WIDTH
    each = int(np.clip(np.ceil(step_px / _SAMPLE_PX), 1, _MAX_SAMPLES_ACROSS))
    across_px = ((np.arange(COLUMNS * each) + 0.5) / each - COLUMNS / 2) * step_px
    xy = middle[:, None] + across_px[None, :, None] * normal[:, None]
    x, y = (np.ascontiguousarray(xy[..., k], np.float32) for k in (0, 1))
    sampled = cv2.remap(pixels, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    sampled = cv2.resize(sampled, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    rows = slice(along_each // 2, None, along_each)
    centre_px = np.asarray(from_px + (np.arange(ROWS) + 0.5) * guess_px, np.float64)
    return Strip(
        pixels=np.asarray(sampled, np.uint8),
        middle=_at(path, lengths, centre_px),
        normal=normal[rows],
        along_px=centre_px,
        on_path=centre_px <= lengths[-1],
        guess_px=guess_px,
    )


def _lengths(path: Array) -> Array:
    """(N,) the length along a path up to each of its points."""
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(steps)])


def _at(path: Array, lengths: Array, along_px: Array) -> Array:
    """(M, 2) the places of a path at M lengths along it; beyond an end its direction goes on."""
    xy = np.column_stack([np.interp(along_px, lengths, part) for part in path.T])
    for end, before, past_px in (
        (path[0], path[min(_END_POINTS, len(path) - 1)], -along_px),
        (path[-1], path[max(-1 - _END_POINTS, -len(path))], along_px - lengths[-1]),
    ):
        outward = (end - before) / max(float(np.linalg.norm(end - before)), 1e-9)
        xy += np.maximum(past_px, 0)[:, None] * outward
    return xy


def recentred(path: Array, strips: Sequence[Strip], offsets_px: Sequence[Array]) -> Array:
    """The path, moved sideways where ``strips`` of it show the shaft's middle beside it.

    ``offsets_px`` (ROWS,) are those of each strip's rows, along ``normal``. Strips may run either
    way along the path. Far from any strip the path stays as it is.
    """
    guess_px = strips[0].guess_px
    line = resample(path, max(1.0, guess_px / 2))
    lengths = _lengths(line)
    places, moves = [], []
    for strip, offset_px in zip(strips, offsets_px, strict=True):
        rows = strip.on_path
        places.append(strip.along_px[rows])
        moves.append(offset_px[rows, None] * strip.normal[rows])
    along, move = np.concatenate(places), np.vstack(moves)
    order = along.argsort(kind="stable")
    along, move = along[order], move[order]
    wide = np.flatnonzero(np.diff(along) > 2 * _FADE_WIDTHS * guess_px)
    fade_px = _FADE_WIDTHS * guess_px
    still = np.concatenate([along[wide] + fade_px, along[wide + 1] - fade_px])
    at = np.concatenate([wide + 1, wide + 1])
    along, move = np.insert(along, at, still), np.insert(move, at, 0.0, axis=0)
    aside = np.column_stack([np.interp(lengths, along, part) for part in move.T])
    return np.asarray(line + aside, np.float64)
