"""Measures the widths of strands, and where their middle runs, in the full-resolution photo.

The line map's width is a guess from a small copy of the photo. Here the edges of the shaft are
read in straightened strips of the photo itself, first from the guess, then from what was read.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np

from data.arrays import Array, Pixels
from data.images.photo import Photo
from data.strands.strand import Strand
from data.strands.strips import ROWS, Strip, cut_strip, recentred


@dataclass(frozen=True)
class RowWidths:
    """What the rows of a strip show, each (ROWS,).

    ``offset_px`` of the shaft's middle from the row's, ``width_px`` of the shaft, ``error`` the
    expected error of the width's logarithm, ``shaft`` the probability (0-1) that the row shows a
    single shaft at its full width: no bulb, sheath, tip or crossing.
    """

    offset_px: Array
    width_px: Array
    error: Array
    shaft: Array


class WidthMeter(Protocol):
    """Reads the edges of shafts in strips."""

    def read(self, strips: Sequence[Strip], first: bool) -> list[RowWidths]:
        """What each strip shows. ``first``: its scale and path are guesses, not yet measured."""


@dataclass(frozen=True)
class _Piece:
    """A strip, and whether it runs from the strand's first end, its last, or lies between."""

    strip: Strip
    end: int | None


_ROUNDS = 3
_MIDDLE_FROM_WIDTHS = 3 * ROWS
"""A strand longer than this is measured in its middle as well."""
_SMOOTHING_ROWS = 1.0
_MIN_SHAFT_ROWS = 1.5
"""An end with less shaft in its strip gets the strand's width. Our assumption."""
_MAX_OFFSET_WIDTHS = 1.2
UNMEASURED_ERROR = 0.5
"""The error of the line map's width, where the photo shows no shaft to measure."""


def measure_strands(photo: Photo, strands: Sequence[Strand], meter: WidthMeter) -> list[Strand]:
    """The strands with measured widths, their paths moved onto the shaft's middle."""
    strands = list(strands)
    for turn in range(_ROUNDS):
        pieces = [_pieces(photo.pixels, strand) for strand in strands]
        flat = [piece.strip for some in pieces for piece in some]
        rows = iter(meter.read(flat, first=turn == 0) if flat else [])
        read = [[next(rows) for _ in some] for some in pieces]
        strands = [
            _with_widths(strand, some, own)
            for strand, some, own in zip(strands, pieces, read, strict=True)
        ]
    return strands


def _pieces(pixels: Pixels, strand: Strand) -> list[_Piece]:
    """Strips of a strand's two ends, and of its middle if it is long."""
    guess_px, length_px = strand.shaft_px, strand.length_px
    back = strand.path[::-1]
    pieces = [
        _Piece(cut_strip(pixels, strand.path, 0.0, guess_px), 0),
        _Piece(_turned(cut_strip(pixels, back, 0.0, guess_px), length_px), 1),
    ]
    if length_px > _MIDDLE_FROM_WIDTHS * guess_px:
        from_px = (length_px - ROWS * guess_px) / 2
        pieces.append(_Piece(cut_strip(pixels, strand.path, from_px, guess_px), None))
    return pieces


def _turned(strip: Strip, length_px: float) -> Strip:
    """A strip along the reversed path, with lengths along the path itself."""
    return replace(strip, along_px=length_px - strip.along_px)


def _with_widths(strand: Strand, pieces: Sequence[_Piece], rows: Sequence[RowWidths]) -> Strand:
    weights = [_weights(piece.strip, own) for piece, own in zip(pieces, rows, strict=True)]
    shaft_px, error = _typical(rows, weights)
    if not shaft_px:
        return replace(strand, shaft_px_error=UNMEASURED_ERROR * strand.shaft_px)
    strips = [piece.strip for piece in pieces]
    path = recentred(
        strand.path, strips, [_offsets(s, own) for s, own in zip(strips, rows, strict=True)]
    )
    ends = list(strand.ends)
    for piece, own, weight in zip(pieces, rows, weights, strict=True):
        if piece.end is not None:
            at_end, end_error = _typical([own], [weight])
            ends[piece.end] = replace(
                ends[piece.end],
                shaft_px=at_end or shaft_px,
                shaft_px_error=(at_end * end_error if at_end else shaft_px * error),
            )
    return replace(
        strand,
        path=path,
        shaft_px=shaft_px,
        shaft_px_error=error * shaft_px,
        ends=(ends[0], ends[1]),
    )


def _weights(strip: Strip, rows: RowWidths) -> Array:
    return np.asarray(strip.on_path * rows.shaft**2 / rows.error)


def _typical(rows: Sequence[RowWidths], weights: Sequence[Array]) -> tuple[float, float]:
    """The weighted median of widths and its expected error; zeros where no shaft is seen."""
    width, error = (np.concatenate([getattr(r, k) for r in rows]) for k in ("width_px", "error"))
    weight = np.concatenate(weights)
    if (weight * error).sum() < _MIN_SHAFT_ROWS:
        return 0.0, 0.0
    order = width.argsort()
    total = weight[order].cumsum()
    median = width[order][np.searchsorted(total, total[-1] / 2)]
    return float(median), float((error * weight).sum() / weight.sum())


def _offsets(strip: Strip, rows: RowWidths) -> Array:
    """(ROWS,) the rows' offsets, smoothed along the strand; rows without a shaft count little."""
    weight = (rows.shaft * strip.on_path + 1e-3).astype(np.float32)
    limit = _MAX_OFFSET_WIDTHS * strip.guess_px
    offset = rows.offset_px.clip(-limit, limit).astype(np.float32)
    both = np.column_stack([offset * weight, weight])
    smooth = cv2.GaussianBlur(
        both,
        (1, 5),
        sigmaX=_SMOOTHING_ROWS,
        sigmaY=_SMOOTHING_ROWS,
        borderType=cv2.BORDER_REPLICATE,
    )
    return np.asarray(smooth[:, 0] / smooth[:, 1], np.float64)
