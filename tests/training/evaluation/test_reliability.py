import pytest

pytest.importorskip("torch")

from dataclasses import replace

import numpy as np

from model.labelling.hair import Label
from tests.helpers.training.predictions import end, hair
from training.datasets.examples import BARE, CLUB, MISSHAPEN
from training.evaluation.reliability import (
    Bin,
    PredictedOutcomes,
    calibration_error,
    outcomes_of_ends,
    outcomes_of_hairs,
    reliability,
    risk_curve,
    telogen_probability,
)

HAIRS = [
    hair(CLUB, Label.TELOGEN, 0.9),
    hair(MISSHAPEN, Label.TELOGEN, 0.8),
    hair(CLUB, Label.UNSURE, 0.6),
    hair(MISSHAPEN, Label.ANAGEN, 0.1),
    hair(MISSHAPEN, Label.UNSURE, 0.3),
    replace(hair(CLUB, Label.UNSURE), hair=None),
]
"""Three of either label, so each weighs a sixth; one is not listed."""


def test_every_class_of_ends_weighs_the_same() -> None:
    # With 0.95: the one club is wrong, of three bare ends all are right.
    ends = [end(CLUB, MISSHAPEN, 0.95), *[end(BARE, BARE, 0.95)] * 3, end(CLUB, CLUB, 0.55)]
    low, high = reliability(outcomes_of_ends(ends))
    assert low == Bin(pytest.approx(0.55), 1.0, 1)
    # Clubs weigh 1/4 each here, bare ends 1/6: 3/6 of 3/4 are right.
    assert high == Bin(pytest.approx(0.95), pytest.approx(2 / 3), 4)


def test_hairs_that_are_not_listed_are_left_out() -> None:
    hairs = [
        hair(CLUB, Label.TELOGEN, 0.94),
        hair(CLUB, Label.UNSURE, 0.92),
        hair(MISSHAPEN, Label.TELOGEN, 0.98),
        hair(MISSHAPEN, Label.ANAGEN, 0.0),
        replace(hair(CLUB, Label.UNSURE), hair=None),
    ]
    low, high = reliability(outcomes_of_hairs(hairs))
    assert low == Bin(pytest.approx(0.0), 0.0, 1)
    # Two telogen of weight 1/4 each and one of the two anagen, of as much.
    assert high == Bin(pytest.approx((0.94 + 0.92 + 0.98) / 3), pytest.approx(2 / 3), 3)
    assert reliability(outcomes_of_hairs([])) == []


def test_hair_probabilities_assume_the_root_in_view() -> None:
    half_hidden = hair(CLUB, Label.UNSURE, 0.3)
    assert half_hidden.hair
    read = replace(half_hidden.hair, p_anagen=0.1)
    (only,) = reliability(outcomes_of_hairs([replace(half_hidden, hair=read)]))
    assert only.predicted == pytest.approx(0.75)


def test_probability_1_falls_into_the_last_bin() -> None:
    assert reliability(outcomes_of_ends([end(CLUB, CLUB, 1.0)])) == [Bin(1.0, 1.0, 1)]


def test_the_calibration_error_is_the_gap_between_predicted_and_observed() -> None:
    # In one bin: predicted 0.7, true half of the time. In two bins they do not cancel out.
    even = np.full(4, 0.25)
    half = np.array([True, False, True, False])
    assert calibration_error(PredictedOutcomes(np.full(4, 0.7), half, even)) == pytest.approx(0.2)
    apart = np.array([0.7, 0.7, 0.3, 0.3])
    assert calibration_error(PredictedOutcomes(apart, half, even)) == pytest.approx(0.2)
    assert calibration_error(PredictedOutcomes(np.array([1.0, 0.0, 1.0, 0.0]), half, even)) == 0


def test_a_bin_has_the_weight_of_its_rows() -> None:
    weights = np.array([0.5, 0.1, 0.4])
    probability, true = np.array([0.8, 0.8, 0.1]), np.array([True, False, False])
    # 0.5 * 0.2 - 0.1 * 0.8 = 0.02, and 0.4 * 0.1 = 0.04
    assert calibration_error(PredictedOutcomes(probability, true, weights)) == pytest.approx(0.06)


def test_the_telogen_probability_is_given_a_root_in_view() -> None:
    listed = hair(CLUB, Label.TELOGEN).hair
    assert listed is not None
    half_visible = replace(listed, p_telogen=0.3, p_anagen=0.1)
    assert telogen_probability(half_visible) == pytest.approx(0.75)
    assert telogen_probability(replace(listed, p_telogen=0.0, p_anagen=0.0)) == 0.5


def test_coverage_grows_from_the_most_confident_hair() -> None:
    telogen = risk_curve(HAIRS, Label.TELOGEN, min_labelled=1)
    assert telogen.coverage == pytest.approx([1 / 6, 2 / 6, 3 / 6])
    assert telogen.risk == pytest.approx([0, 1 / 2, 1 / 3])
    anagen = risk_curve(HAIRS, Label.ANAGEN, min_labelled=1)
    assert anagen.coverage == pytest.approx([1 / 6, 2 / 6])
    assert anagen.risk == pytest.approx([0, 0])


def test_the_point_is_that_of_the_given_labels() -> None:
    assert risk_curve(HAIRS, Label.TELOGEN).point == pytest.approx((2 / 6, 1 / 2))
    assert risk_curve(HAIRS, Label.ANAGEN).point == pytest.approx((1 / 6, 0))
    assert risk_curve(HAIRS[2:3], Label.TELOGEN).point is None


def test_telogen_and_anagen_weigh_the_same() -> None:
    many = [hair(CLUB, Label.TELOGEN, 0.9)] * 9 + [hair(MISSHAPEN, Label.TELOGEN, 0.8)]
    assert risk_curve(many, Label.TELOGEN, min_labelled=1).risk[-1] == pytest.approx(1 / 2)


def test_a_curve_begins_at_the_minimum_number_of_labelled_hairs() -> None:
    assert np.allclose(risk_curve(HAIRS, Label.TELOGEN, min_labelled=3).coverage, [3 / 6])
    assert risk_curve(HAIRS, Label.ANAGEN, min_labelled=3).coverage.size == 0
