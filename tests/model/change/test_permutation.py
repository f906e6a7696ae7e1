import numpy as np
import pytest

from model.change.permutation import effect_of


def test_a_steady_rise_of_five_values_is_one_of_120_orders() -> None:
    effect = effect_of(np.arange(5.0), np.array([1.0, 2, 3, 4, 5]))
    assert effect.size == pytest.approx(1.0)
    assert effect.p == pytest.approx(2 / 120)  # it, and the order downward


def test_the_difference_of_two_groups() -> None:
    groups = np.array([0, 0, 0, 1, 1, 1])
    effect = effect_of(groups, np.array([1.0, 2, 3, 11, 12, 13]))
    assert effect.size == pytest.approx(10.0)
    assert effect.p == pytest.approx(2 / 20)  # of 20 ways to choose three of six


def test_the_interval_holds_the_size_and_ends_where_the_test_rejects() -> None:
    x = np.arange(6.0)
    values = np.array([0.1, 1.2, 1.9, 3.3, 3.8, 5.1])
    effect = effect_of(x, values)
    assert effect.low < effect.size < effect.high
    assert effect_of(x, values - (effect.low - 0.01) * x).p <= 0.05
    assert effect_of(x, values - (effect.low + 0.01) * x).p > 0.05


def test_three_values_reject_nothing() -> None:
    effect = effect_of(np.arange(3.0), np.array([0.0, 1, 5]))
    assert (effect.low, effect.high) == (-np.inf, np.inf)


def test_x_must_vary() -> None:
    with pytest.raises(ValueError, match="vary"):
        effect_of(np.ones(4), np.arange(4.0))
