from dataclasses import replace

import numpy as np
import pytest

from data.strands.strand import Strand
from model.labelling.hair import EndProbabilities
from model.labelling.joint_rule import EndScores, HairScores
from model.labelling.photo_rule import label_photo, not_hair_posterior, photo_posteriors
from model.labelling.probability import LogisticModel
from tests.helpers.model.hairs import BARE, CLUB, NOT_HAIR, RULE, strand

SHARED = replace(RULE, prior_not_hair=LogisticModel.constant(0.3), photo_spread=2.0)
UNCERTAIN = EndScores(EndProbabilities(0.02, 0.02, 0.48, 0.48), 0.2)


def photo_of(*readings: HairScores) -> tuple[list[Strand], list[HairScores]]:
    return [strand() for _ in readings], list(readings)


def test_a_scratch_among_scratches_is_not_listed_and_a_club_is() -> None:
    scratches = [(NOT_HAIR, NOT_HAIR)] * 10
    uncertain, club, *_ = label_photo(
        *photo_of((UNCERTAIN, UNCERTAIN), (CLUB, BARE), *scratches), SHARED
    )
    assert uncertain is None
    assert club is not None
    assert club.p_telogen > 0.9


def test_the_same_end_among_hairs_is_listed() -> None:
    hairs = [(CLUB, BARE)] * 10
    uncertain, *_ = label_photo(*photo_of((UNCERTAIN, UNCERTAIN), *hairs), SHARED)
    assert uncertain is not None


def test_without_a_spread_other_strands_make_no_difference() -> None:
    among, *_ = photo_posteriors(*photo_of((UNCERTAIN, BARE), *[(NOT_HAIR, NOT_HAIR)] * 9), RULE)
    (alone,) = photo_posteriors(*photo_of((UNCERTAIN, BARE)), RULE)
    assert abs(among.not_hair - alone.not_hair) < 1e-9


def test_a_photo_without_a_strand_has_no_hair() -> None:
    assert label_photo([], [], SHARED) == []


EVEN_ODDS = np.zeros(1)


def test_without_a_spread_strands_are_independent() -> None:
    # Odds of 1 to 3 beforehand; the scores are twice as likely for no hair.
    found = not_hair_posterior(np.log([1 / 3, 1 / 3]), np.array([2.0, 0.0]), np.ones(2), 0.0)
    assert found == pytest.approx([2 / 5, 0])


def test_an_uncertain_strand_follows_the_others() -> None:
    uncertain, not_hair, hair = (1.0, 1.0), (50.0, 1.0), (1.0, 50.0)

    def p_among(other: tuple[float, float]) -> float:
        rows = np.array([uncertain] + [other] * 12)
        return float(not_hair_posterior(np.zeros(13), rows[:, 0], rows[:, 1], 2.0)[0])

    assert p_among(uncertain) == pytest.approx(0.5)
    assert p_among(not_hair) > 0.85
    assert p_among(hair) == pytest.approx(1 - p_among(not_hair))


def test_a_single_strand_keeps_its_probability() -> None:
    # Nothing to compare with, and a shift to either side is as likely.
    assert not_hair_posterior(EVEN_ODDS, np.ones(1), np.ones(1), 2.0) == pytest.approx([0.5])


def test_a_confident_score_outweighs_the_others() -> None:
    rows = np.array([(1e-4, 1.0)] + [(50.0, 1.0)] * 12)
    assert not_hair_posterior(np.zeros(13), rows[:, 0], rows[:, 1], 2.0)[0] < 0.05


def test_zero_likelihoods_do_not_divide_by_zero() -> None:
    assert np.isfinite(not_hair_posterior(EVEN_ODDS, np.zeros(1), np.zeros(1), 1.0)).all()
