from pathlib import Path

import numpy as np
import pytest

from data.errors import ShedlightError
from model.inference.line_finder import OnnxLineDetector, load_line_detector, shipped_line_detector
from tests.helpers.drawn_photos import draw, ground, photo

HAIR = [(100.0, 120.0), (540.0, 330.0)]


def test_a_map_shows_where_a_hair_runs_how_wide_it_is_and_where_it_ends() -> None:
    pixels = ground()
    draw(pixels, HAIR, 8)
    lines = shipped_line_detector().predict(photo(pixels))
    assert lines.centre.shape == lines.width_px.shape == lines.end.shape == (240, 320)
    rows, columns = np.nonzero(lines.centre > 0.5)
    x, y = lines.to_photo(np.column_stack([columns, rows])).T
    assert np.abs(y - (120 + (x - 100) * 210 / 440)).max() < 5
    assert np.median(lines.width_px[rows, columns]) == pytest.approx(8, rel=0.25)
    ends = np.column_stack(np.nonzero(lines.end > 0.5)[::-1])
    near = [np.abs(lines.to_photo(ends) - place).max(axis=1).min() for place in HAIR]
    assert max(near) < 8


@pytest.mark.parametrize(("height", "width"), [(1, 1), (33, 70), (101, 64)])
def test_any_size_of_photo_has_a_map(height: int, width: int) -> None:
    lines = shipped_line_detector().predict(photo(ground(height, width)))
    assert lines.centre.shape == (-(-height // 2), -(-width // 2))


def test_a_large_photo_is_searched_on_a_smaller_copy() -> None:
    lines = shipped_line_detector().predict(photo(np.full((3000, 4000, 3), 200, np.uint8)))
    assert lines.centre.shape == (750, 1000)
    assert lines.cell_px == pytest.approx(4)


def test_weights_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ShedlightError):
        OnnxLineDetector(b"no network")
    with pytest.raises(ShedlightError):
        load_line_detector(tmp_path)
