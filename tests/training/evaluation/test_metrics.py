from dataclasses import replace

import pytest

pytest.importorskip("torch")

import torch
from torch import Tensor

from data.strands.crop import RootCrop
from model.networks.root_net import RootNet
from tests.helpers.model.hairs import RULE
from tests.helpers.training.examples import example
from training.calibration.calibrate import Calibration
from training.datasets.examples import Example
from training.evaluation.metrics import Evaluation, evaluate
from training.evaluation.predictions import predict


class Told(RootNet):
    """Reads the class from the first pixel of a crop."""

    def forward(self, pixels: Tensor, shaft_px: Tensor) -> Tensor:
        return torch.eye(4)[pixels[:, 0, 0, 0].long()] * 8


def telling(given: Example, *classes: int) -> Example:
    """The same example with crops that will be read as ``classes``."""
    one, other = (_marked(crop, kind) for crop, kind in zip(given.crops, classes, strict=True))
    return replace(given, crops=(one, other))


def _marked(crop: RootCrop | None, kind: int) -> RootCrop | None:
    if crop is None:
        return None
    pixels = crop.pixels.copy()
    pixels[0, 0] = kind
    return replace(crop, pixels=pixels)


def judged(*examples: Example) -> Evaluation:
    return evaluate(predict(Told(), examples, Calibration(1.0, RULE)))


def test_hairs_are_counted_by_what_they_are_and_what_they_are_called() -> None:
    # Three telogen: right, called bare at both ends, and a club at both ends, which is unsure.
    telogen = [
        telling(example(0, seed), *read) for seed, read in enumerate([(0, 2), (2, 2), (0, 0)])
    ]
    torn = telling(example(1), 1, 2)
    found = judged(*telogen, torn)
    assert found.metrics["hair_recall_telogen_all"] == 0.5
    assert found.metrics["hair_recall_anagen_all"] == 1
    assert found.metrics["hair_coverage_all"] == 0.75
    # One hair is added to each label: (1, 1, 1) + 1 of 6, and (0, 1, 0) + 1 of 4.
    assert found.confusion["all"].telogen == pytest.approx((1 / 3, 1 / 3, 1 / 3), abs=1e-4)
    assert found.confusion["all"].anagen == (0.25, 0.5, 0.25)
    assert found.confusion["all"].hairs == (3, 1)


def test_tiers_hold_the_hairs_of_their_width() -> None:
    narrow = telling(example(0, shaft_px=3.5), 1, 2)  # a club read as misshapen
    wide = telling(example(0, seed=1, shaft_px=12.0), 0, 2)
    metrics = judged(narrow, wide).metrics
    assert metrics["hair_recall_telogen_under4px"] == 0
    assert metrics["hair_recall_telogen_over8px"] == 1
    assert metrics["recall_club_under4px"] == 0
    assert "hair_coverage_4to8px" not in metrics


def test_ends_are_tabled_and_nothings_that_get_listed_are_told() -> None:
    ghost = telling(example(3, seed=1), 2, 2)
    found = judged(telling(example(3), 3, 3), ghost)
    assert found.ends[3].tolist() == [0, 0, 2, 2]
    assert found.metrics["nothings_listed"] == 0.5
    assert found.metrics["recall_not_hair_all"] == 0.5


def test_the_calibration_error_of_ends_weighs_every_class_the_same() -> None:
    # Told is always sure by e^8 / (e^8 + 3) = 0.999.
    bare = [telling(example(2, seed), 2, 2) for seed in range(3)] + [telling(example(2, 3), 0, 0)]
    found = judged(*bare, telling(example(0), 0, 2))
    # Of 9 bare ends 7 are right, of 1 club 1: mean 8/9.
    assert found.metrics["ends_calibration_error"] == pytest.approx(0.99899 - 8 / 9, abs=1e-4)
