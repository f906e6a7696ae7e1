"""Photos packed in unusual ways, made of a sound one."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

from PIL import Image

from tests.helpers.hostile_files import chunk

XMP = b'<x xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/>'


def odd_photos(photo: Path) -> dict[str, bytes]:
    """Files by name. PNG and WebP show the photo, the JPEGs its quarter turn, undone by their
    orientation."""
    with Image.open(photo) as opened:
        upright = opened.convert("RGB")
    plain = _encoded(upright, "PNG")
    start, end = plain.index(b"IDAT") - 4, plain.index(b"IEND") - 4
    packet = b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b" " * 2_000_000)
    profile = b"icc\0\0" + zlib.compress(bytes(1_500_000))
    frame = struct.pack(">IIIIIHHBB", 0, *upright.size, 0, 0, 1, 1, 0, 0)
    animation = chunk(b"acTL", struct.pack(">II", 1, 0)) + chunk(b"fcTL", frame)
    files = {"plain.png": plain}
    for name, between in (
        ("xmp.png", chunk(b"iTXt", packet)),
        ("icc.png", chunk(b"iCCP", profile)),
        ("apng.png", animation),
    ):
        files[name] = plain[:start] + between + plain[start:]
    files["text.png"] = plain[:end] + chunk(b"tEXt", b"Comment\0" + b"x" * 1_200_000) + plain[end:]
    files["webp.webp"] = _encoded(upright, "WEBP", save_all=True, lossless=True)
    turned = upright.transpose(Image.Transpose.ROTATE_90)
    for name, order, kind in (
        ("short", "<", 3),
        ("long_big", ">", 4),
        ("long_little", "<", 4),
        ("byte", ">", 1),
        ("slong", ">", 9),
        ("sshort", "<", 8),
    ):
        files[f"{name}.jpg"] = _encoded(turned, "JPEG", exif=_exif(order, kind), quality=95)
    jpeg, body = _encoded(turned, "JPEG", quality=95), b"http://ns.adobe.com/xap/1.0/\0" + XMP
    packet = b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    files["xmp_alone.jpg"] = jpeg[:2] + packet + jpeg[2:]
    return files


def _encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _exif(order: str, kind: int) -> bytes:
    """An EXIF of the orientation 6, stored as an integer type of TIFF 6.0."""
    form = {1: "B3x", 3: "H2x", 4: "I", 8: "h2x", 9: "i"}[kind]
    head = (b"MM\0*" if order == ">" else b"II*\0") + struct.pack(f"{order}IH", 8, 1)
    entry = struct.pack(f"{order}HHI{form}I", 0x112, kind, 1, 6, 0)
    return b"Exif\0\0" + head + entry
