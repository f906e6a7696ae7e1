"""The light of a photo, judged on a sample of its pixels so that a large photo costs no more."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from data.images.photo import Photo

BURNT_LEVEL = 253
"""A pixel this high in any colour is burnt out. Our assumption."""
_LONGEST = 1000
"""About how many pixels of the longer side are looked at."""


@dataclass(frozen=True)
class Light:
    """Every ``step``-th pixel both ways: grey levels (h, w), and 255 in ``burnt`` (h, w) where a
    colour is full."""

    grey: NDArray[np.uint8]
    burnt: NDArray[np.uint8]
    step: int

    @classmethod
    def of(cls, photo: Photo) -> "Light":
        """That of a photo."""
        step = max(1, round(max(photo.width, photo.height) / _LONGEST))
        sample = np.ascontiguousarray(photo.pixels[::step, ::step])
        grey = np.asarray(cv2.cvtColor(sample, cv2.COLOR_BGR2GRAY), np.uint8)
        whole = cv2.inRange(sample, (0,) * 3, (BURNT_LEVEL - 1,) * 3)
        return cls(grey, np.asarray(cv2.bitwise_not(whole), np.uint8), step)
