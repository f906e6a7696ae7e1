import pytest

from model.labelling.hair import Label
from tests.helpers.training.predictions import hair, known
from training.datasets.annotations import Attributes
from training.datasets.examples import BARE, CLUB
from training.evaluation.metrics import figures_of_clubs, figures_of_hairs
from training.evaluation.predictions import HairPrediction

T, A, U = Label.TELOGEN, Label.ANAGEN, Label.UNSURE


def test_the_risk_of_a_label_weighs_both_labels_the_same() -> None:
    # Two telogen, both called so; eight anagen, two called telogen and four anagen. So of what is
    # called telogen 2/8 : (2/2 + 2/8) = 0.2 are wrong, of what is called anagen none.
    rows = [hair(CLUB, T)] * 2 + [hair(BARE, T)] * 2 + [hair(BARE, A)] * 4 + [hair(BARE, U)] * 2
    figures = figures_of_hairs(rows, "all")
    assert figures["hair_risk_telogen_all"] == pytest.approx(0.2)
    assert figures["hair_risk_anagen_all"] == 0
    assert figures["hair_recall_anagen_all"] == pytest.approx(4 / 6)
    assert figures["hair_coverage_all"] == pytest.approx(0.8)


def test_hairs_calibration_error_weighs_both_labels_the_same() -> None:
    # Said 0.85 of a telogen hair and of three anagen ones: evenly weighed, half are telogen.
    rows = [hair(CLUB, T, 0.85)] + [hair(BARE, T, 0.85)] * 3
    assert figures_of_hairs(rows, "all")["hair_calibration_error_all"] == pytest.approx(0.35)


def test_what_cannot_be_counted_is_left_out() -> None:
    assert figures_of_hairs([], "under4px") == {}
    unlisted = HairPrediction(known(CLUB), None)
    assert figures_of_hairs([unlisted], "under4px") == {"hair_coverage_under4px": 0}


def test_clubs_are_told_apart_by_what_hangs_on_them() -> None:
    def club(kind: str, said: Label) -> HairPrediction:
        return hair(CLUB, said, of=known(CLUB, Attributes(kind=kind)))

    typical = [club("club", T), club("club", T), club("club", A), club("club", U)]
    atypical = [club("club_tail", T), club("club_both", U), club("club_sheath", U)]
    figures = figures_of_clubs([*typical, *atypical, hair(BARE, A)])
    assert figures["hair_recall_typical_clubs"] == pytest.approx(2 / 3)
    assert figures["hair_coverage_typical_clubs"] == pytest.approx(0.75)
    assert figures["hair_recall_atypical_clubs"] == 1
    assert figures["hair_coverage_atypical_clubs"] == pytest.approx(1 / 3)
