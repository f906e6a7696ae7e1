import numpy as np
import pytest

from data.strands.strips import COLUMNS, COLUMNS_PER_WIDTH, ROWS, cut_strip, recentred

WIDTH_PX = 8.0


def banded() -> np.ndarray:
    """A pale photo with a dark band 8 px wide along y = 60."""
    pixels = np.full((120, 300, 3), 200, np.uint8)
    pixels[56:64] = 40
    return pixels


def level(y: float) -> np.ndarray:
    return np.column_stack([np.arange(20.0, 261, 6), np.full(41, y)])


def test_a_strip_shows_the_shaft_down_its_middle_at_ten_columns_a_width() -> None:
    strip = cut_strip(banded(), level(59.5), 0.0, WIDTH_PX)
    assert strip.pixels.shape == (ROWS, COLUMNS, 3)
    dark = np.flatnonzero(strip.pixels[4, :, 0] < 120)
    middle = COLUMNS // 2
    assert dark[0] == pytest.approx(middle - COLUMNS_PER_WIDTH / 2, abs=1)
    assert dark[-1] == pytest.approx(middle + COLUMNS_PER_WIDTH / 2 - 1, abs=1)


def test_rows_are_a_width_apart_and_those_beyond_the_path_are_marked() -> None:
    strip = cut_strip(
        banded(), level(59.5)[:11], 0.0, WIDTH_PX
    )  # 60 px: the eighth row is at the last point
    assert strip.middle[:, 0] == pytest.approx(20 + WIDTH_PX * (np.arange(ROWS) + 0.5))
    assert strip.on_path.tolist() == [True] * 8 + [False] * (ROWS - 8)


def test_a_path_is_moved_onto_the_shaft_that_lies_beside_it() -> None:
    path = level(57.5)
    strip = cut_strip(banded(), path, 0.0, WIDTH_PX)
    moved = recentred(path, [strip], [np.full(ROWS, 2.0)])
    near = moved[moved[:, 0] < 20 + ROWS * WIDTH_PX]
    assert near[:, 1] == pytest.approx(59.5, abs=0.01)


def test_far_from_any_strip_a_path_stays() -> None:
    path = np.column_stack([np.arange(20.0, 621, 6), np.full(101, 57.5)])
    strips = [cut_strip(banded(), path, from_px, WIDTH_PX) for from_px in (0.0, 470.0)]
    moved = recentred(path, strips, [np.full(ROWS, 2.0)] * 2)
    between = (moved[:, 0] > 190) & (moved[:, 0] < 460)
    assert moved[between, 1] == pytest.approx(57.5)
