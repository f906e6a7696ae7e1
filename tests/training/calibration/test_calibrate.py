from dataclasses import replace

import numpy as np
import pytest
from torch import Tensor

from data.strands.crop import CROP_HEIGHT, CROP_WIDTH, RootCrop
from model.inference.root_classifier import softmax
from model.labelling.hair import EndProbabilities
from model.labelling.joint_rule import EndScores, HairScores
from model.labelling.probability import bounded_log_odds
from model.labelling.strand_inputs import strand_inputs, usual_of_others
from tests.helpers.model import hairs as scores
from tests.helpers.training.examples import example
from tests.helpers.training.predictions import MarkedNet, marked
from training.calibration.calibrate import (
    best_temperature,
    fit_joint_rule,
    fit_prior_not_hair,
    temperature_ratio,
)
from training.calibration.labelled_hairs import posteriors_of
from training.datasets.examples import BARE, CLUB, NOT_HAIR, UNTRAINED, Ends, Example, trained_ends


def ends(classes: list[int]) -> Ends:
    blank = RootCrop(np.zeros((CROP_HEIGHT, CROP_WIDTH, 3), np.uint8), 8.0)
    return Ends([blank] * len(classes), np.array(classes), np.ones(len(classes), bool))


def test_logits_that_are_twice_too_large_get_a_temperature_of_two() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (20000, 4))
    draws = rng.uniform(size=(20000, 1))
    classes = (softmax(logits).cumsum(axis=1) < draws).sum(axis=1)
    assert best_temperature(logits * 2, ends(classes.tolist())) == pytest.approx(2, rel=0.06)


def with_confidence(given: Example, first: float, second: float, line: float) -> Example:
    """The example with these confidences of the finder in its ends and its line."""
    one, other = given.strand.ends
    ends = (replace(one, confidence=first), replace(other, confidence=second))
    strand = replace(given.strand, ends=ends, confidence=line)
    return replace(given, annotated=replace(given.annotated, strand=strand))


def found(rng: np.random.Generator) -> list[Example]:
    """Hairs with high confidence, negatives with less, and hairs with one false end of low
    confidence."""
    some = []
    for i in range(60):
        high, low = rng.uniform(0.5, 0.9, 3), rng.uniform(0.2, 0.6, 3)
        some += [with_confidence(example(kind, i), *high) for kind in (CLUB, BARE)]
        some.append(with_confidence(example(NOT_HAIR, i), *low))
        broken = with_confidence(example(CLUB, i), high[0], rng.uniform(0.1, 0.3), high[1])
        annotated = replace(broken.annotated, end_classes=(CLUB, NOT_HAIR))
        some.append(replace(broken, annotated=annotated))
    return some


def scores_of(given: list[Example]) -> list[HairScores]:
    """Clear scores of the true class of every end."""
    score_of = {CLUB: scores.CLUB, BARE: scores.BARE, NOT_HAIR: scores.NOT_HAIR}
    pairs = (e.annotated.end_classes for e in given)
    return [(score_of[first], score_of[second]) for first, second in pairs]


def test_low_confidence_raises_the_probability_of_no_hair() -> None:
    given = found(np.random.default_rng(0))
    rule = fit_joint_rule(given, scores_of(given))
    hair, negative = (with_confidence(example(CLUB), *[p] * 3).strand for p in (0.75, 0.3))
    assert rule.prior_not_hair.probability(strand_inputs(hair)) < 0.1
    assert rule.prior_not_hair.probability(strand_inputs(negative)) > 0.6
    assert rule.false_end.probability((bounded_log_odds(0.8),)) < 0.1
    assert rule.false_end.probability((bounded_log_odds(0.15),)) > 0.6


def test_strands_thinner_than_the_others_are_likelier_no_hair() -> None:
    """In 40 photos, the strand of a third of the width is no hair; confidences say nothing."""
    given = [
        with_confidence(replace(example(kind, 0, shaft_px=px), photo=f"{k}.jpg"), 0.6, 0.6, 0.6)
        for k in range(40)
        for kind, px in [(CLUB, 9.0)] * 5 + [(NOT_HAIR, 3.0)]
    ]
    prior = fit_prior_not_hair(given)
    strands = [each.strand for each in given[:6]]
    usual, *_, thin = map(
        prior.probability,
        map(strand_inputs, strands, [None] * 6, usual_of_others(strands, [None] * 6)),
    )
    assert thin > 0.8
    assert usual < 0.1


def test_threads_count_as_no_hair_though_their_ends_are_not_trained() -> None:
    def thread(photo: str) -> Example:
        given = with_confidence(
            replace(example(NOT_HAIR, 0, shaft_px=3.0), photo=photo), *[0.6] * 3
        )
        annotated = replace(given.annotated, end_classes=(UNTRAINED, UNTRAINED))
        return replace(given, annotated=annotated)

    hairs = [
        with_confidence(replace(example(CLUB, 0, shaft_px=9.0), photo=f"{k}.jpg"), *[0.6] * 3)
        for k in range(40)
        for _ in range(5)
    ]
    threads = [thread(f"{k}.jpg") for k in range(40)]
    prior = fit_prior_not_hair([*hairs, *threads])
    strands = [each.strand for each in (*hairs[:5], threads[0])]
    usual = usual_of_others(strands, [None] * 6)
    assert prior.probability(strand_inputs(strands[-1], None, usual[-1])) > 0.8
    assert prior.probability(strand_inputs(strands[0], None, usual[0])) < 0.1


def test_nine_of_ten_bare_hairs_pass_the_threshold_of_no_hair() -> None:
    given = found(np.random.default_rng(0))
    given = [replace(each, crops=given[0].crops) for each in given]  # all of one colour
    pairs = scores_of(given)
    rule = fit_joint_rule(given, pairs)
    bare = [
        posterior.not_hair
        for e, posterior in zip(given, posteriors_of(given, pairs, rule), strict=True)
        if e.annotated.truth == "bare"
    ]
    assert np.mean(np.array(bare) <= rule.thresholds.not_hair) == pytest.approx(0.9, abs=0.02)
    assert rule.thresholds.not_hair < 0.5


def test_photos_of_only_hairs_or_only_negatives_give_a_spread() -> None:
    """Three of each photo's six strands have clear scores and three ambiguous ones. In half of the
    photos all are hairs and in half none; or, for comparison, every photo has both."""
    ambiguous = EndScores(EndProbabilities(0.02, 0.02, 0.48, 0.48), 0.2)
    clear = {CLUB: (scores.CLUB, scores.BARE), NOT_HAIR: (scores.NOT_HAIR, scores.NOT_HAIR)}

    def spread_of(photos: list[list[int]]) -> float:
        kinds = [(number, kind) for number in range(40) for kind in photos[number % 2]]
        given = [
            with_confidence(replace(example(kind, 0), photo=f"{number}.jpg"), 0.6, 0.6, 0.6)
            for number, kind in kinds
        ]
        pairs = [(ambiguous, ambiguous) if i % 2 else clear[k] for i, (_, k) in enumerate(kinds)]
        return fit_joint_rule(given, pairs).photo_spread

    assert spread_of([[CLUB] * 6, [NOT_HAIR] * 6]) >= 1
    assert spread_of([[CLUB, CLUB, NOT_HAIR, NOT_HAIR] * 2] * 2) == 0


class Marked(MarkedNet):
    """Logits ``scale`` times as high."""

    def __init__(self, scale: float) -> None:
        super().__init__()
        self.scale = scale

    def forward(self, pixels: Tensor, shaft_px: Tensor) -> Tensor:
        return self.scale * super().forward(pixels, shaft_px)


def test_a_network_that_is_twice_as_sure_needs_twice_the_temperature() -> None:
    """One club in ten is misread, so the best temperature is not at a limit."""
    rng = np.random.default_rng(0)
    kinds = np.tile([CLUB, BARE], 60)
    given = [marked(example(kind, 0), kind if rng.random() < 0.9 else BARE, BARE) for kind in kinds]
    ends = replace(trained_ends(given), makers=["a"] * 120 + ["b"] * 120)
    ratio = temperature_ratio(Marked(0.5), {"a": Marked(0.25), "b": Marked(0.25)}, ends)
    assert ratio == pytest.approx(2, rel=0.06)
    assert temperature_ratio(Marked(2.0), {}, ends) == 1
