import numpy as np
import pytest

from training.calibration.thresholds import (
    min_visible_value,
    threshold_for_risk,
    thresholds_by_width,
)


def test_the_threshold_is_the_lowest_within_the_risk() -> None:
    # From 0.75 on one of five is wrong, from 0.85 on none.
    probability = np.array([0.62, 0.75, 0.8, 0.84, 0.9, 0.95])
    right = np.array([False, True, True, False, True, True])
    even = np.ones(6)
    assert threshold_for_risk(probability, right, even, risk=0.2) == pytest.approx(0.63)
    assert threshold_for_risk(probability, right, even, risk=0.1) == pytest.approx(0.85)
    assert threshold_for_risk(probability, right, even, risk=0.5) == pytest.approx(0.6)


def test_a_rare_label_weighs_as_much_as_a_common_one() -> None:
    probability, right = np.full(10, 0.9), np.array([True] * 9 + [False])
    weights = np.array([1 / 9] * 9 + [1.0])
    assert threshold_for_risk(probability, right, np.ones(10), risk=0.1) == 0.6
    assert threshold_for_risk(probability, right, weights, risk=0.1) == pytest.approx(0.91)


def test_the_lowest_value_at_which_clubs_are_recognised() -> None:
    values = np.repeat(np.arange(1.0, 20.0), 100)
    recognised = values >= 6
    found = min_visible_value(values, recognised, start=8.0)
    assert 5 < found <= 6.1
    assert min_visible_value(values[:5], recognised[:5], start=8.0) == 8.0
    assert min_visible_value(values, np.zeros(len(values), bool), start=8.0) == 8.0


def test_each_width_bin_is_within_the_risk() -> None:
    # Of the narrow, every other one that is labelled under 0.9 is wrong; of the wide, none is.
    # From 0.6 on 50 of 150 are wrong: even from 0.7 on they are too many overall.
    probability = np.repeat([0.7, 0.95, 0.7, 0.4], [60, 60, 60, 60])
    right = np.repeat([True, False, True, True, False], [30, 30, 60, 60, 60])
    shaft_px = np.repeat([3.0, 3.0, 12.0, 12.0], [60, 60, 60, 60])
    found = thresholds_by_width(probability, right, shaft_px)
    assert found["under4px"] == pytest.approx(0.71)
    assert found["over8px"] == pytest.approx(0.6)


def test_a_width_bin_with_too_few_hairs_has_the_overall_threshold() -> None:
    # Overall: from 0.71 on none is wrong. The wide alone would have 0.6, but none of them is wrong.
    probability = np.repeat([0.7, 0.95, 0.65], [60, 60, 40])
    right = np.repeat([True, False, True, True], [30, 30, 60, 40])
    shaft_px = np.repeat([3.0, 12.0], [120, 40])
    found = thresholds_by_width(probability, right, shaft_px)
    assert found == pytest.approx({"under4px": 0.71, "4to8px": 0.71, "over8px": 0.71})


def test_the_threshold_is_that_of_the_worst_maker_with_enough_hairs() -> None:
    """Of maker a no label is wrong; of b half of those from 0.75 on, which hardly count beside a's;
    of c half of those from 0.9 on, but c has too few hairs."""
    counts = np.array([2000, 2000, 30, 30, 29, 29])
    probability = np.repeat([0.7, 0.4, 0.95, 0.75, 0.95, 0.9], counts)
    right = np.repeat([True, False] * 3, counts)
    makers = np.repeat(["a", "a", "b", "b", "c", "c"], counts)
    shaft_px = np.where(makers == "b", 12.0, 5.0)
    # Both labels weigh the same: at 0.6, 59 of 2059 anagen hairs to all 2059 telogen ones are 3%.
    assert set(thresholds_by_width(probability, right, shaft_px).values()) == {0.6, 0.76}
    found = thresholds_by_width(probability, right, shaft_px, makers)
    # The bin of 4 to 8 px has no hair of b, and enough of a alone.
    assert found == pytest.approx({"under4px": 0.76, "4to8px": 0.6, "over8px": 0.76})
    all_wide = thresholds_by_width(probability, right, np.full(len(right), 12.0), makers)
    assert all_wide["over8px"] == pytest.approx(0.76)
    assert thresholds_by_width(probability, right, np.full(len(right), 12.0))["over8px"] == 0.6


def test_thresholds_hold_the_risk_that_is_given() -> None:
    # One of ten labels from 0.8 on is wrong, none from 0.9 on.
    probability = np.repeat([0.85, 0.95, 0.5], [90, 100, 100])
    right = np.ones(290, bool)
    right[:10] = right[190:] = False
    shaft_px = np.full(290, 6.0)
    found = [thresholds_by_width(probability, right, shaft_px, None, r) for r in (0.1, 0.02)]
    assert [each["4to8px"] for each in found] == [0.6, 0.86]
