"""JPEGs that are whole to their end marker and broken inside are refused; sound ones are not."""

import numpy as np
import pytest
from PIL import Image

from data.errors import ErrorCode, ShedlightError
from data.images.jpeg import first_picture
from data.images.read import read_photo
from data.quality import assess
from tests.helpers.hostile_files import encoded, scene

KINDS: dict[str, dict[str, object]] = {
    "plain": {},
    "full colour": {"subsampling": 0},
    "halved colour": {"subsampling": 1},
    "own tables": {"optimize": True},
    "progressive": {"progressive": True},
    "restarts by row": {"restart_marker_rows": 1},
    "restarts within rows": {"restart_marker_blocks": 7},
}


def photo(width: int = 700, height: int = 530, mode: str = "RGB") -> Image.Image:
    """A smooth, grainy picture as photos are, of sides that no coding unit divides."""
    noise = np.random.default_rng(4).normal(0, 6, (height, width, 3))
    levels = np.linspace(60, 190, width)[None, :, None] + np.linspace(0, 30, height)[:, None, None]
    return Image.fromarray((levels + noise).clip(0, 255).astype(np.uint8)).convert(mode)


def is_noticed(raw: bytes) -> bool:
    """Whether the file is refused as damaged, or its photo flagged."""
    try:
        return read_photo(raw).partly_damaged
    except ShedlightError as error:
        return error.code is ErrorCode.DAMAGED_IMAGE


def test_a_photo_of_a_broken_file_has_a_finding() -> None:
    raw = encoded(photo(), quality=88)
    middle = len(raw) // 2
    broken = read_photo(raw[:middle] + raw[middle + 2000 :])
    assert broken.partly_damaged
    assert assess(broken, [])[0].code == "partly_damaged"
    assert "partly_damaged" not in {finding.code for finding in assess(read_photo(raw), [])}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("size", [(700, 530), (640, 480), (201, 203)])
def test_sound_jpegs_are_read(kind: str, mode: str, size: tuple[int, int]) -> None:
    assert not is_noticed(encoded(photo(*size, mode), quality=88, **KINDS[kind]))
    assert not is_noticed(encoded(scene(*size).convert(mode), quality=88, **KINDS[kind]))
    assert not is_noticed(encoded(Image.new(mode, size, "grey"), quality=88, **KINDS[kind]))


@pytest.mark.parametrize("kind", KINDS)
def test_a_jpeg_with_its_second_half_missing_is_noticed(kind: str) -> None:
    raw = encoded(photo(), quality=88, **KINDS[kind])
    assert is_noticed(raw[: len(raw) // 2] + b"\xff\xd9")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "progressive"])
@pytest.mark.parametrize("place", [0.2, 0.5, 0.8])
def test_a_jpeg_with_zeros_or_a_gap_inside_is_noticed(kind: str, place: float) -> None:
    raw = encoded(photo(), quality=88, **KINDS[kind])
    start, end = first_picture(raw).scans[0]
    at, count = start + int(place * (end - start)), (end - start) // 7
    assert is_noticed(raw[:at] + bytes(count) + raw[at + count :])
    assert is_noticed(raw[:at] + raw[at + count :])


def test_a_shift_of_brightness_from_some_unit_on_is_noticed() -> None:
    levels = np.asarray(photo(800, 608)).copy()
    levels[320:336, 400:] -= 20
    levels[336:] -= 20
    assert is_noticed(encoded(Image.fromarray(levels), quality=95))


def test_edges_along_the_coding_units_are_no_damage() -> None:
    for left, tilt in ((0, 0), (400, 0), (0, 16)):
        levels = np.asarray(photo(800, 608)).copy()
        for column in range(left, 800):
            levels[320 + column * tilt // 800 :, column] -= 40
        assert not is_noticed(encoded(Image.fromarray(levels), quality=95))
