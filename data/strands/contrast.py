"""How much a shaft differs from its ground."""

import cv2
import numpy as np
from numpy.typing import NDArray

_SAMPLES = 25
_ENDS_LEFT_OUT = 0.1
_GROUND_FROM_WIDTHS, _GROUND_TO_WIDTHS = 1.5, 3.0
_POINTS_ASIDE = 4


def contrast(tone: NDArray[np.uint8], path: NDArray[np.float64], shaft_px: float) -> float:
    """Median over (N, 2) ``path`` of the shaft's ``tone`` (H, W) minus its ground's, in levels.

    Negative for a hair darker than its ground. Of a dark hair with a pale gloss, or a pale one
    with dark edges, that tone counts which differs more.
    """
    at = _spread(path)
    ahead = path[np.minimum(at + 3, len(path) - 1)] - path[np.maximum(at - 3, 0)]
    ahead /= np.maximum(np.linalg.norm(ahead, axis=1, keepdims=True), 1e-9)
    normal = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    inner = np.linspace(-0.45, 0.45, 2 * _POINTS_ASIDE + 1)
    outer = np.linspace(_GROUND_FROM_WIDTHS, _GROUND_TO_WIDTHS, _POINTS_ASIDE)
    shaft = _seen(tone, path[at], normal, inner * shaft_px)
    ground = _seen(tone, path[at], normal, np.concatenate([-outer, outer]) * shaft_px)
    profile = np.median(shaft - np.median(ground, axis=1, keepdims=True), axis=0)
    return float(profile[np.abs(profile).argmax()])


def _seen(
    tone: NDArray[np.uint8],
    places: NDArray[np.float64],
    normal: NDArray[np.float64],
    offsets_px: NDArray[np.float64],
) -> NDArray[np.float64]:
    """(N, K) tones at K offsets to the side of each of N places."""
    spots = places[:, None] + offsets_px[None, :, None] * normal[:, None]
    x, y = (np.ascontiguousarray(spots[..., k], np.float32) for k in (0, 1))
    return cv2.remap(tone, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).astype(float)


def _spread(path: NDArray[np.float64]) -> NDArray[np.intp]:
    """Some evenly spread point numbers of a path, its two ends left out."""
    first = int(_ENDS_LEFT_OUT * len(path))
    return np.linspace(first, len(path) - 1 - first, _SAMPLES).round().astype(np.intp)
