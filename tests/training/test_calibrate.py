import numpy as np
import pytest

from data.crop import RootCrop
from model.runtime import softmax
from training.calibrate import best_temperature, least_value_that_shows, threshold_for_risk
from training.ends import Ends
from training.evaluate import calibration_error


def ends(classes: list[int]) -> Ends:
    blank = RootCrop(np.zeros((96, 160, 3), np.uint8), 8.0)
    return Ends([blank] * len(classes), np.array(classes), np.ones(len(classes), bool))


def test_logits_that_are_twice_too_sure_get_a_temperature_of_two() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (20000, 4))
    draws = rng.uniform(size=(20000, 1))
    classes = (softmax(logits).cumsum(axis=1) < draws).sum(axis=1)
    assert best_temperature(logits * 2, ends(classes.tolist())) == pytest.approx(2, rel=0.06)


def test_the_threshold_is_the_least_that_keeps_the_risk() -> None:
    # From 0.75 on one of five is wrong, from 0.85 on none.
    sure = np.array([0.62, 0.75, 0.8, 0.84, 0.9, 0.95])
    right = np.array([False, True, True, False, True, True])
    even = np.ones(6)
    assert threshold_for_risk(sure, right, even, risk=0.2) == pytest.approx(0.63)
    assert threshold_for_risk(sure, right, even, risk=0.1) == pytest.approx(0.85)
    assert threshold_for_risk(sure, right, even, risk=0.5) == pytest.approx(0.6)


def test_a_rare_label_weighs_as_much_as_a_common_one() -> None:
    sure, right = np.full(10, 0.9), np.array([True] * 9 + [False])
    weights = np.array([1 / 9] * 9 + [1.0])
    assert threshold_for_risk(sure, right, np.ones(10), risk=0.1) == 0.6
    assert threshold_for_risk(sure, right, weights, risk=0.1) == pytest.approx(0.91)


def test_the_least_value_at_which_clubs_show() -> None:
    values = np.repeat(np.arange(1.0, 20.0), 100)
    seen = values >= 6
    found = least_value_that_shows(values, seen, start=8.0)
    assert 5 < found <= 6.1
    assert least_value_that_shows(values[:5], seen[:5], start=8.0) == 8.0
    assert least_value_that_shows(values, np.zeros(len(values), bool), start=8.0) == 8.0


def test_the_calibration_error_is_the_gap_between_sure_and_right() -> None:
    # 0.7 sure and right half of the time, in both classes alike.
    chances = np.array([[0.7, 0.1, 0.1, 0.1], [0.1, 0.7, 0.1, 0.1]] * 2)
    assert calibration_error(chances, ends([0, 1, 2, 3])) == pytest.approx(0.2)
    assert calibration_error(np.eye(4), ends([0, 1, 2, 3])) == pytest.approx(0)
