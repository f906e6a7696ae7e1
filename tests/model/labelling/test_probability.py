import math

import pytest

from model.labelling.probability import NO_BIAS, ClubBias, LogisticModel, bounded_log_odds


def test_a_constant_model_ignores_its_inputs() -> None:
    assert LogisticModel.constant(0.2).probability((0.9, 0.1)) == pytest.approx(0.2)
    assert LogisticModel.constant(0).probability(()) == pytest.approx(0)


def test_log_odds_add_up() -> None:
    # 0.8 has odds of 4, 0.5 of 1; halved log odds are the square root: 4 ** -0.5 = 1/2.
    odds = LogisticModel(math.log(3), (-0.5, 2.0))
    inputs = bounded_log_odds(0.8), bounded_log_odds(0.5)
    assert odds.probability(inputs) == pytest.approx(1.5 / 2.5)


def test_confidences_are_clipped() -> None:
    odds = LogisticModel(0.0, (-1.0,))
    assert odds.probability((bounded_log_odds(1.0),)) == pytest.approx(0.01)
    assert odds.probability((bounded_log_odds(0.0),)) == pytest.approx(0.99)


@pytest.mark.parametrize(
    ("shaft_px", "log_factor"), [(8.0, 0.1), (16.0, 0.3), (4.0, -0.1), (1.0, -0.3), (500.0, 0.7)]
)
def test_the_club_bias_is_linear_in_doublings_of_the_width(
    shaft_px: float, log_factor: float
) -> None:
    # Two doublings below 8 px lie 2 px, three above it 64 px: beyond these it is constant.
    assert math.log(ClubBias(0.1, 0.2).odds_factor(shaft_px)) == pytest.approx(log_factor)


def test_no_bias_changes_nothing() -> None:
    assert NO_BIAS.odds_factor(3.0) == NO_BIAS.odds_factor(30.0) == 1
