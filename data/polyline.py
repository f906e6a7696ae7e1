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
