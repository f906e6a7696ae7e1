"""Finding the strands of a photo: ridges, curves, one per line, joined, measured, ended."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from data.companions import drop_companions
from data.curve import Curve, trace
from data.join import join_curves
from data.merge import merge_levels
from data.photo import Photo
from data.polyline import resample
from data.ridge import pyramid, ridge_points
from data.shaft import measure_shaft
from data.strand import End, EndState, Strand
from data.tip import move_to_tip

SEARCH_PIXELS = 3e6
"""The search runs on a copy of about this many pixels; measuring and cropping on all of them."""
LEAST_LENGTH_WIDTHS = 6.0
LEAST_LENGTH_PX = 24.0
LEAST_EVIDENCE = 10.0
"""Least mean salience times the root of the length in widths (our assumption)."""
_PATH_STEP_PX = 6.0
_DIRECTION_FROM_WIDTHS, _DIRECTION_TO_WIDTHS = 1.0, 6.0
_BORDER_WIDTHS, _BORDER_PX = 0.35, 2.0
_SHOWS_FROM_WIDTHS = 1.5


def find_strands(photo: Photo) -> list[Strand]:
    """Every line in the photo that may be a hair, longest first."""
    tone = np.asarray(cv2.cvtColor(photo.pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    small, scale = _search_copy(tone)
    lines = [line for line in find_lines(small) if _is_evident(line)]
    strands = [_strand(photo, tone, line, scale) for line in lines]
    kept = drop_companions([s for s in strands if _is_long(s)])
    return sorted(_hide_ends(kept), key=lambda s: -s.length_px)


def find_lines(tone: NDArray[np.uint8]) -> list[Curve]:
    """Lines of any width in (H, W) ``tone``, each once and joined across its gaps."""
    curves = [
        curve
        for depth, level in enumerate(pyramid(tone.astype(np.float32)))
        for curve in trace(ridge_points(level), 2.0**depth)
    ]
    return join_curves(merge_levels(curves, (tone.shape[0], tone.shape[1])))


def _search_copy(tone: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
    """A copy of at most SEARCH_PIXELS and the number of photo pixels along one of its own."""
    height, width = tone.shape
    scale = float(np.sqrt(height * width / SEARCH_PIXELS))
    if scale <= 1:
        return tone, 1.0
    size = (round(width / scale), round(height / scale))
    return np.asarray(cv2.resize(tone, size, interpolation=cv2.INTER_AREA), np.uint8), scale


def _is_evident(line: Curve) -> bool:
    length_px = float(np.linalg.norm(np.diff(line.xy, axis=0), axis=1).sum())
    evidence = float(line.salience.mean()) * (length_px / line.width_px) ** 0.5
    return evidence >= LEAST_EVIDENCE and length_px >= LEAST_LENGTH_WIDTHS * line.width_px / 2


def _is_long(strand: Strand) -> bool:
    return strand.length_px >= max(LEAST_LENGTH_PX, LEAST_LENGTH_WIDTHS * strand.shaft_px)


def _strand(photo: Photo, tone: NDArray[np.uint8], line: Curve, scale: float) -> Strand:
    """A curve of the search copy measured in the photo, and its ends moved to their tips."""
    path = resample(line.xy * scale + (scale - 1) / 2, _PATH_STEP_PX)
    dark = float(np.median(line.strength)) > 0
    shaft = measure_shaft(tone, path, line.width_px * scale, dark)
    ends = _end(photo, path, shaft.width_px), _end(photo, path[::-1], shaft.width_px)
    path = np.vstack([[(ends[0].x, ends[0].y)], path, [(ends[1].x, ends[1].y)]])
    path = resample(path, _PATH_STEP_PX)
    return Strand(path, shaft.width_px, ends, shaft.contrast)


def _end(photo: Photo, path: NDArray[np.float64], shaft_px: float) -> End:
    """The end at ``path[0]``."""
    away = np.linalg.norm(path - path[0], axis=1)
    near = path[int(np.argmax(away >= _DIRECTION_FROM_WIDTHS * shaft_px))]
    far = path[int(np.argmax(away >= _DIRECTION_TO_WIDTHS * shaft_px)) or len(path) - 1]
    step = near - far if (near != far).any() else path[0] - path[-1]
    direction = float(np.arctan2(step[1], step[0]))
    end = End(float(path[0, 0]), float(path[0, 1]), direction, EndState.VISIBLE)
    if _leaves(photo, end, shaft_px):
        return replace(end, state=EndState.OUT_OF_PHOTO)
    end = move_to_tip(photo.pixels, end, shaft_px)
    return replace(end, state=EndState.OUT_OF_PHOTO) if _leaves(photo, end, shaft_px) else end


def _leaves(photo: Photo, end: End, shaft_px: float) -> bool:
    """Whether the strand goes on past the border: its end lies there."""
    margin = max(_BORDER_PX, _BORDER_WIDTHS * shaft_px)
    return not (
        margin <= end.x <= photo.width - 1 - margin and margin <= end.y <= photo.height - 1 - margin
    )


def _hide_ends(strands: list[Strand]) -> list[Strand]:
    """Ends that lie under another strand become ``hidden``."""
    if not strands:
        return []
    counts = [len(strand.path) for strand in strands]
    bodies = np.vstack([strand.path for strand in strands])
    owner = np.repeat(np.arange(len(strands)), counts)
    half_px = np.repeat([strand.shaft_px / 2 for strand in strands], counts)

    def hidden(number: int, end: End) -> End:
        back_px = _SHOWS_FROM_WIDTHS * strands[number].shaft_px
        behind = end.x - back_px * np.cos(end.direction), end.y - back_px * np.sin(end.direction)
        covered = [
            bool(((np.hypot(*(bodies - place).T) < half_px) & (owner != number)).any())
            for place in ((end.x, end.y), behind)
        ]
        if end.state is EndState.VISIBLE and any(covered):
            return replace(end, state=EndState.HIDDEN)
        return end

    return [
        replace(strand, ends=(hidden(number, strand.ends[0]), hidden(number, strand.ends[1])))
        for number, strand in enumerate(strands)
    ]
