import numpy as np
import pytest

from data.strands.ends import refine_end
from data.strands.line_map import LineMap
from data.strands.strand import End, EndState

SHAFT_PX = 8.0


def with_end(x: float, y: float, probability: float) -> LineMap:
    """A map of 2-pixel cells with an end around (x, y) of the photo."""
    row, column = np.mgrid[:100, :100]
    away = np.hypot(2 * column + 0.5 - x, 2 * row + 0.5 - y)
    end = probability * np.exp(-(away**2) / (2 * 4.0**2))
    no_lines = np.zeros((12, 100, 100), np.uint8)
    return LineMap(no_lines, np.full((100, 100), SHAFT_PX, np.float32), end.astype(np.float32), 2.0)


def refined(lines: LineMap, x: float = 100, y: float = 100, direction: float = 0) -> End:
    return refine_end(lines, End(x, y, direction, EndState.VISIBLE), SHAFT_PX)


@pytest.mark.parametrize(("x", "y"), [(124, 100), (88, 100), (100, 100), (110, 104)])
def test_an_end_moves_to_the_end_in_the_map(x: float, y: float) -> None:
    found = refined(with_end(x, y, 0.9))
    assert (found.x, found.y) == pytest.approx((x, y), abs=1)
    assert found.confidence == pytest.approx(0.9, abs=0.05)


def test_an_end_moves_along_its_direction() -> None:
    found = refined(with_end(100, 124, 0.9), direction=np.pi / 2)
    assert (found.x, found.y) == pytest.approx((100, 124), abs=1)


@pytest.mark.parametrize(("x", "probability"), [(120, 0.2), (170, 0.9), (40, 0.9)])
def test_an_end_stays_if_the_map_has_none_nearby(x: float, probability: float) -> None:
    found = refined(with_end(x, 100, probability))
    assert (found.x, found.y) == (100, 100)
    assert found.confidence <= probability


def test_beyond_the_photo_there_is_no_end() -> None:
    assert refined(with_end(5, 100, 0.9), x=-30, direction=np.pi).confidence < 0.1
