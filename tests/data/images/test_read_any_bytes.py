"""Any bytes give a photo within the limits or a ShedlightError."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import ShedlightError
from data.images.photo import ReadLimits
from data.images.read import read_photo
from tests.helpers.hostile_files import encoded, mutated, oriented, scene


def only_known_outcomes(raw: bytes) -> None:
    try:
        photo = read_photo(raw, ReadLimits(max_pixels=1_000_000, min_side_px=1))
    except ShedlightError:
        return
    assert photo.pixels.dtype == np.uint8
    assert photo.pixels.shape == (photo.height, photo.width, 3)
    assert photo.width * photo.height <= 1_000_000


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_photo_or_our_error(raw: bytes) -> None:
    only_known_outcomes(raw)


STARTS = [
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"RIFF\x00\x01\x00\x00WEBPVP8X",
    b"\x00\x00\x00\x14ftypheic",
    b"\x00\x00\x00\x14ftypavif",
    b"GIF89a",
    b"BM" + bytes(8),
    b"II*\0" + bytes([8, 0, 0, 0, 9, 0]),
]


@settings(deadline=None)
@given(st.sampled_from(STARTS), st.binary(max_size=300))
def test_any_bytes_behind_a_good_start_do_too(start: bytes, rest: bytes) -> None:
    only_known_outcomes(start + rest)


WHOLE = [
    encoded(scene(48, 32), exif=oriented(scene(), 6)[1]),
    encoded(scene(48, 32), progressive=True),
    encoded(scene(48, 32).convert("CMYK")),
    encoded(scene(48, 32), "PNG", exif=oriented(scene(), 6)[1]),
    encoded(scene(48, 32).convert("P"), "PNG", transparency=1),
    encoded(scene(48, 32), "WEBP", exif=oriented(scene(), 6)[1]),
    encoded(scene(48, 32).convert("RGBA"), "WEBP", lossless=True),
    encoded(scene(48, 32), "AVIF"),
    encoded(scene(48, 32), "BMP"),
    encoded(scene(48, 32), "GIF"),
    encoded(scene(48, 32), "TIFF", compression="tiff_lzw", exif=oriented(scene(), 6)[1]),
    encoded(scene(48, 32).convert("L"), "TIFF", compression="jpeg"),
]


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(WHOLE),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_mutated_pictures_give_a_photo_or_our_error(
    raw: bytes, edits: list[tuple[float, int]]
) -> None:
    only_known_outcomes(mutated(raw, edits))
