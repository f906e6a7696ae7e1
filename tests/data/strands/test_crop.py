import cv2
import numpy as np
import pytest

from data.strands.crop import CROP_HEIGHT, CROP_SHAFT_PX, CROP_WIDTH, END_X, crop_at
from data.strands.strand import End, EndState
from tests.helpers.drawn_photos import DARK, draw, ground, photo


def end_at(x: float, y: float, degrees: float) -> End:
    return End(x, y, float(np.deg2rad(degrees)), EndState.VISIBLE)


def test_the_shaft_comes_in_from_the_left_in_the_width_of_every_crop() -> None:
    pixels = ground()
    draw(pixels, [(100, 240), (320, 240)], 16)
    crop = crop_at(photo(pixels).pixels, end_at(320, 240, 0), 16.0).pixels
    assert crop.shape == (CROP_HEIGHT, CROP_WIDTH, 3)
    dark = crop[..., 1] < 125
    assert dark[:, 20].sum() == pytest.approx(CROP_SHAFT_PX, abs=1)
    assert np.flatnonzero(dark[:, 20]).mean() == pytest.approx((CROP_HEIGHT - 1) / 2, abs=1)
    last = np.flatnonzero(dark[CROP_HEIGHT // 2])[-1]
    assert last == pytest.approx(END_X + CROP_SHAFT_PX / 2, abs=2)  # the drawn end is a half circle


@pytest.mark.parametrize("degrees", [-140, -60, 35, 90, 180])
def test_a_hair_photographed_turned_gives_the_same_crop(degrees: float) -> None:
    way = np.array([np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))])
    crops = []
    for direction, angle in ((np.array([1.0, 0.0]), 0.0), (way, degrees)):
        pixels = np.full((500, 500, 3), 200, np.uint8)
        start = np.array([250, 250]) - 200 * direction
        draw(pixels, [tuple(start), (250, 250)], 10)
        crops.append(crop_at(photo(pixels).pixels, end_at(250, 250, angle), 10.0).pixels)
    difference = np.abs(crops[0].astype(int) - crops[1].astype(int))
    assert difference.mean() < 2


@pytest.mark.parametrize("factor", [0.5, 2, 4])
def test_a_hair_photographed_at_another_size_gives_the_same_crop(factor: float) -> None:
    pixels = np.full((600, 600, 3), 200, np.uint8)
    draw(pixels, [(80, 300), (300, 300)], 16)
    cv2.circle(pixels, (308, 300), 14, DARK, -1)
    whole = photo(pixels).pixels
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    other = np.asarray(cv2.resize(whole, None, fx=factor, fy=factor, interpolation=way), np.uint8)
    moved = (300 + 0.5) * factor - 0.5
    first = crop_at(whole, end_at(300, 300, 0), 16.0).pixels.astype(int)
    second = crop_at(other, end_at(moved, moved, 0), 16.0 * factor).pixels.astype(int)
    assert np.abs(first - second).mean() < 2


def test_a_crop_at_the_corner_is_filled_from_the_photo() -> None:
    pixels = ground(220, 220, (10, 200, 10))
    crop = crop_at(pixels, end_at(3, 4, 225), 30.0).pixels
    assert crop[..., 1].min() > 150
