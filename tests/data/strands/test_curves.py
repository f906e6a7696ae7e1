import numpy as np
import pytest
from numpy.typing import NDArray

from data.arrays import Pixels
from data.strands.curves import resample, trace_curves
from data.strands.line_map import LineMap, levels
from data.strands.ridges import ridge_points
from tests.helpers.line_maps import line_map


def _times(toward: Pixels, share: NDArray[np.float32] | float) -> Pixels:
    return np.round(toward * share).astype(np.uint8)


def test_ridge_points_lie_on_the_line_to_a_fraction_of_a_cell() -> None:
    lines = line_map([[(40, 101), (600, 101)]])
    points = ridge_points(lines)
    x, y = lines.to_photo(points.xy.astype(float)).T
    inner = (x > 50) & (x < 590)  # round the line's ends the crest fans out
    assert inner.sum() > 260
    y = y[inner]
    assert y == pytest.approx(np.full(len(y), 101), abs=0.6)
    assert np.abs(np.sin(points.angle[inner])).max() < 0.1
    assert (points.width == 3).all()


def test_a_crossing_has_points_of_both_lines() -> None:
    lines = line_map([[(40, 240), (600, 240)], [(320, 40), (320, 440)]])
    points = ridge_points(lines)
    crossing = np.abs(lines.to_photo(points.xy.astype(float)) - (320, 240)).max(axis=1) < 3
    level = np.abs(np.sin(points.angle[crossing])) < 0.1
    assert level.any()
    assert not level.all()


def test_a_flat_map_has_no_ridge() -> None:
    flat = np.full((50, 60), 0.9, np.float32)
    assert len(ridge_points(LineMap(levels(np.stack([flat] * 12)), flat, flat, 2.0)).xy) == 0


def test_a_fainter_line_close_beside_another_is_its_shadow() -> None:
    hair, shadow = line_map([[(40, 100), (600, 100)]]), line_map([[(40, 108), (600, 108)]])
    toward = np.maximum(hair.by_direction, shadow.by_direction // 2)
    points = ridge_points(LineMap(toward, hair.width_px, hair.end, hair.cell_px))
    assert np.abs(hair.to_photo(points.xy.astype(float))[:, 1] - 100).max() < 2


def test_a_faint_line_continues_only_from_a_strong_point() -> None:
    strong = line_map([[(40, 100), (600, 100)]])
    faint = LineMap(_times(strong.by_direction, 0.4), strong.width_px, strong.end, strong.cell_px)
    fading = np.interp(np.arange(320), (120, 200), (1, 0.4)).astype(np.float32)
    half = LineMap(_times(strong.by_direction, fading), strong.width_px, strong.end, 2.0)
    assert trace_curves(ridge_points(faint)) == []
    (curve,) = trace_curves(ridge_points(half))
    assert np.ptp(curve.xy[:, 0]) == pytest.approx(280, abs=4)


def test_resample_keeps_both_ends() -> None:
    path = np.array([(0.0, 0.0), (3.0, 4.0), (3.0, 14.0)])
    even = resample(path, 5.0)
    assert even.tolist() == [[0, 0], [3, 4], [3, 9], [3, 14]]
