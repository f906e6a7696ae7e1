"""Walks the structure of a JPEG file before anything decodes it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from data.errors import ErrorCode, ShedlightError

MAX_SCANS = 100
"""A progressive JPEG has about ten scans; thousands of tiny ones cost hours. Our assumption."""

_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
"""The next structural marker: no stuffed byte, restart or fill."""
_END, _SCAN, _APP1 = 0xD9, 0xDA, 0xE1
_SUPPORTED_FRAMES = {0xC0, 0xC1, 0xC2}
_OTHER_FRAMES = {0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}


@dataclass(frozen=True)
class JpegPicture:
    """The first picture of a JPEG file: its stored size in pixels, and the byte where it ends.

    ``exif`` is the first EXIF segment, which starts with ``Exif``; empty if there is none.
    """

    width: int
    height: int
    end: int
    exif: bytes


def first_picture(raw: bytes) -> JpegPicture:
    """Walks the first picture from its start to its end marker (ITU-T T.81, annex B).

    Further pictures behind it (a second lens, a gain map) are ignored. Raises DAMAGED_IMAGE if
    there is no end marker, as in a truncated file, and UNSUPPORTED_TYPE for lossless, arithmetic
    and 12-bit JPEGs.
    """
    size: tuple[int, int] | None = None
    scans = 0
    exif = b""
    for marker, body, end in _segments(raw):
        if marker in _SUPPORTED_FRAMES | _OTHER_FRAMES:
            if size is not None:
                break
            size = _frame_size(marker, body)
        if marker == _APP1 and body.startswith(b"Exif\0\0") and not exif:
            exif = body
        scans += marker == _SCAN
        if scans > MAX_SCANS:
            break
        if marker == _END and size is not None and scans:
            return JpegPicture(*size, end, exif)
    raise ShedlightError(ErrorCode.DAMAGED_IMAGE)


def _segments(raw: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Marker, body and end of each whole segment up to the first end marker."""
    found = _MARKER.search(raw, 2)
    while found is not None:
        marker, start = found[1][0], found.end()
        if marker == _END:
            yield marker, b"", start
            return
        end = start + int.from_bytes(raw[start : start + 2], "big")
        if end < start + 2 or end > len(raw):
            return
        yield marker, raw[start + 2 : end], end
        found = _MARKER.search(raw, end)


def _frame_size(marker: int, body: bytes) -> tuple[int, int]:
    """Width and height from a frame header."""
    if len(body) < 6:
        raise ShedlightError(ErrorCode.DAMAGED_IMAGE)
    if marker in _OTHER_FRAMES or body[0] != 8:
        raise ShedlightError(ErrorCode.UNSUPPORTED_TYPE)
    return int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big")
