from dataclasses import replace

import numpy as np
import pytest

from tests.helpers.training.labels import evidence, frozen, judged
from training.retrain.evaluation import JudgedLabel
from training.retrain.label_probabilities import LabelProbabilities
from training.retrain.promotion import FLIPS, Verdict, chance_of_gain, decide, growth, loses


def labels(telogen: int, anagen: int, after: float = 0.9, groups: int = 8) -> list[JudgedLabel]:
    """Labels of which the champion knows nothing (a half each)."""
    kinds = ["telogen"] * telogen + ["anagen"] * anagen
    return [judged(kind, f"g{k % groups}", 0.5, after) for k, kind in enumerate(kinds)]


def loss(chance: float) -> float:
    """Of a label whose kind has this chance: one in twenty is a slip."""
    return float(-np.log(0.95 * chance + 0.05 / 3))


def test_the_chance_of_a_gain_is_the_share_of_flips_that_give_as_much() -> None:
    assert chance_of_gain([1.0, 1.0, 1.0]) == 1 / 8
    assert chance_of_gain([1.0]) == 1 / 2
    # Sums of +-3 +-1: 4, 2, -2, -4; two of them are at least 2.
    assert chance_of_gain([3.0, -1.0]) == 2 / 4
    assert chance_of_gain([0.0, 0.0]) == 1.0
    assert chance_of_gain([-1.0, -1.0]) == 1.0


def test_many_groups_are_flipped_at_random_and_never_for_nothing() -> None:
    assert chance_of_gain([1.0] * 40) == 1 / FLIPS
    rng = np.random.default_rng(1)
    chances = [chance_of_gain(rng.normal(0, 1, 20).tolist()) for _ in range(200)]
    assert 0.01 <= np.mean(np.array(chances) <= 0.05) <= 0.1, "one in twenty by chance"


def test_a_challenger_that_is_better_for_sure_is_promoted() -> None:
    decision = decide(evidence(labels(15, 15)))
    assert decision.verdict is Verdict.BETTER
    assert decision.promote
    assert decision.gain == pytest.approx(loss(0.5) - loss(0.9))
    assert decision.p_value == 1 / 2**8
    assert "30 labels" in decision.reason


@pytest.mark.parametrize(
    ("telogen", "anagen", "groups", "verdict"),
    [
        (0, 0, 1, Verdict.NO_LABELS),
        (2, 1, 3, Verdict.TOO_FEW),
        (15, 14, 8, Verdict.TOO_FEW),
        (40, 4, 8, Verdict.TOO_FEW_OF_A_KIND),
        (0, 40, 8, Verdict.TOO_FEW_OF_A_KIND),
        (20, 20, 1, Verdict.ONE_GROUP),
        (20, 20, 4, Verdict.NOT_BETTER),  # 1 of 16 by chance
        (20, 20, 5, Verdict.BETTER),  # 1 of 32
    ],
)
def test_too_little_promotes_nothing(
    telogen: int, anagen: int, groups: int, verdict: Verdict
) -> None:
    decision = decide(evidence(labels(telogen, anagen, groups=groups)))
    assert decision.verdict is verdict
    assert decision.promote is (verdict is Verdict.BETTER)
    assert decision.reason.endswith(".")


def test_one_that_is_worse_or_better_by_chance_is_not() -> None:
    assert decide(evidence(labels(20, 20, after=0.4))).verdict is Verdict.NOT_BETTER
    rng = np.random.default_rng(0)
    some = [
        judged(kind, f"g{k}", 0.5, 0.5 + 0.2 * rng.choice([-1, 1]))
        for k, kind in enumerate(["telogen", "anagen"] * 20)
    ]
    assert decide(evidence(some)).verdict is Verdict.NOT_BETTER


def test_doubt_alone_is_no_gain() -> None:
    """Labels given at random: one model is sure of something, and right half of the time, the
    other says that it does not know. That loses less, and is no better."""
    sure, unsure = LabelProbabilities(0.97, 0.02, 0.01), LabelProbabilities(0.5, 0.49, 0.01)
    labels = [judged(kind, f"g{k % 9}", 0, 0) for k, kind in enumerate(["telogen", "anagen"] * 20)]
    labels = [replace(each, before=sure, after=unsure) for each in labels]
    assert sum(each.before.loss(each.kind) - each.after.loss(each.kind) for each in labels) > 30
    decision = decide(evidence(labels))
    assert decision.gain == pytest.approx(0, abs=0.03)
    assert decision.verdict is Verdict.NOT_BETTER


def test_a_rare_kind_counts_as_much_as_a_frequent_one() -> None:
    """Better on 90 telogen hairs, a little, and worse on ten anagen ones, much."""
    some = [judged("telogen", f"g{k % 9}", 0.8, 0.9) for k in range(90)]
    some += [judged("anagen", f"g{k % 9}", 0.8, 0.4) for k in range(10)]
    decision = decide(evidence(some))
    assert decision.verdict is Verdict.NOT_BETTER
    assert decision.gain == pytest.approx((2 * loss(0.8) - loss(0.9) - loss(0.4)) / 2)


def test_one_that_forgets_is_not_promoted() -> None:
    forgets = [0.2, 0.1, 0.15, 0.2, 0.1]
    decision = decide(evidence(labels(15, 15), forgets))
    assert decision.verdict is Verdict.FORGETS
    assert decision.forgotten == pytest.approx(0.15)


def test_the_growth_on_the_frozen_set_and_its_noise_are_by_photo() -> None:
    # Sums by photo: 0.3 / 4, 0.1 / 4; their standard deviation is 0.2 / 4 / sqrt(2).
    grown, noise = growth(frozen([0.1, 0.2, 0.1, 0.0], ["a", "a", "b", "b"]))
    assert grown == pytest.approx(0.1)
    assert noise == pytest.approx(0.05)
    assert loses(frozen([0.1, 0.2, 0.1, 0.0], ["a", "a", "b", "b"]))
    assert not loses(frozen([0.3, -0.3, 0.3, -0.25]))
