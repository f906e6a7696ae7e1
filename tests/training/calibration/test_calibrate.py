from dataclasses import replace

import numpy as np
import pytest

from data.strands.crop import RootCrop
from model.inference.root_classifier import softmax
from model.labelling.hair import EndProbabilities
from model.labelling.joint_rule import EndScores, joint_posterior
from model.labelling.probability import LogisticModel
from model.networks.root_net import RootNet
from tests.helpers.model import hairs as readings
from tests.helpers.training.examples import example
from training.calibration import calibrate as room
from training.calibration.calibrate import best_temperature
from training.datasets.examples import BARE, CLUB, NOT_HAIR, Ends, Example, trained_ends


def ends(classes: list[int]) -> Ends:
    blank = RootCrop(np.zeros((96, 160, 3), np.uint8), 8.0)
    return Ends([blank] * len(classes), np.array(classes), np.ones(len(classes), bool))


def test_logits_that_are_twice_too_sure_get_a_temperature_of_two() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (20000, 4))
    draws = rng.uniform(size=(20000, 1))
    classes = (softmax(logits).cumsum(axis=1) < draws).sum(axis=1)
    assert best_temperature(logits * 2, ends(classes.tolist())) == pytest.approx(2, rel=0.06)


def as_seen(given: Example, first: float, second: float, line: float) -> Example:
    """The example, of whose ends and line the finder was so sure."""
    one, other = given.strand.ends
    ends = (replace(one, confidence=first), replace(other, confidence=second))
    strand = replace(given.strand, ends=ends, confidence=line)
    return replace(given, annotated=replace(given.annotated, strand=strand))


def found(rng: np.random.Generator) -> list[Example]:
    """Hairs that the finder was sure of, lines on nothing of which it was less so, and hairs one
    of whose ends, that it hardly saw, is none."""
    some = []
    for i in range(60):
        sure, unsure = rng.uniform(0.5, 0.9, 3), rng.uniform(0.2, 0.6, 3)
        some += [as_seen(example(kind, i), *sure) for kind in (CLUB, BARE)]
        some.append(as_seen(example(NOT_HAIR, i), *unsure))
        broken = as_seen(example(CLUB, i), sure[0], rng.uniform(0.1, 0.3), sure[1])
        annotated = replace(broken.annotated, end_classes=(CLUB, NOT_HAIR))
        some.append(replace(broken, annotated=annotated))
    return some


def calibrated(given: list[Example]) -> room.Calibration:
    return room.calibrate(RootNet().eval(), trained_ends(given), given)


def test_what_the_finder_was_less_sure_of_is_likelier_nothing() -> None:
    rule = calibrated(found(np.random.default_rng(0))).rule
    assert rule.prior_not_hair.probability((0.8, 0.7)) < 0.1
    assert rule.prior_not_hair.probability((0.3, 0.3)) > 0.6
    assert rule.false_end.probability((0.8,)) < 0.1
    assert rule.false_end.probability((0.15,)) > 0.6


def test_nine_of_ten_bare_hairs_are_surely_hairs(monkeypatch: pytest.MonkeyPatch) -> None:
    given = found(np.random.default_rng(0))
    read = {CLUB: readings.CLUB, BARE: readings.BARE, NOT_HAIR: readings.NOT_HAIR}
    pairs = [tuple(read[kind] for kind in e.annotated.end_classes) for e in given]
    monkeypatch.setattr(room, "hair_scores", lambda *_: pairs)
    rule = calibrated(given).rule
    bare = [
        joint_posterior(e.strand, pair, rule).not_hair
        for e, pair in zip(given, pairs, strict=True)
        if e.annotated.truth == "bare"
    ]
    assert np.mean(np.array(bare) <= rule.thresholds.not_hair) == pytest.approx(0.9, abs=0.02)
    assert rule.thresholds.not_hair < 0.5


def test_strands_that_share_their_photos_fate_speak_for_a_spread() -> None:
    """Of each photo's six strands three are read surely and three not at all. In half of the photos
    all are hairs and in half none; or, for comparison, every photo has three of each."""
    doubtful = EndScores(EndProbabilities(0.02, 0.02, 0.48, 0.48), 0.2)
    sure = {CLUB: (readings.CLUB, readings.BARE), NOT_HAIR: (readings.NOT_HAIR, readings.NOT_HAIR)}

    def spread_of(photos: list[list[int]]) -> float:
        kinds = [(number, kind) for number in range(40) for kind in photos[number % 2]]
        given = [
            as_seen(replace(example(kind, 0), photo=f"{number}.jpg"), 0.6, 0.6, 0.6)
            for number, kind in kinds
        ]
        seen = [(doubtful, doubtful) if i % 2 else sure[k] for i, (_, k) in enumerate(kinds)]
        even = replace(readings.RULE, prior_not_hair=LogisticModel.constant(0.5))
        return room._photo_spread(given, seen, even)

    assert spread_of([[CLUB] * 6, [NOT_HAIR] * 6]) >= 1
    assert spread_of([[CLUB, CLUB, NOT_HAIR, NOT_HAIR] * 2] * 2) == 0
