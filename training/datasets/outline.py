"""Lines of points as strands: length, ends, contrast."""

import cv2
import numpy as np
from numpy.typing import NDArray

from data.images.photo import Photo
from data.strands.strand import End, EndState
from training.datasets.annotations import Points

_HEADING_WIDTHS = 5.0
"""The direction of an end is taken over this much shaft."""
_GROUND_WIDTHS = 3.0
"""The ground is looked at this far beside a shaft."""


def length_px(line: Points) -> float:
    """Length of a line (N, 2)."""
    return float(np.linalg.norm(np.diff(line, axis=0), axis=1).sum())


def step_px(line: Points) -> float:
    """Mean distance from point to point."""
    return max(1e-3, length_px(line) / max(1, len(line) - 1))


def ends_of(line: Points, shaft_px: float, seen: tuple[bool, bool]) -> tuple[End, End]:
    """Both ends of a line; one that is not ``seen`` has left the photo."""
    return _end(line, shaft_px, seen[0]), _end(line[::-1], shaft_px, seen[1])


def contrast_of(photo: Photo, line: Points, shaft_px: float) -> float:
    """Median grey level on a line minus that of the ground on both sides."""
    grey = cv2.cvtColor(photo.pixels, cv2.COLOR_BGR2GRAY)
    ahead = np.gradient(line, axis=0)
    aside = np.column_stack([-ahead[:, 1], ahead[:, 0]])
    reach = np.maximum(np.linalg.norm(aside, axis=1, keepdims=True), 1e-9)
    aside *= _GROUND_WIDTHS * shaft_px / reach
    ground = np.concatenate([line + aside, line - aside])
    return _median_at(np.asarray(grey, np.uint8), line) - _median_at(
        np.asarray(grey, np.uint8), ground
    )


def _end(line: Points, shaft_px: float, seen: bool) -> End:
    back = max(1, round(_HEADING_WIDTHS * shaft_px / step_px(line)))
    out = line[0] - line[min(len(line) - 1, back)]
    state = EndState.VISIBLE if seen else EndState.OUT_OF_PHOTO
    return End(float(line[0, 0]), float(line[0, 1]), float(np.arctan2(out[1], out[0])), state)


def _median_at(grey: NDArray[np.uint8], points: Points) -> float:
    limit = (grey.shape[1] - 1, grey.shape[0] - 1)
    x, y = np.clip(np.rint(points), 0, limit).astype(int).T
    return float(np.median(grey[y, x]))
