"""Turns pictures upright by their EXIF orientation."""

from collections.abc import Callable

import numpy as np
from PIL import ExifTags, Image

from data.arrays import Pixels

_TURNS: dict[int, Callable[[Pixels], Pixels]] = {
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: pixels[::-1].swapaxes(0, 1),
    7: lambda pixels: pixels[::-1, ::-1].swapaxes(0, 1),
    8: lambda pixels: pixels[:, ::-1].swapaxes(0, 1),
}
"""From the stored pixels to the upright ones, by the orientations of EXIF 2.32, section 4.6.4."""


def upright(pixels: Pixels, exif: Image.Exif) -> Pixels:
    """The stored pixels (H, W, 3) turned by the orientation in ``exif``.

    An orientation of any integer type counts, in either byte order. An unknown one is ignored.
    """
    turn = _TURNS.get(_orientation(exif))
    return pixels if turn is None else np.ascontiguousarray(turn(pixels))


def _orientation(exif: Image.Exif) -> int:
    try:
        value = exif[ExifTags.Base.Orientation]
        # Pillow gives bytes for the type BYTE, and a tuple for several numbers.
        return int(value[0] if isinstance(value, bytes | tuple) else value)
    except Exception:  # Pillow reads a value when it is asked for, and raises errors of many types
        return 1
