from dataclasses import replace

import numpy as np
import pytest

from tests.helpers.training.labels import evaluated, evidence
from training.retrain.evaluation import EvaluatedLabel
from training.retrain.label_probabilities import LabelProbabilities
from training.retrain.promotion import (
    RESAMPLES,
    SIGNIFICANCE,
    PromotionVerdict,
    decide,
    permutation_p_value,
)


def labels(telogen: int, anagen: int, after: float = 0.9, groups: int = 8) -> list[EvaluatedLabel]:
    """Labels of which the champion knows nothing (0.5 each)."""
    kinds = ["telogen"] * telogen + ["anagen"] * anagen
    return [evaluated(kind, f"g{k % groups}", 0.5, after) for k, kind in enumerate(kinds)]


def loss(probability: float) -> float:
    """Of a label whose kind has this probability: one in twenty labels is wrong."""
    return float(-np.log(0.95 * probability + 0.05 / 3))


def sign_flip_p_value(gains: list[float], flips: int = 10_000) -> float:
    """The same test by hand: all sign flips of up to 13 groups, else random ones."""
    values = np.array(gains)
    if len(values) <= 13:
        signs = 1.0 - 2.0 * (np.arange(2 ** len(values))[:, None] >> np.arange(len(values)) & 1)
    else:
        signs = np.random.default_rng(0).choice([-1.0, 1.0], (flips, len(values)))
        signs[0] = 1.0
    return float((signs @ values >= values.sum() - 1e-12).mean())


def test_the_p_value_is_the_share_of_sign_flips_with_as_large_a_sum() -> None:
    assert permutation_p_value([1.0, 1.0, 1.0]) == 1 / 8
    # Sums of +-3 +-1: 4, 2, -2, -4; two of them are at least 2.
    assert permutation_p_value([3.0, -1.0]) == 2 / 4
    assert permutation_p_value([0.0, 0.0]) == 1.0
    assert permutation_p_value([-1.0, -1.0]) == 1.0


@pytest.mark.parametrize("groups", [2, 5, 13])
def test_with_few_groups_the_p_value_is_exact(groups: int) -> None:
    rng = np.random.default_rng(groups)
    for shift in (0.0, 0.5, 1.0):
        gains = rng.normal(shift, 1, groups).tolist()
        assert permutation_p_value(gains) == sign_flip_p_value(gains)
    equal = [0.1] * groups  # sums that differ only by rounding
    assert permutation_p_value(equal) == sign_flip_p_value(equal) == 0.5**groups


@pytest.mark.parametrize("groups", [14, 40, 300])
def test_with_many_groups_random_flips_decide_the_same(groups: int) -> None:
    rng = np.random.default_rng(groups)
    for shift in (0.0, 2 / groups**0.5, 5 / groups**0.5):
        gains = rng.normal(shift, 1, groups).tolist()
        p_value, by_hand = permutation_p_value(gains), sign_flip_p_value(gains)
        assert p_value == pytest.approx(by_hand, abs=0.015)
        assert (p_value <= SIGNIFICANCE) == (by_hand <= SIGNIFICANCE)
    assert permutation_p_value([1.0] * groups) == pytest.approx(1 / (RESAMPLES + 1), abs=2e-4)


def test_of_equally_good_models_one_in_twenty_seems_better() -> None:
    rng = np.random.default_rng(1)
    p_values = [permutation_p_value(rng.normal(0, 1, 8).tolist()) for _ in range(200)]
    assert 0.01 <= np.mean(np.array(p_values) <= 0.05) <= 0.1


def test_a_significantly_better_challenger_is_promoted() -> None:
    decision = decide(evidence(labels(15, 15)))
    assert decision.verdict is PromotionVerdict.BETTER
    assert decision.promote
    assert decision.gain == pytest.approx(loss(0.5) - loss(0.9))
    assert decision.p_value == 1 / 2**8


@pytest.mark.parametrize(
    ("telogen", "anagen", "groups", "verdict"),
    [
        (0, 0, 1, PromotionVerdict.NO_LABELS),
        (2, 1, 3, PromotionVerdict.TOO_FEW),
        (15, 14, 8, PromotionVerdict.TOO_FEW),
        (40, 4, 8, PromotionVerdict.TOO_FEW_OF_A_KIND),
        (0, 40, 8, PromotionVerdict.TOO_FEW_OF_A_KIND),
        (20, 20, 1, PromotionVerdict.ONE_GROUP),
        (20, 20, 4, PromotionVerdict.NOT_BETTER),  # 1 of 16 by chance
        (20, 20, 5, PromotionVerdict.BETTER),  # 1 of 32
    ],
)
def test_too_few_labels_promote_nothing(
    telogen: int, anagen: int, groups: int, verdict: PromotionVerdict
) -> None:
    decision = decide(evidence(labels(telogen, anagen, groups=groups)))
    assert decision.verdict is verdict
    assert decision.promote is (verdict is PromotionVerdict.BETTER)
    assert decision.reason.endswith(".")


def test_a_challenger_that_is_worse_or_better_by_chance_is_not_promoted() -> None:
    assert decide(evidence(labels(20, 20, after=0.4))).verdict is PromotionVerdict.NOT_BETTER
    rng = np.random.default_rng(0)
    by_chance = [
        evaluated(kind, f"g{k}", 0.5, 0.5 + 0.2 * rng.choice([-1, 1]))
        for k, kind in enumerate(["telogen", "anagen"] * 20)
    ]
    assert decide(evidence(by_chance)).verdict is PromotionVerdict.NOT_BETTER


def test_lower_confidence_alone_is_no_gain() -> None:
    """Random labels: one model is confident, and right half of the time, the other is not. That
    loses less, and is no better."""
    confident, uncertain = LabelProbabilities(0.97, 0.02, 0.01), LabelProbabilities(0.5, 0.49, 0.01)
    random = [
        replace(evaluated(kind, f"g{k % 9}", 0, 0), before=confident, after=uncertain)
        for k, kind in enumerate(["telogen", "anagen"] * 20)
    ]
    assert sum(each.before.loss(each.kind) - each.after.loss(each.kind) for each in random) > 30
    decision = decide(evidence(random))
    assert decision.gain == pytest.approx(0, abs=0.03)
    assert decision.verdict is PromotionVerdict.NOT_BETTER


def test_a_rare_kind_weighs_as_much_as_a_frequent_one() -> None:
    """A little better on 90 telogen hairs, and much worse on ten anagen ones."""
    mixed = [evaluated("telogen", f"g{k % 9}", 0.8, 0.9) for k in range(90)]
    mixed += [evaluated("anagen", f"g{k % 9}", 0.8, 0.4) for k in range(10)]
    decision = decide(evidence(mixed))
    assert decision.verdict is PromotionVerdict.NOT_BETTER
    assert decision.gain == pytest.approx((2 * loss(0.8) - loss(0.9) - loss(0.4)) / 2)


def test_a_challenger_that_forgets_is_not_promoted() -> None:
    decision = decide(evidence(labels(15, 15), [0.2, 0.1, 0.15, 0.2, 0.1]))
    assert decision.verdict is PromotionVerdict.FORGETTING
    assert decision.forgetting == pytest.approx(0.15)
    by_chance = decide(evidence(labels(15, 15), [0.3, -0.3, 0.3, -0.25]))
    assert by_chance.verdict is PromotionVerdict.BETTER


def test_many_label_errors_promote_nothing() -> None:
    telogen = LabelProbabilities(1.0, 0.0, 0.0)
    wrong = [replace(each, after=telogen) for each in labels(40, 10, groups=9)]
    decision = decide(evidence(wrong))
    assert decision.verdict is PromotionVerdict.MANY_LABEL_ERRORS
    assert not decision.promote
    by_chance = [replace(each, after=telogen) for each in labels(60, 5, groups=9)]
    assert decide(evidence(by_chance)).verdict is not PromotionVerdict.MANY_LABEL_ERRORS
