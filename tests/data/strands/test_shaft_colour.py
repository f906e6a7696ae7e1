import cv2
import numpy as np
import pytest

from data.strands.crop import CROP_HEIGHT, CROP_WIDTH, RootCrop
from data.strands.shaft_colour import (
    MAX_ODD_COLOUR,
    ShaftColour,
    mean_colour,
    shaft_colour,
)


def crop_of(lightness: float, chroma: float, hue_deg: float) -> RootCrop:
    """A shaft of a colour on grey, twelve pixels wide."""
    turn = np.radians(hue_deg)
    lab = np.array([[[lightness, chroma * np.cos(turn), chroma * np.sin(turn)]]], np.float32)
    colour = np.round(255 * cv2.cvtColor(lab, cv2.COLOR_LAB2BGR)[0, 0])
    pixels = np.full((CROP_HEIGHT, CROP_WIDTH, 3), 128, np.uint8)
    pixels[CROP_HEIGHT // 2 - 6 : CROP_HEIGHT // 2 + 6, :120] = colour
    return RootCrop(pixels, 12.0)


@pytest.mark.parametrize(
    ("lightness", "chroma", "hue_deg", "expected"),
    [
        (50, 0, 0, 0),  # grey
        (35, 25, 55, 0),  # brown
        (70, 30, 90, 0),  # blond
        (60, 20, 190, 20),  # a quarter turn from blond
        (60, 20, 130, 10),  # 30 degrees beyond
        (60, 20, -20, 10),
        (60, 20, 235, 20),  # opposite: its whole chroma
    ],
)
def test_colours_of_hair_are_not_odd(
    lightness: float, chroma: float, hue_deg: float, expected: float
) -> None:
    assert shaft_colour(crop_of(lightness, chroma, hue_deg)).odd == pytest.approx(expected, abs=1)


def test_the_most_saturated_colours_count_the_same() -> None:
    pixels = np.zeros((CROP_HEIGHT, CROP_WIDTH, 3), np.uint8)
    pixels[..., 0] = 255
    assert shaft_colour(RootCrop(pixels, 8.0)).odd == MAX_ODD_COLOUR


def test_the_ground_does_not_count() -> None:
    crop = crop_of(40, 0, 0)
    crop.pixels[:60] = crop.pixels[84:] = (0, 255, 0)
    assert shaft_colour(crop).odd == pytest.approx(0, abs=1)


def test_the_colour_is_that_of_the_shaft_in_lab() -> None:
    colour = shaft_colour(crop_of(60, 25, 90))
    assert (colour.lightness, colour.a, colour.b) == pytest.approx((60, 0, 25), abs=1)


def test_lightness_counts_less_than_hue() -> None:
    brown = ShaftColour(40, 6, 8)
    assert brown.distance(brown) == 0
    assert brown.distance(ShaftColour(60, 6, 8)) == pytest.approx(6)
    assert brown.distance(ShaftColour(40, -14, 8)) == pytest.approx(20)
    assert brown.distance(ShaftColour(50, 10, 8)) == pytest.approx(5)


def test_the_mean_of_no_colours_is_unknown() -> None:
    assert mean_colour([]) is None
    assert mean_colour([ShaftColour(0, 2, 4), ShaftColour(10, 4, 0)]) == ShaftColour(5, 3, 2)
