"""Finding the strands of a photo: lines of its map, joined, measured in the photo, ended."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from data.images.photo import Photo
from data.strands.contrast import contrast
from data.strands.curves import Curve, resample, trace
from data.strands.ends import mark_occluded_ends, refine_end
from data.strands.line_map import LineMap
from data.strands.linking import join_curves
from data.strands.ridges import ridge_points
from data.strands.strand import End, EndState, Strand
from data.strands.suppression import suppress_duplicates

LEAST_LENGTH_WIDTHS = 7.0
LEAST_LENGTH_PX = 20.0
LEAST_CHANCE = 0.4
"""Least mean chance along a line (our assumption)."""
_PATH_STEP_PX = 6.0
_APART_CELLS = 2.5
_DIRECTION_FROM_WIDTHS, _DIRECTION_TO_WIDTHS = 1.0, 6.0
_BORDER_WIDTHS, _BORDER_PX = 0.35, 2.0


def find_strands(photo: Photo, lines: LineMap) -> list[Strand]:
    """Every line in the photo that may be a hair, longest first."""
    curves = [curve for curve in trace_lines(lines) if _is_evident(curve, lines.cell_px)]
    strands = [_strand(photo, curve, lines) for curve in curves]
    found = suppress_duplicates(strands, _APART_CELLS * lines.cell_px)
    tone = np.asarray(cv2.cvtColor(photo.pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    whole = [_to_its_tips(photo, tone, strand, lines) for strand in found]
    return sorted(mark_occluded_ends(whole), key=lambda strand: -strand.length_px)


def trace_lines(lines: LineMap) -> list[Curve]:
    """The lines of a map, each followed through crossings and faint places."""
    return join_curves(line_pieces(lines), lines)


def line_pieces(lines: LineMap) -> list[Curve]:
    """The pieces of lines that are joined: from one faint place to another."""
    return trace(ridge_points(lines))


def _is_evident(curve: Curve, cell_px: float) -> bool:
    least_px = max(LEAST_LENGTH_PX, LEAST_LENGTH_WIDTHS * curve.typical_width * cell_px)
    return curve.length * cell_px >= least_px and float(curve.chance.mean()) >= LEAST_CHANCE


def _strand(photo: Photo, curve: Curve, lines: LineMap) -> Strand:
    """A curve of the map in the photo's pixels."""
    path = resample(lines.to_photo(curve.xy), _PATH_STEP_PX)
    shaft_px = curve.typical_width * lines.cell_px
    ends = _end(photo, path, shaft_px), _end(photo, path[::-1], shaft_px)
    chance = float(curve.chance.mean())
    return Strand(path, shaft_px, ends, contrast=0.0, tangled=curve.doubtful, chance=chance)


def _end(photo: Photo, path: NDArray[np.float64], shaft_px: float) -> End:
    """The end at ``path[0]``."""
    away = np.linalg.norm(path - path[0], axis=1)
    near = path[int(np.argmax(away >= _DIRECTION_FROM_WIDTHS * shaft_px))]
    far = path[int(np.argmax(away >= _DIRECTION_TO_WIDTHS * shaft_px)) or len(path) - 1]
    step = near - far if (near != far).any() else path[0] - path[-1]
    direction = float(np.arctan2(step[1], step[0]))
    end = End(float(path[0, 0]), float(path[0, 1]), direction, EndState.VISIBLE)
    return _in_or_out(photo, end, shaft_px)


def _to_its_tips(photo: Photo, tone: NDArray[np.uint8], strand: Strand, lines: LineMap) -> Strand:
    """The strand with its visible ends moved to the far tips of bulb and tail."""
    one, other = (
        _in_or_out(photo, refine_end(lines, end, strand.shaft_px), strand.shaft_px)
        if end.state is EndState.VISIBLE
        else end
        for end in strand.ends
    )
    path = _up_to(one, _up_to(other, strand.path[::-1])[::-1])
    path = resample(path, _PATH_STEP_PX)
    levels = contrast(tone, path, strand.shaft_px)
    return replace(strand, path=path, ends=(one, other), contrast=levels)


def _up_to(end: End, path: NDArray[np.float64]) -> NDArray[np.float64]:
    """A path that begins at ``end``; its first points, should they lie beyond, are left out."""
    ahead = (path - (end.x, end.y)) @ (np.cos(end.direction), np.sin(end.direction))
    first = min(int(np.argmax(ahead < 0)), len(path) - 2)
    return np.vstack([[(end.x, end.y)], path[first:]])


def _in_or_out(photo: Photo, end: End, shaft_px: float) -> End:
    return replace(end, state=EndState.OUT_OF_PHOTO) if _leaves(photo, end, shaft_px) else end


def _leaves(photo: Photo, end: End, shaft_px: float) -> bool:
    """Whether the strand goes on past the border: its end lies there."""
    margin = max(_BORDER_PX, _BORDER_WIDTHS * shaft_px)
    return not (
        margin <= end.x <= photo.width - 1 - margin and margin <= end.y <= photo.height - 1 - margin
    )
