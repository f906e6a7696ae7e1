"""Finds the strands of a photo in its line map, with their ends and their contrast."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from data.arrays import Array, Pixels
from data.images.photo import Photo
from data.strands.curves import Curve, resample, trace_curves
from data.strands.ends import mark_occluded_ends, refine_end
from data.strands.line_map import WIDE_CELLS, LineMap
from data.strands.linking import join_curves
from data.strands.ridges import ridge_points
from data.strands.strand import End, EndState, Strand
from data.strands.suppression import suppress_duplicates
from data.strands.width import WidthMeter, measure_strands

_SAMPLES = 25
_MARGIN_SHARE = 0.1
"""Left out at both ends of the path: bulb and tip differ from the shaft."""
_BACKGROUND_FROM_WIDTHS, _BACKGROUND_TO_WIDTHS = 1.5, 3.0
_SIDE_POINTS = 4


def contrast(grey: Pixels, path: Array, shaft_px: float) -> float:
    """Median grey level of a shaft minus that of its background, negative for a darker hair.

    ``grey`` (H, W) is the photo, ``path`` (N, 2) the shaft's centre line. Of a dark hair with a
    pale gloss, or a pale one with dark edges, the level that differs most counts.
    """
    first = int(_MARGIN_SHARE * len(path))
    at = np.linspace(first, len(path) - 1 - first, _SAMPLES).round().astype(np.intp)
    ahead = path[np.minimum(at + 3, len(path) - 1)] - path[np.maximum(at - 3, 0)]
    ahead /= np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-9)
    normal = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    inner = np.linspace(-0.45, 0.45, 2 * _SIDE_POINTS + 1)
    outer = np.linspace(_BACKGROUND_FROM_WIDTHS, _BACKGROUND_TO_WIDTHS, _SIDE_POINTS)
    shaft = _profiles(grey, path[at], normal, inner * shaft_px)
    background = _profiles(grey, path[at], normal, np.concatenate([-outer, outer]) * shaft_px)
    profile = np.median(shaft - np.median(background, axis=1, keepdims=True), axis=0)
    return float(profile[np.abs(profile).argmax()])


def _profiles(grey: Pixels, points: Array, normal: Array, offsets_px: Array) -> Array:
    """(N, K) grey levels at K offsets along the normal of each of N points."""
    xy = points[:, None] + offsets_px[None, :, None] * normal[:, None]
    x, y = (np.ascontiguousarray(xy[..., k], np.float32) for k in (0, 1))
    return cv2.remap(grey, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(float)


MIN_LENGTH_WIDTHS, MIN_LENGTH_PX = 5.0, 20.0
"""A shorter line shows too little to be a hair. Seven widths lost 12 of 817 roots of renders, for 2
fewer strands on nothing in the report."""
MIN_LINE_CONFIDENCE = 0.4
"""Mean probability along a line. At 0.3, 10 roots more of the 817 were found, and 13 strands more
on nothing."""
_PATH_STEP_PX = 6.0
_APART_CELLS = 2.5
_DIRECTION_FROM_WIDTHS, _DIRECTION_TO_WIDTHS = 1.0, 6.0
_BORDER_WIDTHS, _BORDER_PX = 0.35, 2.0


def find_strands(
    photo: Photo, lines: LineMap, meter: WidthMeter, coarser: Sequence[LineMap] = ()
) -> list[Strand]:
    """Every line in the photo that may be a hair, longest first.

    Lines too wide for a map come from the next of the ``coarser`` ones, if there is one.
    """
    maps = (lines, *coarser)
    least_px = (0.0, *(WIDE_CELLS * each.cell_px for each in maps))
    strands: list[Strand] = []
    for each, wide_px in reversed(list(zip(maps, least_px, strict=False))):
        some = [strand for strand in _in_map(photo, each, meter) if strand.shaft_px >= wide_px]
        strands = suppress_duplicates(some, _APART_CELLS * each.cell_px, certain=strands)
    return sorted(mark_occluded_ends(strands), key=lambda strand: -strand.length_px)


def _in_map(photo: Photo, lines: LineMap, meter: WidthMeter) -> list[Strand]:
    """The strands of one map, measured, with their ends in place."""
    curves = [curve for curve in trace_lines(lines) if _is_long_and_clear(curve, lines.cell_px)]
    strands = [_strand(photo, curve, lines) for curve in curves]
    measured = [_with_directions(photo, s) for s in measure_strands(photo, strands, meter)]
    distinct = suppress_duplicates(measured, _APART_CELLS * lines.cell_px)
    grey = np.asarray(cv2.cvtColor(photo.pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    return [_with_refined_ends(photo, grey, strand, lines) for strand in distinct]


def trace_lines(lines: LineMap) -> list[Curve]:
    """The lines of a map, each followed through crossings and faint places."""
    return join_curves(line_pieces(lines), lines)


def line_pieces(lines: LineMap) -> list[Curve]:
    """The pieces of lines before joining: each ends at a faint place or a crossing."""
    return trace_curves(ridge_points(lines))


def _is_long_and_clear(curve: Curve, cell_px: float) -> bool:
    min_length_px = max(MIN_LENGTH_PX, MIN_LENGTH_WIDTHS * curve.typical_width * cell_px)
    long_enough = curve.length * cell_px >= min_length_px
    return long_enough and float(curve.probability.mean()) >= MIN_LINE_CONFIDENCE


def _strand(photo: Photo, curve: Curve, lines: LineMap) -> Strand:
    """A curve of the map in the photo's pixels."""
    path = resample(lines.to_photo(curve.xy), _PATH_STEP_PX)
    shaft_px = curve.typical_width * lines.cell_px
    ends = _end(photo, path, shaft_px), _end(photo, path[::-1], shaft_px)
    confidence = float(curve.probability.mean())
    return Strand(path, shaft_px, ends, 0.0, tangled=curve.ambiguous, confidence=confidence)


def _with_directions(photo: Photo, strand: Strand) -> Strand:
    """The strand with the directions of its ends taken from its path again."""
    path = resample(strand.path, _PATH_STEP_PX)
    ends = (
        replace(
            _end(photo, line, strand.shaft_px),
            shaft_px=end.shaft_px,
            shaft_px_error=end.shaft_px_error,
        )
        for line, end in zip((path, path[::-1]), strand.ends, strict=True)
    )
    one, other = ends
    return replace(strand, path=path, ends=(one, other))


def _end(photo: Photo, path: Array, shaft_px: float) -> End:
    """The end at ``path[0]``."""
    away = np.linalg.norm(path - path[0], axis=1)
    near = path[int(np.argmax(away >= _DIRECTION_FROM_WIDTHS * shaft_px))]
    far = path[int(np.argmax(away >= _DIRECTION_TO_WIDTHS * shaft_px)) or len(path) - 1]
    step = near - far if (near != far).any() else path[0] - path[-1]
    direction = float(np.arctan2(step[1], step[0]))
    end = End(float(path[0, 0]), float(path[0, 1]), direction, EndState.VISIBLE)
    return _in_or_out(photo, end, shaft_px)


def _with_refined_ends(photo: Photo, grey: Pixels, strand: Strand, lines: LineMap) -> Strand:
    """The strand with its visible ends moved to the far tips of bulb and tail, and its contrast."""
    one, other = (
        _in_or_out(photo, refine_end(lines, end, strand.shaft_px), strand.shaft_px)
        if end.state is EndState.VISIBLE
        else end
        for end in strand.ends
    )
    path = _starting_at(one, _starting_at(other, strand.path[::-1])[::-1])
    path = resample(path, _PATH_STEP_PX)
    levels = contrast(grey, path, strand.shaft_px)
    return replace(strand, path=path, ends=(one, other), contrast=levels)


def _starting_at(end: End, path: Array) -> Array:
    """The path from ``end`` on; points beyond the end are dropped."""
    ahead = (path - (end.x, end.y)) @ (np.cos(end.direction), np.sin(end.direction))
    first = min(int(np.argmax(ahead < 0)), len(path) - 2)
    return np.vstack([[(end.x, end.y)], path[first:]])


def _in_or_out(photo: Photo, end: End, shaft_px: float) -> End:
    """The end, marked as out of the photo if it lies at the border."""
    margin = max(_BORDER_PX, _BORDER_WIDTHS * shaft_px)
    inside_x = margin <= end.x <= photo.width - 1 - margin
    inside_y = margin <= end.y <= photo.height - 1 - margin
    return end if inside_x and inside_y else replace(end, state=EndState.OUT_OF_PHOTO)
