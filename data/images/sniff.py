"""Detects the type of an image file from its bytes, and parses its header."""

import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from data.errors import ErrorCode, ShedlightError


class ImageType(StrEnum):
    """The supported image types, by Pillow's names; Pillow does not decode HEIC."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    HEIC = "HEIC"
    AVIF = "AVIF"
    BMP = "BMP"
    GIF = "GIF"
    TIFF = "TIFF"


IMAGE_SUFFIXES = frozenset(
    {
        *(".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".heic", ".heif", ".hif"),
        *(".avif", ".tif", ".tiff", ".bmp", ".dib", ".gif"),
    }
)
"""Suffixes of the supported types, in lower case: files with another are taken for no photos."""


@dataclass(frozen=True)
class Header:
    """Width and height in pixels, as stored, and whether there is more than one frame."""

    width: int
    height: int
    animated: bool


MAX_PNG_TEXT = 500_000
"""Bytes of a text in a PNG, unpacked, up to which it is searched for the orientation.

Our assumption: an EXIF or an XMP packet with an orientation is smaller.
"""

_PNG = b"\x89PNG\r\n\x1a\n"
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
_AVIF_BRANDS = {b"avif", b"avis"}
_OTHER_BRANDS = {b"mif1", b"msf1", b"crx "}
_GIF = (b"GIF87a", b"GIF89a")
_TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
"""TIFF and BigTIFF, and most cameras' raw files."""
_OTHER_TYPES = (
    b"8BPS",
    b"\x00\x00\x01\x00",  # icon
    b"\xff\x0a",  # JPEG XL
    b"\x00\x00\x00\x0cJXL \r\n\x87\n",
    b"\x00\x00\x00\x0cjP  \r\n\x87\n",  # JPEG 2000
    b"\xff\x4f\xff\x51",
)


def sniff(raw: bytes) -> ImageType:
    """The image type, from the first bytes.

    Raises UNSUPPORTED_TYPE for other image types and NOT_AN_IMAGE for everything else.
    """
    if raw.startswith(b"\xff\xd8\xff"):
        return ImageType.JPEG
    if raw.startswith(_PNG):
        return ImageType.PNG
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return ImageType.WEBP
    brands = _brands(raw)
    if brands & _HEIC_BRANDS:
        return ImageType.HEIC
    if brands & _AVIF_BRANDS:
        return ImageType.AVIF
    if raw.startswith(_GIF):
        return ImageType.GIF
    if raw.startswith(_TIFF):
        return ImageType.TIFF
    # The two letters of a Windows bitmap may also start a text; the zeros behind them may not.
    if raw[:2] == b"BM" and raw[6:10] == bytes(4):
        return ImageType.BMP
    if brands & _OTHER_BRANDS or raw.startswith(_OTHER_TYPES):
        raise ShedlightError(ErrorCode.UNSUPPORTED_TYPE)
    raise ShedlightError(ErrorCode.NOT_AN_IMAGE)


def _brands(raw: bytes) -> set[bytes]:
    """The brands of an ISO media file (HEIC, AVIF, videos), none for any other file."""
    if raw[4:8] != b"ftyp":
        return set()
    box = raw[8 : min(int.from_bytes(raw[:4], "big"), 256)]
    return {box[i : i + 4] for i in range(0, len(box), 4) if i != 4}


def png_header(raw: bytes) -> Header:
    """The header of a PNG; raises DAMAGED_IMAGE. ``acTL`` before the pixels counts the frames."""
    chunks = _png_chunks(raw)
    name, body = next(chunks, (b"", b""))[:2]
    if name != b"IHDR" or len(body) != 13:
        raise ShedlightError(ErrorCode.DAMAGED_IMAGE)
    width, height = int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big")
    frames = 1
    for name, body, _ in chunks:
        if name == b"IDAT":
            break
        if name == b"acTL":
            frames = int.from_bytes(body[:4], "big")
    return Header(width, height, frames > 1)


def png_still(raw: bytes) -> bytes:
    """The PNG without its animation, its colour profile and its long texts.

    Pillow refuses a PNG with a text or a profile of over 1 MB. Photo editors write such ones. The
    pixels need neither. The orientation is left.
    """
    return _PNG + b"".join(
        chunk for name, body, chunk in _png_chunks(raw) if _is_needed(name, body)
    )


def _is_needed(name: bytes, body: bytes) -> bool:
    if name in {b"iTXt", b"zTXt", b"tEXt"}:
        # Texts may hold an EXIF or XMP orientation.
        return len(body) <= MAX_PNG_TEXT and not _unpacks_to_much(name, body)
    return name in {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"eXIf", b"IEND"}


def _unpacks_to_much(name: bytes, body: bytes) -> bool:
    """Whether a text is packed and larger than ``MAX_PNG_TEXT`` (PNG, sections 11.3.3.2 to 4)."""
    text = body.partition(b"\0")[2]
    if name == b"zTXt":
        packed = text[1:]
    elif name == b"iTXt" and text[:1] == b"\1":
        packed = text[2:].split(b"\0", 2)[-1]
    else:
        return False
    unpacker = zlib.decompressobj()
    with suppress(zlib.error):  # broken, so Pillow ignores it
        unpacker.decompress(packed, MAX_PNG_TEXT)
    return bool(unpacker.unconsumed_tail)


def _png_chunks(raw: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Name, body and all bytes of each chunk; those of a cut one as far as they go."""
    position = len(_PNG)
    while position + 8 <= len(raw):
        end = position + 12 + int.from_bytes(raw[position : position + 4], "big")
        name = raw[position + 4 : position + 8]
        yield name, raw[position + 8 : end - 4], raw[position:end]
        if name == b"IEND":
            return
        position = end


def webp_header(raw: bytes) -> Header:
    """The header of a WebP; raises DAMAGED_IMAGE.

    Layouts from RFC 9649 (WebP container, lossless) and RFC 6386 (VP8), section 9.1.
    """
    form, start = raw[12:16], raw[20:30]
    if form == b"VP8X" and len(start) == 10:
        animated = bool(start[0] & 0x02) and _webp_frames(raw) > 1
        return Header(_little(start[4:7]) + 1, _little(start[7:10]) + 1, animated)
    if form == b"VP8L" and len(start) == 10 and start[0] == 0x2F:
        bits = _little(start[1:5])
        return Header((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, animated=False)
    if form == b"VP8 " and start[3:6] == b"\x9d\x01\x2a" and len(start) == 10:
        return Header(_little(start[6:8]) & 0x3FFF, _little(start[8:10]) & 0x3FFF, animated=False)
    raise ShedlightError(ErrorCode.DAMAGED_IMAGE)


def _webp_frames(raw: bytes) -> int:
    """The number of frames in an animated WebP."""
    frames, position = 0, 12
    while position + 8 <= len(raw):
        frames += raw[position : position + 4] == b"ANMF"
        size = _little(raw[position + 4 : position + 8])
        position += 8 + size + size % 2
    return frames


def _little(digits: bytes) -> int:
    return int.from_bytes(digits, "little")
