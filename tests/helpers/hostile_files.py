"""Makers of good and bad picture files, as bytes.

Nothing here is read from disk: each file is built, and each bad one names its fault.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw

from data.errors import ErrorCode

PNG_START = b"\x89PNG\r\n\x1a\n"
ORIENTATION_TAG = 0x0112


@dataclass(frozen=True)
class BadFile:
    """A file that must be refused with ``code``."""

    name: str
    raw: bytes
    code: ErrorCode


def scene(width: int = 320, height: int = 240) -> Image.Image:
    """A picture whose four quarters show which way up it is: red, green, blue, grey."""
    image = Image.new("RGB", (width, height), (128, 128, 128))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width // 2 - 1, height // 2 - 1), fill=(200, 30, 30))
    draw.rectangle((width // 2, 0, width - 1, height // 2 - 1), fill=(30, 200, 30))
    draw.rectangle((0, height // 2, width // 2 - 1, height - 1), fill=(30, 30, 200))
    return image


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """The picture as a file of a kind, by Pillow's name for it."""
    buffer = BytesIO()
    image.save(buffer, kind, **options)  # type: ignore[arg-type]
    return buffer.getvalue()


def oriented(upright: Image.Image, orientation: int) -> tuple[Image.Image, Image.Exif]:
    """The pixels as a camera stores them under an EXIF orientation (1-8), and that EXIF."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = orientation
    stored = upright.transpose(undo[orientation]) if orientation in undo else upright
    return stored, exif


def without_segment(jpeg: bytes, marker: int) -> bytes:
    """A JPEG with the first segment of that marker taken out."""
    start = jpeg.index(bytes([0xFF, marker]))
    return jpeg[:start] + jpeg[start + 2 + int.from_bytes(jpeg[start + 2 : start + 4], "big") :]


def with_frame_size(jpeg: bytes, width: int, height: int) -> bytes:
    """A JPEG whose frame header claims another size."""
    start = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:start] + struct.pack(">HH", height, width) + jpeg[start + 4 :]


def chunk(name: bytes, body: bytes = b"") -> bytes:
    """A PNG chunk with its length and checksum."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(
    rows: bytes, size: tuple[int, int], depth: int, colour: int = 0, between: bytes = b""
) -> bytes:
    """A PNG of raw rows (each with its filter byte), with further chunks before its pixels."""
    start = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, 0))
    return PNG_START + start + between + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND")


@cache
def huge_png() -> bytes:
    """A whole PNG of 30,000 x 30,000 black pixels at 1 bit, 110 kB in the file."""
    return png(bytes((1 + 30_000 // 8) * 30_000), (30_000, 30_000), depth=1)


def animation(kind: str) -> bytes:
    """Two frames as PNG or WebP."""
    return encoded(scene(), kind, save_all=True, append_images=[scene().rotate(180)])


def endless_scans() -> bytes:
    """A progressive JPEG that repeats its last scan a thousand times, to cost time."""
    whole = encoded(scene(), progressive=True)
    start = whole.rindex(b"\xff\xda")
    return whole[:start] + whole[start:-2] * 1000 + whole[-2:]


@cache
def bad_files() -> tuple[BadFile, ...]:
    """One file for each way of being bad that we know of."""
    return tuple(BadFile(*row) for row in _bad_files())


def _bad_files() -> Iterator[tuple[str, bytes, ErrorCode]]:
    jpeg, webp = encoded(scene()), encoded(scene(), "WEBP")
    whole_png = encoded(scene(), "PNG")
    damaged = ErrorCode.DAMAGED_IMAGE
    yield "empty", b"", ErrorCode.EMPTY_FILE
    yield "text", b"BMI and hair: a diary\n" * 20, ErrorCode.NOT_AN_IMAGE
    yield "zeros", bytes(1000), ErrorCode.NOT_AN_IMAGE
    yield "page", b"<html><body>404</body></html>", ErrorCode.NOT_AN_IMAGE
    yield "pdf", b"%PDF-1.7\n", ErrorCode.NOT_AN_IMAGE
    yield "film", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", ErrorCode.NOT_AN_IMAGE
    yield "two bytes", b"\xff\xd8", ErrorCode.NOT_AN_IMAGE
    for kind in ("ICO", "JPEG2000"):
        yield kind.lower(), encoded(scene(), kind), ErrorCode.UNSUPPORTED_TYPE
    yield from _bad_tiffs()
    yield "animated png", animation("PNG"), ErrorCode.ANIMATED_IMAGE
    yield "animated webp", animation("WEBP"), ErrorCode.ANIMATED_IMAGE
    yield "animated gif", animation("GIF"), ErrorCode.ANIMATED_IMAGE
    yield "animated avif", animation("AVIF"), ErrorCode.ANIMATED_IMAGE
    yield "huge png", huge_png(), ErrorCode.TOO_MANY_PIXELS
    yield "huge jpeg", with_frame_size(jpeg, 60_000, 60_000), ErrorCode.TOO_MANY_PIXELS
    yield "narrow", encoded(scene(4000, 100)), ErrorCode.IMAGE_TOO_SMALL
    yield "jpeg start", b"\xff\xd8\xff", damaged
    yield "jpeg without pixels", jpeg[: jpeg.index(b"\xff\xda")] + b"\xff\xd9", damaged
    yield "half a jpeg", jpeg[: len(jpeg) // 2], damaged
    yield "jpeg without end", jpeg[:-2], damaged
    yield "jpeg, endless scans", endless_scans(), damaged
    yield "lossless jpeg", jpeg.replace(b"\xff\xc0", b"\xff\xc3"), ErrorCode.UNSUPPORTED_TYPE
    yield "half a png", whole_png[: len(whole_png) // 2], damaged
    yield "png start", PNG_START, damaged
    yield "png, wrong checksum", whole_png[:29] + bytes(4) + whole_png[33:], damaged
    yield "half a webp", webp[: len(webp) // 2], damaged
    yield "webp start", webp[:16], damaged
    yield "webp, other size", _with_webp_size(webp), damaged


def _bad_tiffs() -> Iterator[tuple[str, bytes, ErrorCode]]:
    unsupported, damaged = ErrorCode.UNSUPPORTED_TYPE, ErrorCode.DAMAGED_IMAGE
    grey = scene().convert("L")
    yield "tiff of one bit", encoded(grey.convert("1"), "TIFF"), unsupported
    yield (
        "tiff of fractions",
        encoded(grey.convert("F"), "TIFF", compression="tiff_lzw"),
        unsupported,
    )
    yield "tiff of 32 bits", encoded(grey.convert("I"), "TIFF", compression="tiff_lzw"), unsupported
    yield "fax tiff", encoded(grey.convert("1"), "TIFF", compression="group4"), unsupported
    yield "camera's raw file", encoded(grey, "TIFF", tiffinfo={50706: b"\1\4\0\0"}), unsupported
    yield "tiff of a thumbnail", encoded(grey, "TIFF", tiffinfo={254: 1}), unsupported
    lzw = encoded(scene(), "TIFF", compression="tiff_lzw")
    yield "tiff start", lzw[:8], damaged
    yield "half a tiff", lzw[: len(lzw) // 2], damaged
    yield "tiff cut in its pixels", encoded(scene(), "TIFF")[:50_000], damaged
    wide = tiff({256: 60_000, 257: 60_000, 258: 8, 259: 8, 262: 1, 273: 8, 278: 60_000, 279: 8})
    yield "huge tiff", wide, ErrorCode.TOO_MANY_PIXELS
    tiled = {256: 300, 257: 300, 258: 8, 259: 8, 262: 1, 322: 65_520, 323: 65_520, 324: 8, 325: 8}
    yield "tiff of a huge tile", tiff(tiled), ErrorCode.TOO_MANY_PIXELS
    yield (
        "narrow tiff",
        encoded(scene(4000, 100), "TIFF", compression="tiff_lzw"),
        ErrorCode.IMAGE_TOO_SMALL,
    )


def tiff(tags: dict[int, int]) -> bytes:
    """A TIFF of these tags, all LONG, and no pixels."""
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)


def text_bomb() -> bytes:
    """A comment of a hundred megabytes, packed."""
    return chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(100_000_000)))


def _with_webp_size(webp: bytes) -> bytes:
    """A WebP of one frame that claims ten times the width."""
    return webp[:26] + struct.pack("<H", 3200) + webp[28:]


def mutated(raw: bytes, edits: list[tuple[float, int]]) -> bytes:
    """The bytes with some of them replaced; a place is given as a share of the length."""
    array = np.frombuffer(raw, np.uint8).copy()
    for place, value in edits:
        array[min(int(place * len(array)), len(array) - 1)] = value
    return array.tobytes()
