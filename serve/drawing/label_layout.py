"""Where labels go in a picture, so that they hide as little as possible."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""

_OVER_ROOT, _OVER_LABEL, _OVER_HAIR, _FAR = 100.0, 60.0, 4.0, 0.5
_ANGLES = np.deg2rad(np.arange(0, 360, 22.5))
_DISTANCES = (1.0, 2.0, 3.5, 6.0)


def place_label(
    anchor: tuple[float, float],
    size: tuple[float, float],
    clearance: float,
    picture: tuple[int, int],
    roots: Sequence[Box],
    labels: Sequence[Box],
    hairs: NDArray[np.int32],
) -> Box:
    """The best place near ``anchor`` for a label of ``size`` (width, height).

    ``clearance`` is the distance from the anchor to the nearest label. The place lies within the
    ``picture`` (width, height), covers no root and no other label where that can be had, and as
    few of the hairs as possible; ``hairs`` is the integral image (H + 1, W + 1) of their mask.
    """
    boxes = _candidates(anchor, size, clearance, picture)
    area = size[0] * size[1]
    distance = np.hypot(*(_centres(boxes) - anchor).T) / size[1]
    cost = _FAR * distance + _OVER_HAIR * _hair_pixels(boxes, hairs) / area
    cost += (
        _OVER_ROOT * _overlap(boxes, roots) / area + _OVER_LABEL * _overlap(boxes, labels) / area
    )
    left, top, right, bottom = boxes[int(cost.argmin())].tolist()
    return left, top, right, bottom


def _candidates(
    anchor: tuple[float, float],
    size: tuple[float, float],
    clearance: float,
    picture: tuple[int, int],
) -> NDArray[np.float64]:
    """(N, 4) boxes on rings round the anchor, each pushed back into the picture."""
    away = np.array([(np.cos(angle), np.sin(angle)) for angle in _ANGLES])
    half = np.array(size) / 2
    rings = [np.array(anchor) + away * (half + clearance * distance) for distance in _DISTANCES]
    low = np.clip(np.vstack(rings) - half, 0, np.maximum(np.array(picture) - size, 0))
    return np.hstack([low, low + size])


def _centres(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return (boxes[:, :2] + boxes[:, 2:]) / 2


def _overlap(boxes: NDArray[np.float64], others: Sequence[Box]) -> NDArray[np.float64]:
    """(N,) pixels that each box shares with the others, counted once for each of them."""
    if not others:
        return np.zeros(len(boxes))
    other = np.array(others)
    low = np.maximum(boxes[:, None, :2], other[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], other[None, :, 2:])
    return np.asarray(np.clip(high - low, 0, None).prod(axis=2).sum(axis=1))


def _hair_pixels(boxes: NDArray[np.float64], hairs: NDArray[np.int32]) -> NDArray[np.float64]:
    height, width = hairs.shape
    x = np.clip(np.rint(boxes[:, ::2]).astype(int), 0, width - 1)
    y = np.clip(np.rint(boxes[:, 1::2]).astype(int), 0, height - 1)
    within = hairs[y[:, 1], x[:, 1]] - hairs[y[:, 0], x[:, 1]]
    return np.asarray(within - hairs[y[:, 1], x[:, 0]] + hairs[y[:, 0], x[:, 0]], np.float64)
