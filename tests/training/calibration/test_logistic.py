import math

import numpy as np
import pytest

from training.calibration.calibrate import fit_club_bias, fit_logistic


def test_odds_are_found_again() -> None:
    rng = np.random.default_rng(0)
    seen = rng.uniform(0.02, 0.98, (4000, 2))
    log_odds = np.log(seen / (1 - seen)) @ (-1.0, 0.0) + math.log(0.5)
    happened = rng.random(4000) < 1 / (1 + np.exp(-log_odds))
    odds = fit_logistic(seen, happened.astype(float))
    assert odds.base == pytest.approx(math.log(0.5), abs=0.15)
    assert odds.weights == pytest.approx((-1.0, 0.0), abs=0.1)


def test_rows_that_are_told_apart_wholly_give_no_certainty_without_bounds() -> None:
    seen, happened = np.array([[0.1]] * 20 + [[0.9]] * 20), np.repeat([1.0, 0.0], 20)
    odds = fit_logistic(seen, happened)
    assert 0.5 < odds.probability((0.1,)) < 1
    assert abs(odds.weights[0]) < 10


def test_a_lean_is_found_again_whatever_the_mix_of_labels() -> None:
    rng = np.random.default_rng(0)
    shaft_px = 2.0 ** rng.uniform(1, 6, 40000)
    read = rng.normal(0, 2, 40000)  # log odds, which lean to clubs by 0.5 at 8 px, less when wide
    true = read - 0.5 - 0.4 * (np.log2(shaft_px) - 3)
    telogen = rng.uniform(size=40000) < 1 / (1 + np.exp(-true))
    # Of the telogen hairs three of four are left out: that changes the base only, and back again.
    kept = ~telogen | (rng.uniform(size=40000) < 0.25)
    lean = fit_club_bias(read[kept], shaft_px[kept], telogen[kept])
    even = math.log(telogen.sum() / (~telogen).sum())
    assert lean.per_doubling == pytest.approx(-0.4, abs=0.04)
    assert lean.base == pytest.approx(-0.5 - even, abs=0.06)
