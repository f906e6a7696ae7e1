from dataclasses import replace

import pytest

from tests.helpers.training.labels import evidence, judged
from training.retrain.evaluation import JudgedLabel, label_noise
from training.retrain.label_probabilities import LabelProbabilities
from training.retrain.promotion import Verdict, decide

TELOGEN_FOR_SURE = LabelProbabilities(1.0, 0.0, 0.0)


def labels(
    right: int, wrong: int, after: LabelProbabilities = TELOGEN_FOR_SURE
) -> list[JudgedLabel]:
    """Labels of hairs that the challenger takes for telogen, so many of which say anagen."""
    kinds = ["telogen"] * right + ["anagen"] * wrong
    return [
        replace(judged(kind, f"g{k % 9}", 0.5, 0.5), after=after) for k, kind in enumerate(kinds)
    ]


def test_where_the_model_is_sure_the_share_is_that_of_the_others() -> None:
    share, low = label_noise(labels(8, 2))
    assert share == pytest.approx(0.2)
    # 8 log(1 - s) + 2 log(s) is -5.00 at 0.2, and -6.40 at 0.05, -6.25 at 0.055: the limit is 1.35
    # below the first.
    assert low == pytest.approx(0.055)


def test_fewer_labels_say_less_for_sure() -> None:
    assert label_noise(labels(4, 1))[1] < label_noise(labels(40, 10))[1] < 0.2


def test_a_model_that_doubts_finds_no_slips() -> None:
    assert label_noise(labels(5, 5, LabelProbabilities(0.5, 0.5, 0.0))) == (0, 0)
    share, low = label_noise(labels(8, 2, LabelProbabilities(0.8, 0.2, 0.0)))
    assert (share, low) == (0, 0)


def test_only_what_is_said_of_hairs_counts() -> None:
    assert label_noise([]) == (0, 0)
    nothing = replace(judged("not_hair", "a", 0.5, 0.5), after=TELOGEN_FOR_SURE)
    assert label_noise([nothing] * 5) == (0, 0)
    half_hair = labels(8, 2, LabelProbabilities(0.5, 0.0, 0.5))
    assert label_noise(half_hair) == label_noise(labels(8, 2))


def test_with_many_slips_nothing_is_put_in_force() -> None:
    decision = decide(evidence(labels(40, 10)))
    assert decision.verdict is Verdict.MANY_SLIPS
    assert not decision.promote
    assert "About 20 % of the labels" in decision.reason
    assert "up to 5 % are taken for slips" in decision.reason
    assert decide(evidence(labels(60, 5))).verdict is not Verdict.MANY_SLIPS, "can be chance"
