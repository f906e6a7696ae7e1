import math

import pytest

from model.labelling.probability import NO_BIAS, ClubBias


@pytest.mark.parametrize(
    ("shaft_px", "log_factor"), [(8.0, 0.1), (16.0, 0.3), (4.0, -0.1), (1.0, -0.3), (500.0, 0.7)]
)
def test_the_lean_grows_with_each_doubling_of_the_width(shaft_px: float, log_factor: float) -> None:
    # Two doublings below 8 px lie 2 px, three above it 64 px: beyond, it grows no more.
    assert math.log(ClubBias(0.1, 0.2).odds_factor(shaft_px)) == pytest.approx(log_factor)


def test_upright_changes_nothing() -> None:
    assert NO_BIAS.odds_factor(3.0) == NO_BIAS.odds_factor(30.0) == 1
