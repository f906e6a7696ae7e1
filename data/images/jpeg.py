"""Walks the structure of a JPEG file before anything decodes it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from data.errors import ErrorCode, ShedlightError

MAX_SCANS = 100
"""A progressive JPEG has about ten scans; thousands of tiny ones cost hours. Our assumption."""

_MARKER = re.compile(rb"\xff([^\x00\x01\xd0-\xd8\xff])")
"""The next structural marker: no stuffed byte, restart or fill."""
_END, _SCAN, _RESTART_INTERVAL, _APP1 = 0xD9, 0xDA, 0xDD, 0xE1
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_PROGRESSIVE = 0xC2
_SUPPORTED_FRAMES = {0xC0, 0xC1, _PROGRESSIVE}
_OTHER_FRAMES = {0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}


@dataclass(frozen=True)
class JpegPicture:
    """The first picture of a JPEG file: its stored size in pixels, and the byte where it ends.

    ``exif`` is the first EXIF segment, which starts with ``Exif``, and ``xmp`` the first segment of
    XMP; empty if there is none.
    ``frame`` is the frame header behind its length, and ``frame_at`` the byte where it starts.
    ``scans`` holds the first byte of the coded pixels of each scan, and the byte behind the last.
    ``restart_interval`` is in coding units, 0 for none; it stands at the byte ``restart_at``.
    """

    width: int
    height: int
    end: int
    exif: bytes
    xmp: bytes
    frame: bytes
    frame_at: int
    scans: tuple[tuple[int, int], ...]
    restart_interval: int
    restart_at: int
    progressive: bool


def first_picture(raw: bytes) -> JpegPicture:
    """Walks the first picture from its start to its end marker (ITU-T T.81, annex B).

    Further pictures behind it (a second lens, a gain map) are ignored. Raises DAMAGED_IMAGE if
    there is no end marker, as in a truncated file, and UNSUPPORTED_TYPE for lossless, arithmetic
    and 12-bit JPEGs.
    """
    frame: _Segment | None = None
    exif = xmp = b""
    scans: list[tuple[int, int]] = []
    previous: _Segment | None = None
    restart_interval = restart_at = 0
    for segment in _segments(raw):
        if previous is not None and previous.marker == _SCAN:
            scans.append((previous.end, segment.start))
        if segment.marker in _SUPPORTED_FRAMES | _OTHER_FRAMES:
            if frame is not None:
                break
            _check_frame(segment)
            frame = segment
        if segment.marker == _APP1 and segment.body.startswith(b"Exif\0\0") and not exif:
            exif = segment.body
        if segment.marker == _APP1 and segment.body.startswith(_XMP) and not xmp:
            xmp = segment.body
        if segment.marker == _RESTART_INTERVAL:
            restart_interval = int.from_bytes(segment.body[:2], "big")
            restart_at = segment.start + 4
        if len(scans) > MAX_SCANS:
            break
        if segment.marker == _END and frame is not None and scans:
            return JpegPicture(
                width=int.from_bytes(frame.body[3:5], "big"),
                height=int.from_bytes(frame.body[1:3], "big"),
                end=segment.end,
                exif=exif,
                xmp=xmp,
                frame=frame.body,
                frame_at=frame.start + 4,
                scans=tuple(scans),
                restart_interval=restart_interval,
                restart_at=restart_at,
                progressive=frame.marker == _PROGRESSIVE,
            )
        previous = segment
    raise ShedlightError(ErrorCode.DAMAGED_IMAGE)


@dataclass(frozen=True)
class _Segment:
    """A segment with its body behind the length; ``start`` is the byte of its marker."""

    marker: int
    body: bytes
    start: int
    end: int


def _segments(raw: bytes) -> Iterator[_Segment]:
    """Each whole segment up to the first end marker."""
    found = _MARKER.search(raw, 2)
    while found is not None:
        marker, start = found[1][0], found.end()
        if marker == _END:
            yield _Segment(marker, b"", found.start(), start)
            return
        end = start + int.from_bytes(raw[start : start + 2], "big")
        if end < start + 2 or end > len(raw):
            return
        yield _Segment(marker, raw[start + 2 : end], found.start(), end)
        found = _MARKER.search(raw, end)


def _check_frame(frame: _Segment) -> None:
    """Raises DAMAGED_IMAGE for a frame header that is cut, UNSUPPORTED_TYPE for a rare kind."""
    if len(frame.body) < 6:
        raise ShedlightError(ErrorCode.DAMAGED_IMAGE)
    if frame.marker in _OTHER_FRAMES or frame.body[0] != 8:
        raise ShedlightError(ErrorCode.UNSUPPORTED_TYPE)
