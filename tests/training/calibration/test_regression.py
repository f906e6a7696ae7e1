import math

import numpy as np
import pytest

from training.calibration.regression import (
    fit_club_bias,
    fit_logistic,
    fit_logistic_in_groups,
)


def test_a_logistic_model_is_recovered() -> None:
    rng = np.random.default_rng(0)
    inputs = rng.normal(0, 2, (4000, 2))
    log_odds = inputs @ (-1.0, 0.0) + math.log(0.5)
    happened = rng.random(4000) < 1 / (1 + np.exp(-log_odds))
    model = fit_logistic(inputs, happened.astype(float))
    assert model.base == pytest.approx(math.log(0.5), abs=0.15)
    assert model.weights == pytest.approx((-1.0, 0.0), abs=0.1)


def test_separable_rows_give_finite_weights() -> None:
    inputs, happened = np.array([[-2.2]] * 20 + [[2.2]] * 20), np.repeat([1.0, 0.0], 20)
    model = fit_logistic(inputs, happened)
    assert 0.5 < model.probability((-2.2,)) < 1
    assert abs(model.weights[0]) < 10


def test_a_club_bias_is_recovered_for_any_mix_of_labels() -> None:
    rng = np.random.default_rng(0)
    shaft_px = 2.0 ** rng.uniform(1, 6, 40000)
    log_odds = rng.normal(0, 2, 40000)  # biased to clubs by 0.5 at 8 px
    true = log_odds - 0.5 - 0.4 * (np.log2(shaft_px) - 3)
    telogen = rng.uniform(size=40000) < 1 / (1 + np.exp(-true))
    # Three of four telogen hairs are left out: that changes the base only, and the weights undo it.
    chosen = ~telogen | (rng.uniform(size=40000) < 0.25)
    bias = fit_club_bias(log_odds[chosen], shaft_px[chosen], telogen[chosen])
    even = math.log(telogen.sum() / (~telogen).sum())
    assert bias.per_doubling == pytest.approx(-0.4, abs=0.04)
    assert bias.base == pytest.approx(-0.5 - even, abs=0.06)


def test_shifts_of_groups_do_not_bias_the_weights() -> None:
    """Half of the groups have mostly ones and small inputs, the others zeros and large ones; within
    a group, large inputs go with ones."""
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(60), 40)
    shift = np.where(groups % 2, 2.0, -2.0)
    inputs = rng.normal(0, 1, 2400) - shift
    happened = rng.random(2400) < 1 / (1 + np.exp(-(2 * shift + inputs)))
    given = inputs[:, None], happened.astype(float)
    pooled = fit_logistic(*given).weights[0]
    grouped = fit_logistic_in_groups(*given, [str(g) for g in groups], 4.0)
    assert pooled < 0
    assert grouped.weights == pytest.approx((1.0,), abs=0.2)
