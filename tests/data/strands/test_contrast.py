import numpy as np
import pytest
from numpy.typing import NDArray

from data.strands.find import contrast
from tests.helpers.drawn_photos import DARK, GROUND, PALE, draw, ground, photo

PATH = np.column_stack([np.arange(100.0, 500.0, 6), np.full(67, 240.0)])


def tone_of(*strokes: tuple[float, float, tuple[int, int, int]]) -> NDArray[np.uint8]:
    """A level hair at y = 240, drawn of strokes (offset from its middle, width, colour)."""
    pixels = ground()
    for offset, width_px, colour in strokes:
        draw(pixels, [(60, 240 + offset), (540, 240 + offset)], width_px, colour)
    return photo(pixels).pixels[..., 1]


def test_a_dark_hair_has_its_tone_minus_its_grounds() -> None:
    assert contrast(tone_of((0, 8, DARK)), PATH, 8) == pytest.approx(DARK[1] - GROUND[1], abs=8)


def test_a_gloss_does_not_hide_the_shaft() -> None:
    assert contrast(tone_of((0, 12, DARK), (0, 3, PALE)), PATH, 12) < -120


def test_a_wrong_width_changes_little() -> None:
    tone = tone_of((0, 8, DARK))
    assert contrast(tone, PATH, 6) == pytest.approx(contrast(tone, PATH, 11), abs=12)


def test_bare_ground_has_no_contrast() -> None:
    assert contrast(np.full((480, 640), 200, np.uint8), PATH, 5.6) == 0
