"""The shaft across: how wide it is, and how much it differs from its ground."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_SAMPLES = 25
_REACH_WIDTHS = 4.0
_POINTS_PER_WIDTH = 8
_HALF_CONTRAST = 0.5
_GLOSS_POINTS = 7
_LEAST_OF_GUESS, _MOST_OF_GUESS = 0.35, 3.0
_GROUND_SHARE = 0.2
_ENDS_LEFT_OUT = 0.1


@dataclass(frozen=True)
class Shaft:
    """Width in pixels at half contrast, and contrast in levels of tone (negative: darker)."""

    width_px: float
    contrast: float


def measure_shaft(
    tone: NDArray[np.uint8], path: NDArray[np.float64], guess_px: float, dark: bool
) -> Shaft:
    """The middle profile across (N, 2) ``path``, taken where the photo's ``tone`` (H, W) has it.

    The width is that of the run round the middle in which the profile differs from the ground by
    half of its largest difference, darker or paler: a gloss or a dark edge belongs to the shaft,
    and a gap of less than a width does not end it. It stays within 0.35 to 3 times ``guess_px``;
    a line that is no run at all (its middle is like the ground) gets the least.
    """
    profile, step_px = middle_profile(tone, path, guess_px)
    centre = len(profile) // 2
    near = slice(centre - _POINTS_PER_WIDTH, centre + _POINTS_PER_WIDTH + 1)
    peak = float((-profile if dark else profile)[near].max())
    if peak <= 0:
        return Shaft(guess_px, 0.0)
    unlike = (np.abs(profile) >= _HALF_CONTRAST * peak).astype(np.uint8)[None]
    closed = cv2.morphologyEx(unlike, cv2.MORPH_CLOSE, np.ones((1, _GLOSS_POINTS), np.uint8))[0]
    left = centre - int(np.argmin(closed[centre::-1]))
    right = centre + int(np.argmin(closed[centre:]))
    least_px, most_px = _LEAST_OF_GUESS * guess_px, _MOST_OF_GUESS * guess_px
    width_px = float(np.clip((right - left - 1) * step_px, least_px, most_px))
    return Shaft(width_px, -peak if dark else peak)


def middle_profile(
    tone: NDArray[np.uint8], path: NDArray[np.float64], guess_px: float
) -> tuple[NDArray[np.float64], float]:
    """The median over the path of tone minus ground's tone across it; and its step in pixels."""
    at = _spread(path)
    ahead = path[np.minimum(at + 3, len(path) - 1)] - path[np.maximum(at - 3, 0)]
    ahead /= np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-9)
    normal = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    step_px = guess_px / _POINTS_PER_WIDTH
    half = round(_REACH_WIDTHS * _POINTS_PER_WIDTH)
    offset = np.arange(-half, half + 1) * step_px
    places = path[at][:, None] + offset[None, :, None] * normal[:, None]
    seen = cv2.remap(
        tone,
        places[..., 0].astype(np.float32),
        places[..., 1].astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    ).astype(np.float64)
    outer = round(_GROUND_SHARE * len(offset))
    ground = np.median(np.hstack([seen[:, :outer], seen[:, -outer:]]), axis=1, keepdims=True)
    return np.asarray(np.median(seen - ground, axis=0)), step_px


def _spread(path: NDArray[np.float64]) -> NDArray[np.intp]:
    """Some evenly spread point numbers of a path, its two ends left out."""
    first = int(_ENDS_LEFT_OUT * len(path))
    return np.linspace(first, len(path) - 1 - first, _SAMPLES).round().astype(np.intp)
