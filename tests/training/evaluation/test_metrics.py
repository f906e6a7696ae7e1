import pytest

pytest.importorskip("torch")

from model.labelling.hair import Label
from tests.helpers.model.hairs import RULE
from tests.helpers.training.examples import example
from tests.helpers.training.predictions import hair, known, marked, predict_marked, predictions
from training.calibration.calibrate import Calibration
from training.datasets.annotations import Attributes
from training.datasets.examples import BARE, CLUB, Example
from training.evaluation.metrics import Evaluation, club_metrics, evaluate, hair_metrics
from training.evaluation.predictions import HairPrediction

T, A, U = Label.TELOGEN, Label.ANAGEN, Label.UNSURE


def evaluation_of(*examples: Example) -> Evaluation:
    return evaluate(predict_marked(examples, Calibration(1.0, RULE)))


def test_hairs_are_counted_by_true_and_predicted_label() -> None:
    # Three telogen: right, called bare at both ends, and a club at both ends, which is unsure.
    telogen = [
        marked(example(0, seed), *classes) for seed, classes in enumerate([(0, 2), (2, 2), (0, 0)])
    ]
    torn = marked(example(1), 1, 2)
    found = evaluation_of(*telogen, torn)
    assert found.metrics["hair_recall_telogen_all"] == 0.5
    assert found.metrics["hair_recall_anagen_all"] == 1
    assert found.metrics["hair_coverage_all"] == 0.75
    # One hair is added to each label: (1, 1, 1) + 1 of 6, and (0, 1, 0) + 1 of 4.
    assert found.confusion["all"].telogen == pytest.approx((1 / 3, 1 / 3, 1 / 3), abs=1e-4)
    assert found.confusion["all"].anagen == (0.25, 0.5, 0.25)
    assert found.confusion["all"].hairs == (3, 1)


def test_metrics_of_a_width_bin_count_its_hairs() -> None:
    narrow = marked(example(0, shaft_px=3.5), 1, 2)  # a club predicted misshapen
    wide = marked(example(0, seed=1, shaft_px=12.0), 0, 2)
    metrics = evaluation_of(narrow, wide).metrics
    assert metrics["hair_recall_telogen_under4px"] == 0
    assert metrics["hair_recall_telogen_over8px"] == 1
    assert metrics["recall_club_under4px"] == 0
    assert "hair_coverage_4to8px" not in metrics


def test_ends_are_counted_and_listed_negatives_reported() -> None:
    negative = marked(example(3, seed=1), 2, 2)
    found = evaluation_of(marked(example(3), 3, 3), negative)
    assert found.ends[3].tolist() == [0, 0, 2, 2]
    assert found.metrics["not_hair_listed"] == 0.5
    assert found.metrics["recall_not_hair_all"] == 0.5


def test_the_calibration_error_of_ends_weighs_every_class_the_same() -> None:
    # Every confidence is 0.999.
    bare = [marked(example(2, seed), 2, 2) for seed in range(3)] + [marked(example(2, 3), 0, 0)]
    found = evaluation_of(*bare, marked(example(0), 0, 2))
    # Of 9 bare ends 7 are right, of 1 club 1: mean 8/9.
    assert found.metrics["ends_calibration_error"] == pytest.approx(0.99899 - 8 / 9, abs=1e-4)


def test_the_risk_of_a_label_weighs_both_labels_the_same() -> None:
    # Two telogen, both right; eight anagen, two labelled telogen and four anagen. Of the telogen
    # labels 2/8 : (2/2 + 2/8) = 0.2 are wrong, of the anagen labels none.
    rows = [hair(CLUB, T)] * 2 + [hair(BARE, T)] * 2 + [hair(BARE, A)] * 4 + [hair(BARE, U)] * 2
    metrics = hair_metrics(rows, "all")
    assert metrics["hair_risk_telogen_all"] == pytest.approx(0.2)
    assert metrics["hair_risk_anagen_all"] == 0
    assert metrics["hair_recall_anagen_all"] == pytest.approx(4 / 6)
    assert metrics["hair_coverage_all"] == pytest.approx(0.8)


def test_hairs_calibration_error_weighs_both_labels_the_same() -> None:
    # 0.85 for a telogen hair and of three anagen ones: evenly weighed, half are telogen.
    rows = [hair(CLUB, T, 0.85)] + [hair(BARE, T, 0.85)] * 3
    assert hair_metrics(rows, "all")["hair_calibration_error_all"] == pytest.approx(0.35)


def test_metrics_without_hairs_are_left_out() -> None:
    assert hair_metrics([], "under4px") == {}
    unlisted = HairPrediction(known(CLUB), None)
    assert hair_metrics([unlisted], "under4px") == {"hair_coverage_under4px": 0}


def test_typical_and_atypical_clubs_are_counted_apart() -> None:
    def club(kind: str, predicted: Label) -> HairPrediction:
        return hair(CLUB, predicted, of=known(CLUB, Attributes(kind=kind)))

    typical = [club("club", T), club("club", T), club("club", A), club("club", U)]
    atypical = [club("club_tail", T), club("club_both", U), club("club_sheath", U)]
    metrics = club_metrics([*typical, *atypical, hair(BARE, A)])
    assert metrics["hair_recall_typical_clubs"] == pytest.approx(2 / 3)
    assert metrics["hair_coverage_typical_clubs"] == pytest.approx(0.75)
    assert metrics["hair_recall_atypical_clubs"] == 1
    assert metrics["hair_coverage_atypical_clubs"] == pytest.approx(1 / 3)


def test_hairs_are_counted_by_the_maker_of_their_photo() -> None:
    def by(maker: str, predicted: Label) -> HairPrediction:
        return hair(CLUB, predicted, of=known(CLUB, Attributes(maker=maker)))

    rows = [by("luxcore", T), by("luxcore", A), by("painter", T), by("painter", U), by("", U)]
    metrics = evaluate(predictions(hairs=rows)).metrics
    assert (metrics["hairs_on_luxcore"], metrics["hairs_on_painter"]) == (2, 2)
    assert metrics["hair_recall_telogen_on_luxcore"] == 0.5
    assert metrics["hair_recall_telogen_on_painter"] == 1
    assert metrics["hair_coverage_on_painter"] == 0.5
    assert metrics["hair_coverage_all"] == 0.6
    assert len([name for name in metrics if name.startswith("hairs_on_")]) == 2
