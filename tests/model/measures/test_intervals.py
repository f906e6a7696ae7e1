import numpy as np
import pytest

from model.measures.intervals import median_interval, wilson


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (3, 30, 0.0346, 0.2562), (0, 0, 0.0, 1.0)],
)
def test_wilson(count: int, of: int, low: float, high: float) -> None:
    assert wilson(count, of) == pytest.approx((low, high), abs=1e-4)


def test_the_median_lies_between_two_of_the_values() -> None:
    assert median_interval(np.arange(5.0)) is None  # 2 / 32 of all samples lie on one side
    assert median_interval(np.arange(6.0)) == (0.0, 5.0)
    assert median_interval(np.arange(30.0)) == (9.0, 20.0)  # the 10th and 21st, as in tables
