import numpy as np
import pytest

from data.curve import trace
from data.linemap import LineMap
from data.ridge import ridge_points
from tests.linemaps import line_map


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


def test_a_flat_map_has_no_ridge() -> None:
    flat = np.full((50, 60), 0.9, np.float32)
    assert len(ridge_points(LineMap(flat, flat, flat, 2.0)).xy) == 0


def test_a_faint_line_goes_on_only_from_a_strong_point() -> None:
    strong = line_map([[(40, 100), (600, 100)]])
    faint = LineMap(strong.centre * 0.4, strong.width_px, strong.end, strong.cell_px)
    half = strong.centre.copy()
    half *= np.interp(np.arange(half.shape[1]), (120, 200), (1, 0.4)).astype(np.float32)
    assert trace(ridge_points(faint)) == []
    (curve,) = trace(ridge_points(LineMap(half, strong.width_px, strong.end, 2.0)))
    assert np.ptp(curve.xy[:, 0]) == pytest.approx(280, abs=4)
