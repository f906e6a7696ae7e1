from dataclasses import replace

import numpy as np
import pytest

from data.crop import RootCrop
from model.joint import read_together
from model.network import RootNet
from model.runtime import softmax
from tests.model import examples as readings
from tests.training.examples import example
from training import calibrate as room
from training.calibrate import best_temperature, least_value_that_shows, threshold_for_risk
from training.ends import Ends, trained_ends
from training.evaluate import calibration_error
from training.example import BARE, CLUB, NOT_HAIR, Example


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


def as_seen(given: Example, first: float, second: float, line: float) -> Example:
    """The example, of whose ends and line the finder was so sure."""
    one, other = given.strand.ends
    ends = (replace(one, seen=first), replace(other, seen=second))
    strand = replace(given.strand, ends=ends, chance=line)
    return replace(given, labelled=replace(given.labelled, strand=strand))


def found(rng: np.random.Generator) -> list[Example]:
    """Hairs that the finder was sure of, lines on nothing of which it was less so, and hairs one
    of whose ends, that it hardly saw, is none."""
    some = []
    for i in range(60):
        sure, unsure = rng.uniform(0.5, 0.9, 3), rng.uniform(0.2, 0.6, 3)
        some += [as_seen(example(kind, i), *sure) for kind in (CLUB, BARE)]
        some.append(as_seen(example(NOT_HAIR, i), *unsure))
        broken = as_seen(example(CLUB, i), sure[0], rng.uniform(0.1, 0.3), sure[1])
        labelled = replace(broken.labelled, end_classes=(CLUB, NOT_HAIR))
        some.append(replace(broken, labelled=labelled))
    return some


def calibrated(given: list[Example]) -> room.Calibration:
    return room.calibrate(RootNet().eval(), trained_ends(given), given)


def test_what_the_finder_was_less_sure_of_is_likelier_nothing() -> None:
    rule = calibrated(found(np.random.default_rng(0))).rule
    assert rule.prior_not_hair.chance((0.8, 0.7)) < 0.1
    assert rule.prior_not_hair.chance((0.3, 0.3)) > 0.6
    assert rule.false_end.chance((0.8,)) < 0.1
    assert rule.false_end.chance((0.15,)) > 0.6


def test_nine_of_ten_bare_hairs_are_surely_hairs(monkeypatch: pytest.MonkeyPatch) -> None:
    given = found(np.random.default_rng(0))
    read = {CLUB: readings.CLUB, BARE: readings.BARE, NOT_HAIR: readings.NOT_HAIR}
    pairs = [tuple(read[kind] for kind in e.labelled.end_classes) for e in given]
    monkeypatch.setattr(room, "readings_of", lambda *_: pairs)
    rule = calibrated(given).rule
    bare = [
        read_together(e.strand, pair, rule).not_hair
        for e, pair in zip(given, pairs, strict=True)
        if e.labelled.truth == "bare"
    ]
    assert np.mean(np.array(bare) <= rule.thresholds.not_hair) == pytest.approx(0.9, abs=0.02)
    assert rule.thresholds.not_hair < 0.5
