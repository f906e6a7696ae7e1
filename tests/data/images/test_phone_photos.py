"""Photos with the metadata of ten makers come out as Pillow turns them."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageOps

from data.images.read import read_photo
from tests.helpers.hostile_files import scene
from tests.helpers.phone_photos import BYTE, MAKERS, phone_photos

PHOTOS = dict(phone_photos())
NOT_TURNED_BY_PILLOW = {maker.name for maker in MAKERS if maker.orientation_type == BYTE}


def test_there_are_ten_makers_and_94_photos() -> None:
    assert (len({maker.name for maker in MAKERS}), len(PHOTOS)) == (10, 94)


@pytest.mark.parametrize("name", PHOTOS)
def test_a_photo_is_upright_and_sound(name: str) -> None:
    photo = read_photo(PHOTOS[name])
    assert not photo.partly_damaged
    wanted = np.asarray(scene()).astype(int)
    assert photo.pixels.shape == wanted.shape
    assert np.abs(photo.pixels[:, :, ::-1] - wanted).mean() < 3


@pytest.mark.parametrize(
    "name", [name for name in PHOTOS if name.rsplit(" ", 1)[0] not in NOT_TURNED_BY_PILLOW]
)
def test_a_photo_has_the_pixels_that_pillow_sees(name: str) -> None:
    with Image.open(BytesIO(PHOTOS[name])) as image:
        wanted = np.asarray(ImageOps.exif_transpose(image).convert("RGB")).astype(int)
    pixels = read_photo(PHOTOS[name]).pixels[:, :, ::-1]
    assert pixels.shape == wanted.shape
    assert np.abs(pixels - wanted).max() <= 2
