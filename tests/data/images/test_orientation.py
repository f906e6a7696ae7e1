"""Photos come out upright, wherever a program writes the orientation."""

import struct
import zlib

import pytest

from data.images.read import read_photo
from tests.data.images.test_read import difference
from tests.helpers.hostile_files import chunk, encoded, oriented, scene


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(kind: str, orientation: int) -> None:
    upright = scene(320, 240)
    stored, exif = oriented(upright, orientation)
    photo = read_photo(encoded(stored, kind, exif=exif, quality=90))
    assert (photo.width, photo.height) == (320, 240)
    assert difference(photo, upright) < 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_avif_comes_out_upright(orientation: int) -> None:
    stored, exif = oriented(scene(), orientation)
    assert difference(read_photo(encoded(stored, "AVIF", exif=exif, quality=90)), scene()) < 4


def test_unreadable_exif_does_not_refuse_a_sound_picture() -> None:
    raw = encoded(scene(), "PNG")
    start = raw.index(b"IDAT") - 4
    broken = raw[:start] + chunk(b"eXIf", b"II*\x00\xff\xff\xff\xff") + raw[start:]
    assert difference(read_photo(broken), scene()) == 0


def exif_orientation(value: int, kind: int, order: str) -> bytes:
    """An EXIF of nothing but the orientation, stored as an integer type of TIFF 6.0."""
    size = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i"}[kind]
    start = b"MM" if order == ">" else b"II"
    entry = struct.pack(f"{order}HHI", 0x0112, kind, 1) + struct.pack(order + size, value)
    directory = struct.pack(f"{order}H", 1) + entry.ljust(12, b"\0") + bytes(4)
    return b"Exif\0\0" + start + struct.pack(f"{order}HI", 42, 8) + directory


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("integer", [1, 3, 4, 6, 8, 9])
@pytest.mark.parametrize("order", ["<", ">"])
def test_an_orientation_of_any_integer_type_is_applied(kind: str, integer: int, order: str) -> None:
    stored, _ = oriented(scene(), 6)
    raw = encoded(stored, kind, exif=exif_orientation(6, integer, order), quality=90)
    assert difference(read_photo(raw), scene()) < 3


@pytest.mark.parametrize("value", [0, 9, 200])
def test_an_unknown_orientation_is_ignored(value: int) -> None:
    raw = encoded(scene(), exif=exif_orientation(value, 3, ">"))
    assert difference(read_photo(raw), scene()) < 3


XMP = b'<x xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/>'
EXIF_OF_IMAGEMAGICK = b"\nexif\n" + b"%8d\n" % 32 + exif_orientation(6, 3, ">").hex().encode()


@pytest.mark.parametrize("is_behind", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(XMP)),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
        chunk(b"tEXt", b"Raw profile type exif\0" + EXIF_OF_IMAGEMAGICK),
        chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(EXIF_OF_IMAGEMAGICK)),
    ],
    ids=["packed XMP", "plain XMP", "ImageMagick's EXIF", "the same, packed"],
)
def test_an_orientation_in_a_text_of_a_png_is_applied(text: bytes, is_behind: bool) -> None:
    stored, _ = oriented(scene(), 6)
    raw = encoded(stored, "PNG")
    start = raw.index(b"IEND" if is_behind else b"IDAT") - 4
    assert difference(read_photo(raw[:start] + text + raw[start:]), scene()) == 0


@pytest.mark.parametrize("text", [XMP, XMP.replace(b'="6"/>', b">6</tiff:Orientation>")])
def test_an_orientation_in_the_xmp_packet_of_a_jpeg_is_applied(text: bytes) -> None:
    stored, _ = oriented(scene(), 6)
    plain = encoded(stored, quality=90)
    body = b"http://ns.adobe.com/xap/1.0/\0" + text
    packet = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    assert difference(read_photo(plain[:2] + packet + plain[2:]), scene()) < 3
    with_exif = encoded(stored, exif=exif_orientation(1, 3, ">"), quality=90)  # which counts first
    read = read_photo(with_exif[:2] + packet + with_exif[2:])
    assert (read.width, read.height) == stored.size
