"""Grey copies of a photo in which references are searched for."""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from data.arrays import Array, Floats, Pixels
from data.images.photo import Photo

SEARCH_SIDE_PX = 1280
"""Longer side of the copy in which markers and ticks are searched for."""
SMALL_SIDE_PX = 640
"""Longer side of the copies in which lines and circles are searched for."""
MIN_COLOUR_LEVELS = 5.0
"""A copy by colour is searched too if its levels spread by this standard deviation. Our
assumption."""


@dataclass(frozen=True)
class GreyPhoto:
    """A photo and its copy for the search, ``factor`` (a whole number) times smaller."""

    photo: Photo
    factor: int

    @classmethod
    def of(cls, photo: Photo, side_px: int = SEARCH_SIDE_PX) -> "GreyPhoto":
        """With a copy of about ``side_px`` along the longer side."""
        return cls(photo, max(1, round(max(photo.width, photo.height) / side_px)))

    @cached_property
    def _colour_copy(self) -> Pixels:
        height, width = self.photo.height // self.factor, self.photo.width // self.factor
        whole = self.photo.pixels[: height * self.factor, : width * self.factor]
        return np.asarray(
            cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8
        )

    @cached_property
    def copy(self) -> Pixels:
        """(h, w) grey levels of the copy. A last row or column that fills no cell is left out."""
        return np.asarray(cv2.cvtColor(self._colour_copy, cv2.COLOR_BGR2GRAY), np.uint8)

    @cached_property
    def small_copies(self) -> list[Pixels]:
        """(h, w) smaller copies: grey, and the difference of two colours if it varies more.

        A thing of another colour but of the ground's brightness shows in the second only.
        """
        part = min(1.0, SMALL_SIDE_PX / max(self._colour_copy.shape))
        size = (round(part * self.copy.shape[1]), round(part * self.copy.shape[0]))
        small = cv2.resize(self._colour_copy, size, interpolation=cv2.INTER_AREA).astype(np.int16)
        blue, green, red = cv2.split(small)
        differences = [(one - other) // 2 + 128 for one, other in ((blue, red), (green, red))]
        colour = max(differences, key=lambda each: float(each.std()))
        copies = [np.asarray(cv2.cvtColor(small.astype(np.uint8), cv2.COLOR_BGR2GRAY), np.uint8)]
        if colour.std() >= MIN_COLOUR_LEVELS:
            low, high = float(colour.min()), float(colour.max())
            copies.append(np.asarray((colour - low) * (255 / (high - low)), np.uint8))
        return copies

    def small_to_photo(self, points: Array) -> Array:
        """Pixels of the photo of places in the small copies."""
        factor = self.copy.shape[1] * self.factor / self.small_copies[0].shape[1]
        return np.asarray((points + 0.5) * factor - 0.5)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the photo."""
        return self.photo.width, self.photo.height

    def to_photo(self, points: Array) -> Array:
        """Pixels of the photo of places in the copy."""
        return np.asarray((points + 0.5) * self.factor - 0.5)

    def levels_at(self, points: Array) -> Floats:
        """Grey levels (float) of the photo at (..., 2) places, between pixels linearly."""
        weights = np.array([0.114, 0.587, 0.299], np.float32)
        return np.asarray(self.colours_at(points) @ weights, np.float32)

    def colours_at(self, points: Array) -> Floats:
        """(..., 3) blue, green and red at (..., 2) places, between pixels linearly."""
        around = points.reshape(-1, 2)
        size = np.array(self.size)
        low = np.clip(np.floor(around.min(axis=0)).astype(int) - 1, 0, size - 1)
        high = np.clip(np.ceil(around.max(axis=0)).astype(int) + 2, low + 1, size)
        piece = self.photo.pixels[low[1] : high[1], low[0] : high[0]]
        maps = (points - low).astype(np.float32).reshape(len(points), -1, 2)
        found = cv2.remap(
            piece, maps[..., 0], maps[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return found.astype(np.float32).reshape(*points.shape[:-1], 3)
