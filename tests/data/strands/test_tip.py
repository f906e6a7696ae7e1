import numpy as np
import pytest

from data.strands.ends import refine_end
from data.strands.line_map import LineMap
from data.strands.strand import End, EndState

SHAFT_PX = 8.0


def with_end(x: float, y: float, chance: float) -> LineMap:
    """A map of 2-pixel cells that sees an end round (x, y) of the photo."""
    row, column = np.mgrid[:100, :100]
    away = np.hypot(2 * column + 0.5 - x, 2 * row + 0.5 - y)
    end = chance * np.exp(-(away**2) / (2 * 4.0**2))
    nothing = np.zeros((12, 100, 100), np.uint8)
    return LineMap(nothing, np.full((100, 100), SHAFT_PX, np.float32), end.astype(np.float32), 2.0)


def tip(lines: LineMap, x: float = 100, y: float = 100, direction: float = 0) -> End:
    return refine_end(lines, End(x, y, direction, EndState.VISIBLE), SHAFT_PX)


@pytest.mark.parametrize(("x", "y"), [(124, 100), (88, 100), (100, 100), (110, 104)])
def test_an_end_moves_to_where_the_map_sees_one(x: float, y: float) -> None:
    found = tip(with_end(x, y, 0.9))
    assert (found.x, found.y) == pytest.approx((x, y), abs=1)
    assert found.confidence == pytest.approx(0.9, abs=0.05)


def test_it_moves_the_way_it_points() -> None:
    found = tip(with_end(100, 124, 0.9), direction=np.pi / 2)
    assert (found.x, found.y) == pytest.approx((100, 124), abs=1)


@pytest.mark.parametrize(("x", "chance"), [(120, 0.2), (170, 0.9), (40, 0.9)])
def test_it_stays_where_none_is_seen_near(x: float, chance: float) -> None:
    found = tip(with_end(x, 100, chance))
    assert (found.x, found.y) == (100, 100)
    assert found.confidence <= chance


def test_beyond_the_photo_no_end_is_seen() -> None:
    assert tip(with_end(5, 100, 0.9), x=-30, direction=np.pi).confidence < 0.1
