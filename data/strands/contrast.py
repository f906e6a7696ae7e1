"""How much a shaft differs in grey level from its background."""

import cv2
import numpy as np

from data.arrays import Array, Pixels

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
