"""TIFF files: the pixels that were stored, upright, of the first page."""

import struct
from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from data.errors import ErrorCode, ShedlightError
from data.images.photo import ReadLimits
from data.images.read import read_photo
from data.images.tiff import tiff_header
from data.quality import assess
from tests.helpers.hostile_files import encoded, oriented, scene, tiff

ANY_SIZE = ReadLimits(min_side_px=1)
COMPRESSIONS = ("raw", "tiff_lzw", "tiff_deflate", "tiff_adobe_deflate", "packbits")
EIGHT_BITS = np.arange(256, dtype=np.uint8)[None]


def saved(image: Image.Image, **options: object) -> bytes:
    return encoded(image, "TIFF", **options)


def of_levels(levels: NDArray[np.uint16], order: str = "<", white_is_zero: bool = False) -> bytes:
    """An uncompressed TIFF of 16-bit grey levels (H, W)."""
    height, width = levels.shape
    photometric = 0 if white_is_zero else 1
    tags = {256: width, 257: height, 258: 16, 259: 1, 262: photometric, 273: 8, 277: 1}
    tags |= {278: height, 279: levels.nbytes}
    pixels = levels.astype(f"{order}u2").tobytes()
    entries = b"".join(struct.pack(f"{order}HHII", tag, 4, 1, tags[tag]) for tag in sorted(tags))
    start = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8 + len(pixels))
    return start + pixels + struct.pack(f"{order}H", len(tags)) + entries + bytes(4)


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA", "LA", "CMYK"])
def test_the_pixels_are_those_stored(compression: str, mode: str) -> None:
    image = scene().convert(mode)
    raw = saved(image, compression=compression)
    assert (read_photo(raw).pixels[:, :, ::-1] == np.asarray(image.convert("RGB"))).all()


@pytest.mark.parametrize("options", [{"compression": "jpeg", "quality": 90}, {"big_tiff": True}])
def test_jpeg_within_tiff_and_big_tiff_are_read(options: dict[str, object]) -> None:
    photo = read_photo(saved(scene(), **options))
    difference = photo.pixels[:, :, ::-1].astype(int) - np.asarray(scene())
    assert np.abs(difference).mean() < 3


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_tiff_comes_out_upright(compression: str, orientation: int) -> None:
    stored, exif = oriented(scene(), orientation)
    pixels = read_photo(saved(stored, exif=exif, compression=compression)).pixels
    assert (pixels[:, :, ::-1] == np.asarray(scene())).all()


@pytest.mark.parametrize("order", "<>")
def test_sixteen_bits_are_scaled_to_eight(order: str) -> None:
    raw = of_levels(EIGHT_BITS.astype(np.uint16) * 257, order)
    assert (read_photo(raw, ANY_SIZE).pixels == EIGHT_BITS[:, :, None]).all()


def test_twelve_bits_stored_in_sixteen_are_scaled_to_eight() -> None:
    raw = of_levels(EIGHT_BITS.astype(np.uint16) * 16)
    assert (read_photo(raw, ANY_SIZE).pixels == EIGHT_BITS[:, :, None]).all()


def test_eight_bits_stored_in_sixteen_stay_as_they_are() -> None:
    raw = of_levels(EIGHT_BITS.astype(np.uint16))
    assert (read_photo(raw, ANY_SIZE).pixels == EIGHT_BITS[:, :, None]).all()


def test_a_negative_of_sixteen_bits_is_inverted() -> None:
    raw = of_levels(65_535 - EIGHT_BITS.astype(np.uint16) * 257, white_is_zero=True)
    assert (read_photo(raw, ANY_SIZE).pixels == EIGHT_BITS[:, :, None]).all()


def test_an_unused_alpha_channel_does_not_hide_the_picture() -> None:
    image = scene().convert("RGBA")
    image.putalpha(0)
    assert (read_photo(saved(image)).pixels[:, :, ::-1] == np.asarray(scene())).all()


def test_of_several_pages_the_first_is_read_and_a_finding_says_so() -> None:
    raw = saved(scene(), save_all=True, append_images=[scene().rotate(180)] * 2)
    photo = read_photo(raw)
    assert (photo.pixels[:, :, ::-1] == np.asarray(scene())).all()
    assert "first_page_only" in {finding.code for finding in assess(photo, [])}
    single = assess(read_photo(saved(scene())), [])
    assert "first_page_only" not in {finding.code for finding in single}


def test_a_thumbnail_is_no_page() -> None:
    buffer = BytesIO()
    thumbnail = scene(64, 48)
    thumbnail.encoderinfo = {"tiffinfo": {254: 1}}
    scene().save(buffer, "TIFF", save_all=True, append_images=[thumbnail])
    assert not read_photo(buffer.getvalue()).has_more_pages


def test_directories_in_a_circle_and_without_end_are_read_once() -> None:
    tags = {256: 300, 257: 300, 258: 8, 262: 1}
    circle = tiff(tags)[:-4] + struct.pack("<I", 8)
    assert not tiff_header(circle).has_more_pages
    crowded = b"II*\0" + struct.pack("<IH", 8, 65_535) + bytes(12 * 65_535)
    with pytest.raises(ShedlightError) as caught:
        tiff_header(crowded)
    assert caught.value.code is ErrorCode.DAMAGED_IMAGE


def test_every_cut_of_a_tiff_is_refused_or_whole() -> None:
    raw = saved(scene(40, 30), compression="tiff_lzw")
    whole = read_photo(raw, ANY_SIZE).pixels
    for length in range(4, len(raw)):
        try:
            pixels = read_photo(raw[:length], ANY_SIZE).pixels
        except ShedlightError:
            continue
        assert (pixels == whole).all()
