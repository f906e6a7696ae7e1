from dataclasses import replace

import numpy as np
import pytest

from model.labelling.joint_rule import HairScores, joint_posterior
from model.version import SHIPPED, load_version
from tests.helpers.training.labels import BARE_END, CLUB_SCORES, labelled, scores
from training.calibration.calibrate import Calibration
from training.fitting.apply import EndLogits
from training.labels.label import HairKind, HairLabel
from training.labels.labelled_strand import Extent
from training.retrain.label_probabilities import (
    LabelProbabilities,
    StrandLogits,
    calibrate_on_labels,
    kind_weights,
    label_probabilities,
)

RULE = load_version(SHIPPED).manifest.rule
START = Calibration(1.0, RULE)
BARE = np.array([-3.0, -3.0, 3.0, -3.0])


def total(p: LabelProbabilities) -> float:
    return p.telogen + p.anagen + p.not_hair


def test_the_probabilities_of_a_hair_are_the_joint_rule_s() -> None:
    hair = labelled(HairLabel.TELOGEN)
    p = label_probabilities(hair, CLUB_SCORES, RULE)
    posterior = joint_posterior(hair.strand, CLUB_SCORES, RULE)
    assert p.not_hair == posterior.not_hair
    real = 1 - posterior.not_hair
    assert p.telogen == pytest.approx(real * (posterior.telogen + posterior.unseen / 2))
    assert total(p) == pytest.approx(1)
    assert p.most_likely is HairKind.TELOGEN


def test_a_root_out_of_view_may_be_either() -> None:
    p = label_probabilities(labelled(HairLabel.TELOGEN, second=False), (BARE_END, None), RULE)
    assert p.telogen == pytest.approx(p.anagen, rel=0.5)
    assert min(p.telogen, p.anagen) > 0.2


@pytest.mark.parametrize(
    ("ends", "kind"),
    [
        ((CLUB_SCORES[0], None), HairKind.TELOGEN),
        ((BARE_END, None), HairKind.ANAGEN),
        ((scores(0.02, 0.94, 0.02, 0.02), None), HairKind.ANAGEN),
        ((None, scores(0.01, 0.01, 0.01, 0.97)), HairKind.NOT_HAIR),
    ],
)
def test_a_crop_is_predicted_by_its_one_end(ends: HairScores, kind: HairKind) -> None:
    p = label_probabilities(labelled(HairLabel.TELOGEN, extent=Extent.END), ends, RULE)
    assert p.most_likely is kind
    assert total(p) == pytest.approx(1)


def test_a_crop_without_an_end_has_the_prior_probabilities() -> None:
    crop = labelled(HairLabel.TELOGEN, extent=Extent.END)
    p = label_probabilities(crop, (None, None), RULE)
    assert (p.telogen, p.anagen, p.not_hair) == (0.4, 0.4, 0.2)


def test_the_loss_is_bounded() -> None:
    """One label in twenty is wrong, and may be any of the three kinds."""
    loss = LabelProbabilities(0.25, 0.5, 0.25).loss(HairKind.ANAGEN)
    assert loss == pytest.approx(-np.log(0.95 / 2 + 0.05 / 3))
    assert LabelProbabilities(0.0, 1.0, 0.0).loss(HairKind.TELOGEN) == pytest.approx(np.log(60))


def test_softening_draws_telogen_and_anagen_together() -> None:
    sharp = LabelProbabilities(0.64, 0.16, 0.2)
    assert sharp.softened(1).telogen == pytest.approx(0.64)
    soft = sharp.softened(2)  # square roots: 0.8 and 0.4
    assert soft.telogen == pytest.approx(0.8 * 2 / 3)
    assert soft.anagen == pytest.approx(0.8 / 3)
    assert soft.not_hair == 0.2
    assert LabelProbabilities(1.0, 0.0, 0.0).softened(3).most_likely is HairKind.TELOGEN
    assert LabelProbabilities(0.0, 0.0, 1.0).softened(3).not_hair == 1.0


def kinds(telogen: int, anagen: int, not_hair: int) -> list[HairKind]:
    return (
        [HairKind.TELOGEN] * telogen + [HairKind.ANAGEN] * anagen + [HairKind.NOT_HAIR] * not_hair
    )


def test_telogen_and_anagen_weigh_the_same_and_no_hair_by_its_share() -> None:
    weights = kind_weights(kinds(30, 10, 10))
    assert weights[:30].sum() == pytest.approx(0.4)
    assert weights[30:40].sum() == pytest.approx(0.4)
    assert weights[40:].sum() == pytest.approx(0.2)
    assert weights[0] == pytest.approx(0.4 / 30)


def test_no_hair_never_weighs_more_than_either_kind_of_hair() -> None:
    assert kind_weights(kinds(5, 5, 90))[10:].sum() == pytest.approx(1 / 3)


def test_a_kind_with_few_labels_weighs_nothing() -> None:
    assert kind_weights(kinds(6, 4, 4)).tolist() == [1 / 6] * 6 + [0.0] * 8
    assert not kind_weights(kinds(4, 0, 0)).any()
    assert np.isclose(kind_weights(kinds(0, 0, 7)).sum(), 1)
    assert kind_weights([]).tolist() == []


def logits(label: HairLabel, club_odds: float, width: float = 6.0) -> StrandLogits:
    """A hair whose root has these log odds of a club against a misshapen root."""
    hair = labelled(label)
    hair = replace(hair, strand=replace(hair.strand, shaft_px=width))
    root = np.array([club_odds / 2, -club_odds / 2, -4.0, -6.0])
    return StrandLogits(hair, (EndLogits(root, 0.2), EndLogits(BARE, 0.2)))


def both_kinds(
    count: int, odds: float, wrong: float = 0.0, shift: float = 0.0
) -> list[StrandLogits]:
    """``count`` of each kind, all with the same odds, of which a share is predicted wrongly."""
    rows = []
    for k in range(count):
        sign = -1 if k < wrong * count else 1
        rows += [
            logits(HairLabel.TELOGEN, sign * odds + shift),
            logits(HairLabel.MISSHAPEN, -sign * odds + shift),
        ]
    return rows


def test_too_few_labels_leave_the_calibration() -> None:
    assert calibrate_on_labels([], START) == START
    assert calibrate_on_labels(both_kinds(4, 5.0, wrong=0.25), START) == START


def test_an_overconfident_model_gets_a_temperature_and_more_so_by_more_labels() -> None:
    few, many = (calibrate_on_labels(both_kinds(n, 6.0, wrong=0.25), START) for n in (8, 200))
    assert 1.0 < few.temperature < many.temperature
    # Of four labels three are right: log odds of 6 should be log 3.
    assert many.temperature == pytest.approx(6 / np.log(3), rel=0.5)
    assert few.rule == RULE, "eight of a kind are too few for thresholds"


def test_with_thirty_of_a_kind_bias_and_thresholds_are_fitted() -> None:
    biased = calibrate_on_labels(both_kinds(60, 2.0, wrong=0.1, shift=1.5), START)
    assert biased.rule.club_bias.base == pytest.approx(-1.5, abs=0.7)
    for threshold in biased.rule.thresholds.telogen.values():
        assert 0.6 <= threshold <= 0.97
    assert biased.rule.prior_not_hair == RULE.prior_not_hair


def test_a_higher_temperature_lowers_the_confidence() -> None:
    hot, cold = (logits(HairLabel.TELOGEN, 8.0).posterior(t, RULE) for t in (4.0, 1.0))
    assert cold.telogen > hot.telogen > 0.5
