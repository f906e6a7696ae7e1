from dataclasses import replace

from data.strands.strand import Strand
from model.labelling.hair import EndProbabilities
from model.labelling.joint_rule import EndScores, HairScores
from model.labelling.photo_rule import label_photo, photo_posteriors
from model.labelling.probability import LogisticModel
from tests.helpers.model.hairs import BARE, CLUB, NOT_HAIR, RULE, strand

SHARED = replace(RULE, prior_not_hair=LogisticModel.constant(0.3), photo_spread=2.0)
DOUBTFUL = EndScores(EndProbabilities(0.02, 0.02, 0.48, 0.48), 0.2)


def photo_of(*readings: HairScores) -> tuple[list[Strand], list[HairScores]]:
    return [strand() for _ in readings], list(readings)


def test_a_scratch_among_scratches_is_not_listed_and_a_club_is() -> None:
    scratches = [(NOT_HAIR, NOT_HAIR)] * 10
    doubtful, club, *_ = label_photo(
        *photo_of((DOUBTFUL, DOUBTFUL), (CLUB, BARE), *scratches), SHARED
    )
    assert doubtful is None
    assert club is not None
    assert club.p_telogen > 0.9


def test_the_same_end_among_hairs_is_listed() -> None:
    hairs = [(CLUB, BARE)] * 10
    doubtful, *_ = label_photo(*photo_of((DOUBTFUL, DOUBTFUL), *hairs), SHARED)
    assert doubtful is not None


def test_without_a_spread_company_makes_no_difference() -> None:
    among, *_ = photo_posteriors(*photo_of((DOUBTFUL, BARE), *[(NOT_HAIR, NOT_HAIR)] * 9), RULE)
    (alone,) = photo_posteriors(*photo_of((DOUBTFUL, BARE)), RULE)
    assert abs(among.not_hair - alone.not_hair) < 1e-9


def test_a_photo_without_a_strand_has_no_hair() -> None:
    assert label_photo([], [], SHARED) == []
