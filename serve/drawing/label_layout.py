"""Label placement: positions that hide as few roots, labels and hairs as possible."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels."""

_ROOT_COST, _LABEL_COST, _HAIR_COST, _DISTANCE_COST = 100.0, 60.0, 4.0, 0.5
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
    """The best position near ``anchor`` for a label of ``size`` (width, height), in pixels.

    ``clearance`` is the minimum distance from the anchor. The box lies within the ``picture``
    (width, height), avoids roots and other labels if possible, and covers as few hairs as
    possible; ``hairs`` is the integral image (H + 1, W + 1) of their mask.
    """
    boxes = _candidates(anchor, size, clearance, picture)
    area = size[0] * size[1]
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    cost = _DISTANCE_COST * np.hypot(*(centres - anchor).T) / size[1]
    cost += _HAIR_COST * _hair_pixels(boxes, hairs) / area
    cost += (_ROOT_COST * _overlap(boxes, roots) + _LABEL_COST * _overlap(boxes, labels)) / area
    left, top, right, bottom = boxes[int(cost.argmin())].tolist()
    return left, top, right, bottom


def _candidates(
    anchor: tuple[float, float],
    size: tuple[float, float],
    clearance: float,
    picture: tuple[int, int],
) -> NDArray[np.float64]:
    """(N, 4) boxes on rings round the anchor, each moved into the picture."""
    unit = np.array([(np.cos(angle), np.sin(angle)) for angle in _ANGLES])
    half = np.array(size) / 2
    rings = [np.array(anchor) + unit * (half + clearance * distance) for distance in _DISTANCES]
    low = np.clip(np.vstack(rings) - half, 0, np.maximum(np.array(picture) - size, 0))
    return np.hstack([low, low + size])


def _overlap(boxes: NDArray[np.float64], others: Sequence[Box]) -> NDArray[np.float64]:
    """(N,) pixels that each box shares with the others, summed over the others."""
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
