from dataclasses import replace

import numpy as np
import pytest

from tests.helpers.training.labels import evaluated, frozen
from training.retrain.evaluation import EvaluatedLabel, label_noise
from training.retrain.label_probabilities import LabelProbabilities

CERTAIN_TELOGEN = LabelProbabilities(1.0, 0.0, 0.0)


def labels(
    right: int, wrong: int, after: LabelProbabilities = CERTAIN_TELOGEN
) -> list[EvaluatedLabel]:
    """Labels of hairs that the challenger takes for telogen: ``wrong`` of them are anagen."""
    kinds = ["telogen"] * right + ["anagen"] * wrong
    return [
        replace(evaluated(kind, f"g{k % 9}", 0.5, 0.5), after=after) for k, kind in enumerate(kinds)
    ]


def test_label_noise_of_a_certain_model_is_the_share_of_other_labels() -> None:
    share, low = label_noise(labels(8, 2))
    assert share == pytest.approx(0.2)
    # 8 log(1 - s) + 2 log(s) is -5.00 at 0.2, and -6.40 at 0.05, -6.25 at 0.055: the limit is 1.35
    # below the first.
    assert low == pytest.approx(0.055)


def test_fewer_labels_give_a_lower_limit() -> None:
    assert label_noise(labels(4, 1))[1] < label_noise(labels(40, 10))[1] < 0.2


def test_an_uncertain_model_finds_no_label_errors() -> None:
    assert label_noise(labels(5, 5, LabelProbabilities(0.5, 0.5, 0.0))) == (0, 0)
    assert label_noise(labels(8, 2, LabelProbabilities(0.8, 0.2, 0.0))) == (0, 0)


def test_only_labels_of_hairs_count_for_label_noise() -> None:
    assert label_noise([]) == (0, 0)
    not_hair = replace(evaluated("not_hair", "a", 0.5, 0.5), after=CERTAIN_TELOGEN)
    assert label_noise([not_hair] * 5) == (0, 0)
    half_hair = labels(8, 2, LabelProbabilities(0.5, 0.0, 0.5))
    assert label_noise(half_hair) == label_noise(labels(8, 2))


def test_the_growth_of_the_frozen_loss_and_its_error_are_by_photo() -> None:
    # Sums by photo: 0.3 / 4, 0.1 / 4; their standard deviation is 0.2 / 4 / sqrt(2).
    growth, error = frozen([0.1, 0.2, 0.1, 0.0], ["a", "a", "b", "b"]).growth()
    assert growth == pytest.approx(0.1)
    assert error == pytest.approx(0.05)
    one_photo = frozen([0.1, 0.3], ["a", "a"]).growth()
    assert np.allclose(one_photo, (0.2, 0.0))
