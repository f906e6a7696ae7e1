from pathlib import Path

import cv2
import numpy as np
import pytest

from data.errors import ErrorCode, ShedlightError
from data.strands.strips import ROWS, cut_strip
from model.inference.width_meter import (
    OnnxWidthMeter,
    load_width_meter,
    shipped_width_meter,
)
from tests.helpers.drawn_photos import DARK, GROUND, PALE, draw, ground

LINE = np.array([[40.0, 120.0], [600.0, 240.0]])


def read_px(shaft_px: float, guess_px: float, sheet: tuple[int, int, int], hair: object) -> float:
    """The median of the widths read along a drawn hair, from a guess and then from that."""
    pixels = cv2.GaussianBlur(drawn(shaft_px, sheet, hair), (0, 0), 0.7)
    path = np.linspace(LINE[0], LINE[1], 96)
    from_px = max(0.0, 150 - ROWS * guess_px / 2)
    for first in (True, False, False):
        strip = cut_strip(pixels, path, from_px, guess_px)
        (rows,) = shipped_width_meter().read([strip], first)
        guess_px = float(np.median(rows.width_px[strip.on_path]))
    return guess_px


def drawn(shaft_px: float, sheet: tuple[int, int, int], hair: object) -> np.ndarray:
    pixels = ground(colour=sheet)
    draw(pixels, [tuple(point) for point in LINE], shaft_px, hair)
    return pixels


@pytest.mark.parametrize("guessed", [0.6, 1.0, 1.6])
@pytest.mark.parametrize("shaft_px", [4, 8, 16, 32])
@pytest.mark.parametrize(("sheet", "hair"), [(GROUND, DARK), (DARK, PALE)])
def test_the_width_is_read_from_a_guess_that_is_far_off(
    sheet: tuple[int, int, int], hair: object, shaft_px: int, guessed: float
) -> None:
    assert read_px(shaft_px, guessed * shaft_px, sheet, hair) == pytest.approx(shaft_px, rel=0.2)


def test_other_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ShedlightError) as refused:
        OnnxWidthMeter(b"no network", b"no network")
    assert refused.value.code is ErrorCode.MODEL_REFUSED
    with pytest.raises(ShedlightError) as missing:
        load_width_meter(tmp_path)
    assert missing.value.code is ErrorCode.MODEL_REFUSED
