from pathlib import Path

import numpy as np
import pytest

from data.errors import ShedlightError
from data.images.photo import Photo
from data.strands.line_map import LineMap, shows_wide_lines
from model.inference.line_finder import (
    OnnxLineDetector,
    StrandFinder,
    load_line_detector,
    shipped_finder,
    shipped_line_detector,
)
from tests.helpers.drawn_photos import draw, ground, photo
from tests.helpers.line_maps import line_map
from tests.helpers.width_meters import NoShaft

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


class _Looks:
    """Finds lines 60 px wide in any copy of a photo, and remembers the copies."""

    def __init__(self) -> None:
        self.shrinks: list[float] = []

    def predict(self, photo: Photo, shrink: float = 1.0) -> LineMap:
        self.shrinks.append(shrink)
        lines = line_map([[(80, 240), (560, 240)]], 60)
        return LineMap(lines.by_direction, lines.width_px, lines.end, 2.0 * shrink)


def test_wide_hairs_are_looked_for_in_smaller_copies_until_they_fit() -> None:
    looks = _Looks()
    StrandFinder(looks, NoShaft()).find(photo(ground()))
    assert looks.shrinks == [1, 2, 4]  # 60 px are 30, 15 and 7.5 cells


def test_thin_hairs_are_looked_for_once() -> None:
    assert not shows_wide_lines(line_map([[(80, 240), (560, 240)]], 6))
    assert not shows_wide_lines(line_map([], 60))


@pytest.mark.parametrize("shaft_px", [28, 40])
def test_a_hair_of_a_microscope_is_one_strand(shaft_px: int) -> None:
    pixels = ground(960, 1280)
    draw(pixels, [(200, 240), (1080, 700)], shaft_px)
    (strand,) = shipped_finder().find(photo(pixels))
    assert strand.shaft_px == pytest.approx(shaft_px, rel=0.15)


def test_weights_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ShedlightError):
        OnnxLineDetector(b"no network")
    with pytest.raises(ShedlightError):
        load_line_detector(tmp_path)
