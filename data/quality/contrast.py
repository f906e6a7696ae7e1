"""Roots that hardly differ from what they lie on."""

from collections.abc import Sequence

import numpy as np

from data.images.photo import Photo
from data.quality.ends import SeenEnd
from data.quality.finding import Finding, box_around, some_are

LEAST_CONTRAST = 26.0
"""Grey levels between root and ground below which an end is faint: measured in docs/retake.md."""
SOME_FAINT = 0.4
"""A smaller share of faint ends is no fault of the photo: a hair has one root at most, and its tip
may be fine. Our assumption."""
_MID_TONE = 128.0
_MARGIN_WIDTHS = 4.0


def contrast_of_some(ends: Sequence[SeenEnd]) -> float:
    """The contrast that the faintest ends, ``SOME_FAINT`` of them, do not exceed; 255 without
    any."""
    levels = [end.contrast for end in ends]
    return float(np.quantile(levels, SOME_FAINT, method="lower")) if levels else 255.0


def faint_roots(photo: Photo, ends: Sequence[SeenEnd]) -> Finding | None:
    """Many ends hardly stand out, with their place, and the ground on which they would."""
    faint = [end for end in ends if end.contrast < LEAST_CONTRAST]
    if not faint or len(faint) < SOME_FAINT * len(ends):
        return None
    is_pale = np.median([end.ground_tone for end in faint]) >= _MID_TONE
    places = np.array([(end.end.x, end.end.y) for end in faint])
    margin = _MARGIN_WIDTHS * max(end.shaft_px for end in faint)
    return Finding(
        "low_contrast",
        f"{some_are(len(faint), len(ends), 'hair end')} hardly to be told from what lies under; "
        f"lay the hairs on a {'darker' if is_pale else 'paler'} matte card.",
        box_around(photo, places, margin),
    )
