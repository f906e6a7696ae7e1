import numpy as np
import pytest
from numpy.typing import NDArray

from data.shaft import measure_shaft
from tests.drawn import DARK, GROUND, PALE, draw, ground, photo

PATH = np.column_stack([np.arange(100.0, 500.0, 6), np.full(67, 240.0)])


def tone_of(*strokes: tuple[float, float, tuple[int, int, int]]) -> NDArray[np.uint8]:
    """A level hair at y = 240, drawn of strokes (offset from its middle, width, colour)."""
    pixels = ground()
    for offset, width_px, colour in strokes:
        draw(pixels, [(60, 240 + offset), (540, 240 + offset)], width_px, colour)
    return photo(pixels).pixels[..., 1]


@pytest.mark.parametrize("guess_px", [6.0, 8.0, 12.0])
def test_the_width_does_not_hang_on_the_guess(guess_px: float) -> None:
    shaft = measure_shaft(tone_of((0, 8, DARK)), PATH, guess_px, dark=True)
    assert shaft.width_px == pytest.approx(8, abs=1.5)
    assert shaft.contrast == pytest.approx(DARK[1] - GROUND[1], abs=8)


def test_a_gloss_along_the_middle_does_not_narrow_the_shaft() -> None:
    tone = tone_of((0, 12, DARK), (0, 3, PALE))
    assert measure_shaft(tone, PATH, 11.0, dark=True).width_px == pytest.approx(12, abs=2)


def test_a_hair_that_is_not_there_keeps_the_guess() -> None:
    blank = np.full((480, 640), 200, np.uint8)
    assert measure_shaft(blank, PATH, 5.6, dark=True).width_px == 5.6
