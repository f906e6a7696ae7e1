"""Exposure and glare, in arrays made by hand."""

import numpy as np
from numpy.typing import NDArray

from data.images.photo import Photo
from data.quality.lighting import (
    Exposure,
    brightest_level,
    check_brightness,
    check_darkness,
    check_glare,
    clipped_share,
    largest_patch,
)

NOT_CLIPPED = np.zeros((10, 100), np.uint8)


def grey_with(bright: int) -> NDArray[np.uint8]:
    """A thousand pixels of level 30, ``bright`` of which are of level 200."""
    grey = np.full(1000, 30, np.uint8)
    grey[:bright] = 200
    return grey.reshape(10, 100)


def sheet(*patches: tuple[int, int, int, int]) -> Photo:
    """600 x 400 pixels of a mid grey with white patches: x, y, width, height."""
    pixels = np.full((400, 600, 3), 150, np.uint8)
    for x, y, width, height in patches:
        pixels[y : y + height, x : x + width] = 255
    return Photo(pixels, "0" * 64)


def test_one_bright_pixel_in_two_hundred_does_not_make_a_photo_bright() -> None:
    dark, light = (Exposure(grey_with(bright), NOT_CLIPPED, 1) for bright in (5, 6))
    assert (brightest_level(dark), brightest_level(light)) == (30, 200)
    assert check_darkness(dark) is not None
    assert check_darkness(light) is None


def test_the_dark_level_itself_is_bright_enough() -> None:
    greys = (np.full((10, 100), level, np.uint8) for level in (69, 70))
    assert [check_darkness(Exposure(grey, NOT_CLIPPED, 1)) is None for grey in greys] == [
        False,
        True,
    ]


def test_a_pixel_is_overexposed_when_one_colour_is() -> None:
    pixels = np.full((100, 100, 3), 252, np.uint8)
    pixels[:10, :, 2] = 253
    assert clipped_share(Exposure.of(Photo(pixels, ""))) == 0.1


def test_more_than_the_limit_overexposed_is_too_bright() -> None:
    shares = (0.4, 0.41)
    photos = (sheet((0, 0, 600, round(400 * share))) for share in shares)
    assert [check_brightness(Exposure.of(shot)) is None for shot in photos] == [True, False]


def test_a_large_photo_is_sampled() -> None:
    light = Exposure.of(Photo(np.zeros((3000, 4000, 3), np.uint8), ""))
    assert (light.step, light.grey.shape) == (4, (750, 1000))


def found_at(shot: Photo) -> tuple[int, int, int, int] | None:
    finding = check_glare(shot, Exposure.of(shot))
    return finding.box if finding else None


def test_glare_is_boxed_where_it_is() -> None:
    shot = sheet((200, 104, 160, 144), (8, 8, 16, 16))
    assert largest_patch(Exposure.of(shot))[0] == 160 * 144 / (600 * 400)
    assert found_at(shot) == (200, 104, 160, 144)


def test_a_dark_hair_across_does_not_cut_it_in_two() -> None:
    shot = sheet((200, 104, 160, 144))
    shot.pixels[170:173] = 20
    assert found_at(shot) == (200, 104, 160, 144)


def test_the_box_of_glare_in_a_large_photo_is_in_its_pixels() -> None:
    large = sheet((200, 104, 160, 144)).pixels.repeat(4, axis=0).repeat(4, axis=1)
    assert found_at(Photo(large, "")) == (800, 416, 640, 576)


def test_small_patches_are_no_glare_however_many() -> None:
    assert found_at(sheet((0, 0, 120, 120), (240, 0, 120, 120), (480, 0, 120, 120))) is None
