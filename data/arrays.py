"""The types of arrays that the rooms pass to each other."""

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""Pictures, usually (H, W, 3) in blue, green, red order."""
Array = NDArray[np.float64]
"""Coordinates, probabilities and other numbers in double precision."""
Floats = NDArray[np.float32]
"""Numbers in single precision: what networks take and give."""
Indices = NDArray[np.intp]
"""Positions in other arrays."""
Mask = NDArray[np.bool_]
"""Which elements of another array are meant."""
