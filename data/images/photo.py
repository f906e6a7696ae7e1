"""A decoded photo: upright pixels and nothing else of the file."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Photo:
    """An upright photo.

    ``pixels`` is (H, W, 3) uint8 in blue, green, red order, as OpenCV has it. ``sha256`` is that
    of the file's bytes. No metadata of the file is kept.
    """

    pixels: NDArray[np.uint8]
    sha256: str

    @property
    def width(self) -> int:
        """Width of the upright photo in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Height of the upright photo in pixels."""
        return int(self.pixels.shape[0])
