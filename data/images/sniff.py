"""Detects the type of an image file from its bytes, and parses its header."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from data.errors import ErrorCode, ShedlightError


class ImageType(StrEnum):
    """The supported image types, by Pillow's names."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"
    HEIC = "HEIF"


@dataclass(frozen=True)
class Header:
    """Width and height in pixels, as stored, and whether there is more than one frame."""

    width: int
    height: int
    animated: bool


_PNG = b"\x89PNG\r\n\x1a\n"
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"}
_OTHER_BRANDS = {b"avif", b"avis", b"mif1", b"msf1", b"crx "}
_OTHER_TYPES = (
    b"GIF87a",
    b"GIF89a",
    b"II*\x00",  # TIFF, and most cameras' raw files
    b"MM\x00*",
    b"II+\x00",
    b"MM\x00+",
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
    # The two letters of a Windows bitmap may also start a text; the zeros behind them may not.
    is_bitmap = raw[:2] == b"BM" and raw[6:10] == bytes(4)
    if brands & _OTHER_BRANDS or raw.startswith(_OTHER_TYPES) or is_bitmap:
        raise ShedlightError(ErrorCode.UNSUPPORTED_TYPE)
    raise ShedlightError(ErrorCode.NOT_AN_IMAGE)


def _brands(raw: bytes) -> set[bytes]:
    """The brands of an ISO media file (HEIC, AVIF, videos), none for any other file."""
    if raw[4:8] != b"ftyp":
        return set()
    box = raw[8 : min(int.from_bytes(raw[:4], "big"), 256)]
    return {box[i : i + 4] for i in range(0, len(box), 4) if i != 4}


def png_header(raw: bytes) -> Header:
    """The header of a PNG; raises DAMAGED_IMAGE. ``acTL`` before the pixels marks an animation."""
    chunks = _png_chunks(raw)
    name, body = next(chunks, (b"", b""))
    if name != b"IHDR" or len(body) != 13:
        raise ShedlightError(ErrorCode.DAMAGED_IMAGE)
    width, height = int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big")
    return Header(width, height, any(name == b"acTL" for name, _ in chunks))


def _png_chunks(raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each chunk before the pixels."""
    position = len(_PNG)
    while position + 8 <= len(raw):
        length = int.from_bytes(raw[position : position + 4], "big")
        name = raw[position + 4 : position + 8]
        if name == b"IDAT":
            return
        yield name, raw[position + 8 : position + 8 + length]
        position += length + 12


def webp_header(raw: bytes) -> Header:
    """The header of a WebP; raises DAMAGED_IMAGE.

    Layouts from RFC 9649 (WebP container, lossless) and RFC 6386 (VP8), section 9.1.
    """
    form, start = raw[12:16], raw[20:30]
    if form == b"VP8X" and len(start) == 10:
        return Header(_little(start[4:7]) + 1, _little(start[7:10]) + 1, bool(start[0] & 0x02))
    if form == b"VP8L" and len(start) == 10 and start[0] == 0x2F:
        bits = _little(start[1:5])
        return Header((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, animated=False)
    if form == b"VP8 " and start[3:6] == b"\x9d\x01\x2a" and len(start) == 10:
        return Header(_little(start[6:8]) & 0x3FFF, _little(start[8:10]) & 0x3FFF, animated=False)
    raise ShedlightError(ErrorCode.DAMAGED_IMAGE)


def _little(digits: bytes) -> int:
    return int.from_bytes(digits, "little")
