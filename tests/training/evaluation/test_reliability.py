import pytest

pytest.importorskip("torch")

from dataclasses import replace

import numpy as np

from model.labelling.hair import Label
from tests.helpers.training.predictions import end, hair
from training.datasets.examples import BARE, CLUB, MISSHAPEN
from training.evaluation.reliability import (
    Bin,
    ProbabilityClaims,
    calibration_error,
    claims_of_ends,
    claims_of_hairs,
    reliability,
    telogen_probability,
)


def test_ends_claim_their_likeliest_class_and_every_class_weighs_the_same() -> None:
    # Said with 0.95: the one club is wrong, of three bare ends all are right.
    ends = [end(CLUB, MISSHAPEN, 0.95), *[end(BARE, BARE, 0.95)] * 3, end(CLUB, CLUB, 0.55)]
    low, high = reliability(claims_of_ends(ends))
    assert low == Bin(pytest.approx(0.55), 1.0, 1)
    # Clubs weigh 1/4 each here, bare ends 1/6: 3/6 of 3/4 came true.
    assert high == Bin(pytest.approx(0.95), pytest.approx(2 / 3), 4)


def test_hairs_claim_to_be_telogen_unless_they_are_not_listed() -> None:
    hairs = [
        hair(CLUB, Label.TELOGEN, 0.94),
        hair(CLUB, Label.UNSURE, 0.92),
        hair(MISSHAPEN, Label.TELOGEN, 0.98),
        hair(MISSHAPEN, Label.ANAGEN, 0.0),
        replace(hair(CLUB, Label.UNSURE), hair=None),
    ]
    low, high = reliability(claims_of_hairs(hairs))
    assert low == Bin(pytest.approx(0.0), 0.0, 1)
    # Two telogen of weight 1/4 each and one of the two anagen, of as much.
    assert high == Bin(pytest.approx((0.94 + 0.92 + 0.98) / 3), pytest.approx(2 / 3), 3)
    assert reliability(claims_of_hairs([])) == []


def test_what_is_left_for_a_root_out_of_view_does_not_count() -> None:
    half_unseen = hair(CLUB, Label.UNSURE, 0.3)
    assert half_unseen.hair
    read = replace(half_unseen.hair, p_anagen=0.1)
    (only,) = reliability(claims_of_hairs([replace(half_unseen, hair=read)]))
    assert only.said == pytest.approx(0.75)


def test_certainty_falls_into_the_last_bin() -> None:
    assert reliability(claims_of_ends([end(CLUB, CLUB, 1.0)])) == [Bin(1.0, 1.0, 1)]


def test_the_calibration_error_is_the_gap_between_said_and_true() -> None:
    # In one bin: said 0.7, true half of the time. In two bins they do not make up for each other.
    even = np.full(4, 0.25)
    half = np.array([True, False, True, False])
    assert calibration_error(ProbabilityClaims(np.full(4, 0.7), half, even)) == pytest.approx(0.2)
    apart = np.array([0.7, 0.7, 0.3, 0.3])
    assert calibration_error(ProbabilityClaims(apart, half, even)) == pytest.approx(0.2)
    assert calibration_error(ProbabilityClaims(np.array([1.0, 0.0, 1.0, 0.0]), half, even)) == 0


def test_a_bin_weighs_what_its_rows_do() -> None:
    weights = np.array([0.5, 0.1, 0.4])
    chances, true = np.array([0.8, 0.8, 0.1]), np.array([True, False, False])
    # 0.5 * 0.2 - 0.1 * 0.8 = 0.02, and 0.4 * 0.1 = 0.04
    assert calibration_error(ProbabilityClaims(chances, true, weights)) == pytest.approx(0.06)


def test_a_chance_is_that_of_a_root_in_view() -> None:
    seen = hair(CLUB, Label.TELOGEN).hair
    assert seen is not None
    half_seen = replace(seen, p_telogen=0.3, p_anagen=0.1)
    assert telogen_probability(half_seen) == pytest.approx(0.75)
    assert telogen_probability(replace(seen, p_telogen=0.0, p_anagen=0.0)) == 0.5
