import math

import pytest

from model.labelling.probability import LogisticModel


def test_a_chance_that_goes_by_nothing_is_always_the_same() -> None:
    assert LogisticModel.constant(0.2).probability((0.9, 0.1)) == pytest.approx(0.2)
    assert LogisticModel.constant(0).probability(()) == pytest.approx(0)


def test_log_odds_add_up() -> None:
    # 0.8 has odds of 4, 0.5 of 1; halved log odds are the square root: 4 ** -0.5 = 1/2.
    odds = LogisticModel(math.log(3), (-0.5, 2.0))
    assert odds.probability((0.8, 0.5)) == pytest.approx(1.5 / 2.5)


def test_the_finder_is_never_taken_to_be_quite_sure() -> None:
    odds = LogisticModel(0.0, (-1.0,))
    assert odds.probability((1.0,)) == pytest.approx(0.01)
    assert odds.probability((0.0,)) == pytest.approx(0.99)
