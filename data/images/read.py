"""Decodes image files of unknown origin safely, and turns them upright."""

import hashlib
import re
import stat
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from PIL import ExifTags, Image, UnidentifiedImageError

from data.arrays import Pixels
from data.errors import ErrorCode, ShedlightError
from data.images.heic import decode_heic
from data.images.jpeg import first_picture
from data.images.jpeg_damage import is_damaged
from data.images.photo import Photo, ReadLimits
from data.images.resolution import stated_mm_per_px
from data.images.sniff import ImageType, png_header, png_still, sniff, webp_header
from data.images.tiff import tiff_header

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


_MAY_BE_ANIMATED = {ImageType.AVIF, ImageType.GIF}
_XMP_ORIENTATION = re.compile(rb"""tiff:Orientation\s*(?:=\s*["']|>)\s*([1-8])""")
"""Photo editors may write the orientation into the XMP packet alone."""
_JPEG_FLAGS = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
_EIGHT_BITS, _TWELVE_BITS = 1 << 8, 1 << 12


class _Decoded(NamedTuple):
    """The upright pixels of a file, and what its report mentions; see ``Photo``."""

    pixels: Pixels
    partly_damaged: bool = False
    has_more_pages: bool = False


def read_photo(raw: bytes, limits: ReadLimits = ReadLimits()) -> Photo:
    """Decodes the upright photo in ``raw``: JPEG, PNG, WebP, AVIF, TIFF, BMP, GIF.

    HEIC needs the extra ``heic``. Of a TIFF with several pages the first is decoded.

    Metadata (location, camera, comments) is dropped, except the resolution of a microscope. Raises
    ShedlightError and nothing else, for any bytes.
    """
    limits.check_bytes(len(raw))
    kind = sniff(raw)
    decoded = _DECODERS[kind](raw, limits)
    return Photo(
        decoded.pixels,
        hashlib.sha256(raw).hexdigest(),
        decoded.partly_damaged,
        decoded.has_more_pages,
        stated_mm_per_px(raw, kind),
    )


def read_photo_file(path: Path, limits: ReadLimits = ReadLimits()) -> Photo:
    """Decodes the upright photo in a file. Raises ShedlightError and nothing else."""
    return read_photo(read_bytes(path, limits), limits)


def read_bytes(path: Path, limits: ReadLimits = ReadLimits()) -> bytes:
    """A file's bytes; a file that is too large is not opened. Raises ShedlightError."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would never end
            raise ShedlightError(ErrorCode.UNREADABLE_FILE)
        limits.check_bytes(status.st_size)
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        raise ShedlightError(ErrorCode.UNREADABLE_FILE) from error


def _decode_jpeg(raw: bytes, limits: ReadLimits) -> _Decoded:
    """OpenCV decodes, and handles grey and (inverted) CMYK.

    It reads an orientation of one integer type only, so the rotation is left to ``upright``.
    """
    picture = first_picture(raw)
    limits.check_size(picture.width, picture.height)
    try:
        decoded = cv2.imdecode(np.frombuffer(raw[: picture.end], np.uint8), _JPEG_FLAGS)
    except cv2.error as error:
        raise ShedlightError(ErrorCode.DAMAGED_IMAGE) from error
    if decoded is None:
        raise ShedlightError(ErrorCode.DAMAGED_IMAGE)
    pixels = np.asarray(decoded, np.uint8)
    try:
        damaged = is_damaged(raw, picture, pixels)
    except Exception:  # Pillow's decoders raise exceptions of many types
        damaged = True
    exif = Image.Exif()
    with suppress(Exception):  # an unreadable EXIF is ignored
        exif.load(picture.exif)
    if ExifTags.Base.Orientation not in exif and (found := _XMP_ORIENTATION.search(picture.xmp)):
        exif[ExifTags.Base.Orientation] = int(found[1])
    return _Decoded(upright(pixels, exif), damaged)


def _decode_png_or_webp(raw: bytes, limits: ReadLimits) -> _Decoded:
    kind = sniff(raw)
    header = png_header(raw) if kind is ImageType.PNG else webp_header(raw)
    if header.animated:
        raise ShedlightError(ErrorCode.ANIMATED_IMAGE)
    limits.check_size(header.width, header.height)
    still = png_still(raw) if kind is ImageType.PNG else raw
    return _Decoded(_decode_with_pillow(still, kind, limits))


def _decode_tiff(raw: bytes, limits: ReadLimits) -> _Decoded:
    header = tiff_header(raw)
    limits.check_size(header.width, header.height)
    if header.tile[0] * header.tile[1] > limits.max_pixels:  # memory for a tile is needed, too
        raise limits.too_many_pixels()
    pixels = _decode_with_pillow(raw, ImageType.TIFF, limits)
    if header.white_is_zero and header.bits > 8:  # Pillow inverts those of 8 bits
        pixels = 255 - pixels
    return _Decoded(pixels, has_more_pages=header.has_more_pages)


def _decode_heic(raw: bytes, limits: ReadLimits) -> _Decoded:
    return _Decoded(_blue_green_red(decode_heic(raw, limits)))  # it is upright


def _decode_other(raw: bytes, limits: ReadLimits) -> _Decoded:
    return _Decoded(_decode_with_pillow(raw, sniff(raw), limits))


def _decode_with_pillow(raw: bytes, kind: ImageType, limits: ReadLimits) -> Pixels:
    """Pillow decodes; only the detected format is allowed."""
    if Image.MAX_IMAGE_PIXELS is not None:  # Pillow refuses twice as many
        Image.MAX_IMAGE_PIXELS = max(Image.MAX_IMAGE_PIXELS, limits.max_pixels)
    try:
        with Image.open(BytesIO(raw), formats=(kind.value,)) as image:
            limits.check_size(*image.size)
            if kind in _MAY_BE_ANIMATED and getattr(image, "is_animated", False):
                raise ShedlightError(ErrorCode.ANIMATED_IMAGE)
            image.load()
            exif = Image.Exif()
            with suppress(Exception):  # an unreadable EXIF is ignored
                exif = image.getexif()
            return upright(_blue_green_red(image), exif)
    except ShedlightError:
        raise
    except Image.DecompressionBombError as error:
        raise limits.too_many_pixels() from error
    except UnidentifiedImageError as error:
        # The header was read before: Pillow lacks a decoder for this kind of samples.
        is_rare = kind is ImageType.TIFF
        code = ErrorCode.UNSUPPORTED_TYPE if is_rare else ErrorCode.DAMAGED_IMAGE
        raise ShedlightError(code) from error
    except Exception as error:  # Pillow's decoders raise exceptions of many types
        raise ShedlightError(ErrorCode.DAMAGED_IMAGE) from error


def _blue_green_red(image: Image.Image) -> Pixels:
    """(H, W, 3) from any mode; transparent pixels become white."""
    if image.mode.startswith("I"):  # 16-bit grey, which Pillow would clip at 255
        levels = np.asarray(image).astype(np.uint16)
        # Cameras of microscopes store 12 bits in 16, and programs 8. Our assumption: a photo of
        # more bits is brighter.
        most = levels.max(initial=0)
        shift = 0 if most < _EIGHT_BITS else 4 if most < _TWELVE_BITS else 8
        return np.repeat((levels >> shift).astype(np.uint8)[:, :, None], 3, axis=2)
    if image.mode == "La":
        image = image.convert("LA")
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        alpha = layer.getchannel("A")
        if alpha.getextrema() == (0, 0):  # an unused channel, as scanners write it
            return _blue_green_red(layer.convert("RGB"))
        image = Image.new("RGB", image.size, "white")
        image.paste(layer, mask=alpha)
    return np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])


_DECODERS: dict[ImageType, Callable[[bytes, ReadLimits], _Decoded]] = {
    ImageType.JPEG: _decode_jpeg,
    ImageType.PNG: _decode_png_or_webp,
    ImageType.WEBP: _decode_png_or_webp,
    ImageType.HEIC: _decode_heic,
    ImageType.AVIF: _decode_other,
    ImageType.BMP: _decode_other,
    ImageType.GIF: _decode_other,
    ImageType.TIFF: _decode_tiff,
}
