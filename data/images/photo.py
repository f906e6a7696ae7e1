"""A decoded photo, and the limits of a file and a picture."""

from dataclasses import dataclass

from data.arrays import Pixels
from data.errors import ErrorCode, ShedlightError


@dataclass(frozen=True)
class Photo:
    """An upright photo.

    ``pixels`` is (H, W, 3) uint8 in blue, green, red order, as in OpenCV. ``sha256`` is that of
    the file's bytes. The file's metadata is not retained. ``partly_damaged``: the file is broken
    inside, so some of the pixels may be wrong. ``has_more_pages``: the file has pages that were not
    read. ``mm_per_px``: millimetres per pixel by the file, if a microscope or scanner wrote it.
    """

    pixels: Pixels
    sha256: str
    partly_damaged: bool = False
    has_more_pages: bool = False
    mm_per_px: float | None = None

    @property
    def width(self) -> int:
        """Width of the upright photo in pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Height of the upright photo in pixels."""
        return int(self.pixels.shape[0])


_MEGA = 1_000_000


@dataclass(frozen=True)
class ReadLimits:
    """What is refused before anything is decoded.

    ``max_bytes`` and ``max_pixels`` leave room for the largest phone photos (about 25 MB): phones
    of the 50-megapixel class store up to 8192 x 6144 pixels, which is 50.3 megapixels. A decoded
    photo at the limit takes 156 MB. A picture whose shorter side is under ``min_side_px`` has no
    room for a root. All three are our assumptions. ``heic``: whether HEIC files are decoded.
    """

    max_bytes: int = 25 * _MEGA
    max_pixels: int = 52 * _MEGA
    min_side_px: int = 200
    heic: bool = True

    def check_bytes(self, count: int) -> None:
        """Raises EMPTY_FILE or FILE_TOO_LARGE for a file of ``count`` bytes out of bounds."""
        if count == 0:
            raise ShedlightError(ErrorCode.EMPTY_FILE)
        if count > self.max_bytes:
            raise ShedlightError(ErrorCode.FILE_TOO_LARGE, limit_mb=self.max_bytes / _MEGA)

    def check_size(self, width: int, height: int) -> None:
        """Raises TOO_MANY_PIXELS or IMAGE_TOO_SMALL for a picture out of bounds."""
        if width * height > self.max_pixels:
            raise self.too_many_pixels()
        if min(width, height) < self.min_side_px:
            raise ShedlightError(ErrorCode.IMAGE_TOO_SMALL, limit_px=self.min_side_px)

    def too_many_pixels(self) -> ShedlightError:
        """The error for a picture with too many pixels."""
        return ShedlightError(ErrorCode.TOO_MANY_PIXELS, limit_mp=self.max_pixels / _MEGA)
