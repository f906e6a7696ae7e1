"""The header of a TIFF file: which kinds are read, and how large they are, before any decoding."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from data.errors import ErrorCode, ShedlightError

MAX_PAGES = 100
"""Directories that are searched for a second page. Our assumption: thumbnails and masks, which are
no pages, are fewer."""
MAX_TAGS = 1_000
"""Tags of a directory; one of more is taken for broken. Our assumption: files have under 200."""

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_SAMPLES, _PLANES, _TILE_WIDTH, _TILE_HEIGHT, _SAMPLE_FORMAT = 277, 284, 322, 323, 339
_KIND, _DNG_VERSION = 254, 50706
_THUMBNAIL_OR_MASK = 0b101
_UNCOMPRESSED, _SEPARATE_PLANES = 1, 2
_COMPRESSIONS = {_UNCOMPRESSED, 5, 7, 8, 32773, 32946}
"""None, LZW, JPEG, Deflate, PackBits, and the older number of Deflate."""
_PHOTOMETRICS = {0, 1, 2, 3, 5, 6}
"""Grey with 0 white or black, RGB, palette, CMYK, YCbCr. Sensor data of cameras is another."""
_DEPTHS = {8, 12, 16}
_MAX_SAMPLES = 6
_INTEGER_BYTES = {1: 1, 3: 2, 4: 4, 16: 8}
"""Bytes of BYTE, SHORT, LONG, and LONG8 of BigTIFF."""
_MAX_VALUES = 8

_Directory = dict[int, tuple[int, ...]]
"""The first integers of each tag."""


@dataclass(frozen=True)
class TiffHeader:
    """The first page of a TIFF file: its stored size in pixels.

    ``tile`` is the size of a tile, that of the page if it has none. ``bits`` per sample.
    ``white_is_zero``: a grey picture is stored as a negative.
    """

    width: int
    height: int
    tile: tuple[int, int]
    bits: int
    white_is_zero: bool
    has_more_pages: bool


def tiff_header(raw: bytes) -> TiffHeader:
    """The header of a TIFF or BigTIFF (TIFF 6.0, sections 2 and 8).

    Raises DAMAGED_IMAGE, and UNSUPPORTED_TYPE for the raw files of cameras and for samples that are
    no integers of 8 to 16 bits.
    """
    directories = _directories(raw)
    first = next(directories, {})
    if raw[8:10] == b"CR" or _DNG_VERSION in first or _value(first, _KIND, 0) & _THUMBNAIL_OR_MASK:
        raise ShedlightError(ErrorCode.UNSUPPORTED_TYPE)  # raw files begin with a thumbnail
    width, height = _value(first, _WIDTH, 0), _value(first, _HEIGHT, 0)
    if not (width and height):
        raise ShedlightError(ErrorCode.DAMAGED_IMAGE)
    bits = set(first.get(_BITS, (1,)))
    depth = max(bits)
    compression = _value(first, _COMPRESSION, _UNCOMPRESSED)
    has_wide_planes = depth > 8 and _value(first, _PLANES, 1) == _SEPARATE_PLANES
    if (
        compression not in _COMPRESSIONS
        or _value(first, _PHOTOMETRIC, 0) not in _PHOTOMETRICS
        or not bits <= _DEPTHS
        or len(bits) > 1
        or {*first.get(_SAMPLE_FORMAT, (1,))} != {1}
        or not 1 <= _value(first, _SAMPLES, 1) <= _MAX_SAMPLES
        or (has_wide_planes and compression == _UNCOMPRESSED)  # Pillow reads wrong pixels
    ):
        raise ShedlightError(ErrorCode.UNSUPPORTED_TYPE)
    return TiffHeader(
        width=width,
        height=height,
        tile=(_value(first, _TILE_WIDTH, width), _value(first, _TILE_HEIGHT, height)),
        bits=depth,
        white_is_zero=_value(first, _PHOTOMETRIC, 0) == 0,
        has_more_pages=any(
            not _value(each, _KIND, 0) & _THUMBNAIL_OR_MASK
            for each in islice(directories, MAX_PAGES)
        ),
    )


def _value(directory: _Directory, tag: int, default: int) -> int:
    return directory.get(tag, (default,))[0]


def _directories(raw: bytes) -> Iterator[_Directory]:
    """The directories of the file, each once, up to the first that is cut."""
    order: Literal["little", "big"] = "little" if raw[:2] == b"II" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(raw[at : at + size], order)

    is_big = number(2, 2) == 43
    word = 8 if is_big else 4
    count_bytes = 8 if is_big else 2
    entry_bytes = 4 + 2 * word
    at, seen = number(word, word), set[int]()
    while at and at not in seen:
        seen.add(at)
        count, start = number(at, count_bytes), at + count_bytes
        end = start + count * entry_bytes
        if count > MAX_TAGS or end > len(raw):
            return
        directory: _Directory = {}
        for entry in range(start, end, entry_bytes):
            size = _INTEGER_BYTES.get(number(entry + 2, 2), 0)
            values = number(entry + 4, word)
            if not (size and values):
                continue
            place = entry + 4 + word
            if size * values > word:
                place = number(place, word)
            shown = range(min(values, _MAX_VALUES))
            directory[number(entry, 2)] = tuple(number(place + i * size, size) for i in shown)
        yield directory
        at = number(end, word)
