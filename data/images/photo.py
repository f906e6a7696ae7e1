"""A decoded photo: upright pixels and nothing else of the file."""

from dataclasses import dataclass

from data.arrays import Pixels


@dataclass(frozen=True)
class Photo:
    """An upright photo.

    ``pixels`` is (H, W, 3) uint8 in blue, green, red order, as in OpenCV. ``sha256`` is that of
    the file's bytes. The file's metadata is not retained. ``partly_damaged``: the file is broken
    inside, so some of the pixels may be wrong.
    """

    pixels: Pixels
    sha256: str
    partly_damaged: bool = False

    @property
    def width(self) -> int:
        """Width of the upright photo in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Height of the upright photo in pixels."""
        return int(self.pixels.shape[0])
