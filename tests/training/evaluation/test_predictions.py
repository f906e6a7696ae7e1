import pytest

pytest.importorskip("torch")

from dataclasses import replace

from model.labelling.hair import Hair, Label
from model.labelling.joint_rule import HairScores, JointRule
from tests.helpers.model.hairs import RULE
from tests.helpers.training.examples import example, examples
from tests.helpers.training.predictions import MarkedNet, end, known, marked, predict_marked
from training.calibration.calibrate import Calibration
from training.datasets.examples import BARE, CLUB, MISSHAPEN, NOT_HAIR, UNTRAINED, Example
from training.evaluation import predictions
from training.evaluation.predictions import (
    SHOWN,
    EndPrediction,
    classifier_of,
    worst_end_mistakes,
)
from training.fitting.apply import HairLogits, hair_logits

UNCHANGED = Calibration(1.0, RULE)


def test_ends_keep_their_order_and_their_classes() -> None:
    misread = marked(example(CLUB), MISSHAPEN, BARE)
    found = predict_marked([misread, marked(example(NOT_HAIR), NOT_HAIR, BARE)], UNCHANGED)
    assert [(end.truth, end.likeliest) for end in found.ends] == [
        (CLUB, MISSHAPEN),
        (BARE, BARE),
        (NOT_HAIR, NOT_HAIR),
        (NOT_HAIR, BARE),
    ]
    assert [end.is_right for end in found.ends] == [False, True, True, False]
    assert found.ends[0].crop is misread.crops[0]
    assert found.ends[0].confidence == pytest.approx(0.9990, abs=1e-4)  # e^8 / (e^8 + 3)


def test_ends_without_a_class_or_a_crop_are_left_out() -> None:
    torn = marked(example(MISSHAPEN), MISSHAPEN, BARE)
    unnamed = replace(torn, annotated=replace(torn.annotated, end_classes=(MISSHAPEN, UNTRAINED)))
    assert [end.truth for end in predict_marked([unnamed], UNCHANGED).ends] == [MISSHAPEN]
    unseen = replace(torn, crops=(None, torn.crops[1]))
    assert [end.truth for end in predict_marked([unseen], UNCHANGED).ends] == [BARE]


def test_only_the_end_with_the_root_is_a_root() -> None:
    club, bare = marked(example(CLUB), CLUB, BARE), marked(example(BARE), BARE, BARE)
    negative = marked(example(NOT_HAIR), NOT_HAIR, NOT_HAIR)
    ends = predict_marked([club, bare, negative], UNCHANGED).ends
    assert [end.is_root for end in ends] == [True, False, True, True, False, False]


def test_knowable_hairs_and_negatives_are_separate() -> None:
    torn, club = marked(example(MISSHAPEN), MISSHAPEN, BARE), marked(example(CLUB), CLUB, BARE)
    piece = replace(club, annotated=replace(club.annotated, truth="fragment"))
    negatives = [
        marked(example(NOT_HAIR), NOT_HAIR, NOT_HAIR),
        marked(example(NOT_HAIR), CLUB, BARE),
    ]
    found = predict_marked([torn, piece, club, *negatives], UNCHANGED)
    assert [(hair.truth, hair.predicted) for hair in found.hairs] == [
        (Label.ANAGEN, Label.ANAGEN),
        (Label.TELOGEN, Label.TELOGEN),
    ]
    assert found.not_hair_listed == (False, True)


def test_the_temperature_lowers_the_confidence() -> None:
    crops = [crop for crop in marked(example(CLUB), CLUB, BARE).crops if crop]
    sharp = classifier_of(MarkedNet(), UNCHANGED)(crops)
    cooler = classifier_of(MarkedNet(), Calibration(4.0, RULE))(crops)
    assert sharp.argmax(axis=1).tolist() == cooler.argmax(axis=1).tolist() == [CLUB, BARE]
    assert cooler[0, CLUB] == pytest.approx(0.7113, abs=1e-4)  # e^2 / (e^2 + 3)


def test_no_photo_is_predicted_with_what_was_calibrated_on_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = examples(30)
    logits = hair_logits(MarkedNet(), [marked(e, *e.annotated.end_classes) for e in given])
    logits_by_example = {id(e): pair for e, pair in zip(given, logits, strict=True)}
    calibrated_on: dict[float, set[str]] = {}
    predicted_with: dict[str, float] = {}

    def calibrate(some: list[Example], logits: list[HairLogits]) -> Calibration:
        assert logits == [logits_by_example[id(e)] for e in some]
        temperature = 1.0 + len(calibrated_on)
        calibrated_on[temperature] = {e.photo for e in some}
        return Calibration(temperature, replace(RULE, photo_spread=temperature))

    def label(some: list[Example], scores: list[HairScores], rule: JointRule) -> list[Hair | None]:
        predicted_with.update({e.photo: rule.photo_spread for e in some})
        return [None for _ in some]

    monkeypatch.setattr(predictions, "calibrate", calibrate)
    monkeypatch.setattr(predictions, "label_examples", label)
    labels = predictions.cross_fitted_labels(given, logits)
    assert {id(example) for example, *_ in labels} == set(logits_by_example)
    assert predicted_with.keys() == {e.photo for e in given}
    assert set(predicted_with.values()) == calibrated_on.keys()
    for photo, temperature in predicted_with.items():
        assert photo not in calibrated_on[temperature]


def test_a_single_photo_is_predicted_with_what_holds_without_any() -> None:
    given = [marked(e, *e.annotated.end_classes) for e in examples(1)]
    found = predictions.cross_fitted_predictions(
        predictions.cross_fitted_labels(given, hair_logits(MarkedNet(), given))
    )
    assert len(found.ends) == 8


def misread(photo: str, confidence: float) -> EndPrediction:
    return end(CLUB, BARE, confidence, known(CLUB, photo=photo))


def test_the_most_confident_mistakes_come_first() -> None:
    right = end(CLUB, CLUB, 0.99)
    ends = [misread("a", 0.6), right, misread("b", 0.9), misread("c", 0.7)]
    assert [round(end.confidence, 2) for end in worst_end_mistakes(ends)] == [0.9, 0.7, 0.6]


def test_at_most_two_mistakes_of_a_photo_are_shown() -> None:
    ends = [misread("a", 0.9), misread("a", 0.8), misread("a", 0.7), misread("b", 0.5)]
    assert [end.example.photo for end in worst_end_mistakes(ends)] == ["a", "a", "b"]


def test_the_number_of_mistakes_is_limited() -> None:
    assert len(worst_end_mistakes([misread(str(k), 0.9) for k in range(SHOWN + 5)])) == SHOWN
