"""Lines through points."""

import numpy as np
from numpy.typing import NDArray


def resample(line: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """(M, D) points at most ``step`` of arc length apart along (N, D) ``line``, both ends kept."""
    gaps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    along = np.concatenate([[0.0], np.cumsum(gaps)])
    count = max(2, int(np.ceil(along[-1] / step)) + 1)
    wanted = np.linspace(0, along[-1], count)
    return np.column_stack([np.interp(wanted, along, part) for part in line.T])


def smoothed(line: NDArray[np.float64], reach: int = 2) -> NDArray[np.float64]:
    """A running mean over ``2 reach + 1`` points of (N, D) ``line``, its two ends left in place."""
    reach = min(reach, len(line) - 1)
    before, after = 2 * line[0] - line[reach:0:-1], 2 * line[-1] - line[-2 : -2 - reach : -1]
    sums = np.cumsum(np.vstack([0 * line[:1], before, line, after]), axis=0)
    window = 2 * reach + 1
    return np.asarray((sums[window:] - sums[:-window]) / window)
