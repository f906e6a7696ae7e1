"""Too little light, and too much of it."""

import cv2
import numpy as np

from data.quality.finding import Finding
from data.quality.light import Light

DARK_LEVEL = 70
"""Dark: hardly a pixel is brighter than this grey level, on whatever card: measured in
docs/retake.md."""
BURNT_SHARE = 0.4
"""Bright: this share of the pixels is burnt out: measured in docs/retake.md."""
_HARDLY = 0.005


def brightest_level(light: Light) -> int:
    """The grey level that hardly a pixel exceeds: one in two hundred."""
    counts = cv2.calcHist([light.grey], [0], None, [256], [0, 256]).ravel()
    return int(np.searchsorted(np.cumsum(counts), (1 - _HARDLY) * light.grey.size))


def burnt_share(light: Light) -> float:
    """The share of the pixels that is full in a colour."""
    return float(np.count_nonzero(light.burnt) / light.burnt.size)


def too_dark(light: Light) -> Finding | None:
    """Hardly a pixel is bright."""
    if brightest_level(light) >= DARK_LEVEL:
        return None
    return Finding(
        "too_dark", "The photo is dark; take it again by a window in daylight, without flash."
    )


def too_bright(light: Light) -> Finding | None:
    """Much is burnt out."""
    if burnt_share(light) <= BURNT_SHARE:
        return None
    return Finding(
        "too_bright",
        "Much of the photo is burnt out to white; tap on the brightest part before taking it, "
        "or use softer light.",
    )
