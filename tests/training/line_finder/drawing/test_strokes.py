import numpy as np
import pytest
from numpy.typing import NDArray

from training.line_finder.drawing.strokes import STEP_PX, Band, paint_stroke

SIZE = 40


def painted(
    start: tuple[float, float], stop: tuple[float, float], width: float
) -> NDArray[np.float32]:
    """The share of each pixel that a sharp white band from start to stop covers."""
    count = int(np.hypot(*np.subtract(stop, start)) / STEP_PX) + 2
    band = Band(np.linspace(start, stop, count), np.full(count, width / 2), np.full(count, 0.05))
    canvas = np.zeros((SIZE, SIZE, 3), np.float32)
    paint_stroke(canvas, band, band.cover(band.across()), np.ones(3))
    assert np.array_equal(canvas[..., 0], canvas[..., 2])
    return canvas[..., 0]


def test_pixel_k_reaches_from_k_to_k_plus_one() -> None:
    column = painted((-5, 10), (45, 10), 4)[:, SIZE // 2]

    assert column[8:12] == pytest.approx([0.75, 1, 1, 0.75], abs=0.02)
    assert np.abs(column[:7]).max() == 0
    assert column[:20] == pytest.approx(column[:20][::-1], abs=1e-6)


@pytest.mark.parametrize("middle", [12.0, 12.3, 12.5, 17.9])
def test_a_band_lies_at_its_line(middle: float) -> None:
    column = painted((-5, middle), (45, middle), 5)[:, SIZE // 2]

    centre = (column * (np.arange(SIZE) + 0.5)).sum() / column.sum()

    assert centre == pytest.approx(middle, abs=0.05)


@pytest.mark.parametrize("stop", [(30.0, 10.0), (30.0, 30.0), (25.0, 33.0)])
def test_a_band_covers_its_length_times_its_width(stop: tuple[float, float]) -> None:
    area = painted((10, 10), stop, 6).sum()

    assert area == pytest.approx(6 * np.hypot(stop[0] - 10, stop[1] - 10), rel=0.06)


def test_paint_does_not_wrap_around_the_border() -> None:
    cover = painted((SIZE - 3, 20), (SIZE + 30, 20), 4)

    assert cover[:, -2:].max() == pytest.approx(1, abs=0.1)
    assert cover[:, : SIZE - 5].max() == 0


def test_a_band_beyond_the_tile_changes_nothing() -> None:
    assert painted((-30, -30), (-10, -20), 4).max() == 0
