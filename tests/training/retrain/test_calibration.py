from dataclasses import replace

import numpy as np
import pytest

from model.labelling.joint_rule import Posterior
from model.version import SHIPPED, load_version
from tests.helpers.training.labels import taught
from training.calibration.calibrate import Calibration
from training.labels.label import HairLabel
from training.retrain.label_probabilities import EvaluatedLabel, calibrate_on

RULE = load_version(SHIPPED).manifest.rule
START = Calibration(1.0, RULE)
BARE = np.array([-3.0, -3.0, 3.0, -3.0])


def read(said: HairLabel, clublike: float, width: float = 6.0) -> EvaluatedLabel:
    """A hair whose root has such log odds of a club against a misshapen root."""
    hair = taught(said)
    hair = replace(hair, strand=replace(hair.strand, shaft_px=width))
    kind = "telogen" if said is HairLabel.TELOGEN else "anagen"
    logits = np.array([clublike / 2, -clublike / 2, -4.0, -6.0])
    return EvaluatedLabel(hair, kind, (logits, BARE), (0.2, 0.2))


def labels(count: int, odds: float, wrong: float = 0.0, shift: float = 0.0) -> list[EvaluatedLabel]:
    """As many of each kind, all sure by ``odds``, of which a share is read the wrong way round."""
    rows = []
    for k in range(count):
        sign = -1 if k < wrong * count else 1
        rows += [
            read(HairLabel.TELOGEN, sign * odds + shift),
            read(HairLabel.MISSHAPEN, -sign * odds + shift),
        ]
    return rows


def test_too_few_labels_change_nothing() -> None:
    assert calibrate_on([], START) == START
    assert calibrate_on(labels(4, 5.0, wrong=0.25), START) == START


def test_one_that_is_surer_than_right_is_cooled_the_more_the_more_labels_tell() -> None:
    few, many = (calibrate_on(labels(n, 6.0, wrong=0.25), START) for n in (8, 200))
    assert 1.0 < few.temperature < many.temperature
    # Of four labels three are right: log odds of 6 should be log 3.
    assert many.temperature == pytest.approx(6 / np.log(3), rel=0.5)
    assert few.rule == RULE, "eight of a kind tell nothing of a threshold"


def test_with_thirty_of_a_kind_the_lean_and_the_thresholds_are_theirs() -> None:
    found = calibrate_on(labels(60, 2.0, wrong=0.1, shift=1.5), START)
    assert found.rule.club_bias.base == pytest.approx(-1.5, abs=0.7)
    for tier in found.rule.thresholds.telogen.values():
        assert 0.6 <= tier <= 0.97
    assert found.rule.prior_not_hair == RULE.prior_not_hair


def test_what_is_thought_of_a_hair_follows_its_reading() -> None:
    sure: Posterior = read(HairLabel.TELOGEN, 8.0).posterior(1.0, RULE)
    cool = read(HairLabel.TELOGEN, 8.0).posterior(4.0, RULE)
    assert sure.telogen > cool.telogen > 0.5
