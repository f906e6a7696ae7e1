import math

import numpy as np
import pytest

from training.odds import fit_odds


def test_odds_are_found_again() -> None:
    rng = np.random.default_rng(0)
    seen = rng.uniform(0.02, 0.98, (4000, 2))
    log_odds = np.log(seen / (1 - seen)) @ (-1.0, 0.0) + math.log(0.5)
    happened = rng.random(4000) < 1 / (1 + np.exp(-log_odds))
    odds = fit_odds(seen, happened.astype(float))
    assert odds.base == pytest.approx(math.log(0.5), abs=0.15)
    assert odds.weights == pytest.approx((-1.0, 0.0), abs=0.1)


def test_rows_that_are_told_apart_wholly_give_no_certainty_without_bounds() -> None:
    seen, happened = np.array([[0.1]] * 20 + [[0.9]] * 20), np.repeat([1.0, 0.0], 20)
    odds = fit_odds(seen, happened)
    assert 0.5 < odds.chance((0.1,)) < 1
    assert abs(odds.weights[0]) < 10
