from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from torch import Tensor

from data.strands.crop import CROP_HEIGHT, CROP_WIDTH, edge_widths
from model.networks.root_net import EndNet
from tests.helpers.training.examples import example
from tests.helpers.training.predictions import MarkedNet, marked
from tests.training.datasets.test_examples import without_first_crop
from training.datasets.annotations import Attributes
from training.datasets.examples import BARE, CLUB, NOT_HAIR, UNTRAINED, Example, trained_ends
from training.fitting.apply import (
    as_tensors,
    hair_logits,
    hair_logits_by_maker,
    hair_scores,
    trained_logits,
)


class ShaftNet(EndNet):
    """The logit of a club is the width of the shaft."""

    def forward(self, pixels: Tensor, shaft_px: Tensor) -> Tensor:
        """Logits (N, 4)."""
        return torch.nn.functional.pad(shaft_px, (0, 3))


def by(maker: str, given: Example) -> Example:
    return replace(given, annotated=replace(given.annotated, attributes=Attributes(maker=maker)))


def test_crops_become_the_inputs_of_a_network() -> None:
    one, other = example(CLUB, shaft_px=3.0).crops
    assert one is not None
    assert other is not None
    pixels, shaft_px = as_tensors([one, other])
    assert pixels.shape == (2, 3, CROP_HEIGHT, CROP_WIDTH)
    assert pixels[1, 2, 5, 7] == int(other.pixels[5, 7, 2])
    assert shaft_px.tolist() == [[3.0], [3.0]]


def test_each_end_with_a_crop_has_logits_and_the_blur_of_its_edge() -> None:
    given = [marked(example(CLUB), CLUB, BARE), without_first_crop(marked(example(3), 3, BARE))]
    (first, second), (unseen, third) = hair_logits(MarkedNet(), given)
    assert unseen is None
    for end, kind, crop in (
        (first, CLUB, given[0].crops[0]),
        (second, BARE, given[0].crops[1]),
        (third, BARE, given[1].crops[1]),
    ):
        assert end is not None
        assert crop is not None
        assert end.logits.tolist() == (8 * np.eye(4)[kind]).tolist()
        assert end.edge_widths == edge_widths(crop)


def test_trained_logits_are_those_of_the_trained_ends() -> None:
    unnamed = marked(example(NOT_HAIR), NOT_HAIR, BARE)
    unnamed = replace(
        unnamed, annotated=replace(unnamed.annotated, end_classes=(UNTRAINED, NOT_HAIR))
    )
    given = [
        marked(example(CLUB), CLUB, BARE),
        without_first_crop(marked(example(CLUB), CLUB, BARE)),
    ]
    given.append(unnamed)
    ends = trained_ends(given)
    assert ends.classes.tolist() == [CLUB, BARE, BARE, NOT_HAIR]
    found = trained_logits(given, hair_logits(MarkedNet(), given))
    assert found.tolist() == MarkedNet()(*as_tensors(ends.crops)).tolist()
    assert trained_logits([], []).shape == (0, 4)


def test_each_maker_has_its_own_network() -> None:
    widths = {"a": 3.0, "b": 5.0, "c": 7.0}
    given = [
        by(maker, marked(example(CLUB, k, shaft_px=widths[maker]), CLUB, BARE))
        for k, maker in enumerate("abcab")
    ]
    found = hair_logits_by_maker({"b": ShaftNet()}, MarkedNet(), given)
    first = [one.logits.tolist() for one, _ in found if one is not None]
    assert first == [[8, 0, 0, 0], [5, 0, 0, 0], [8, 0, 0, 0], [8, 0, 0, 0], [5, 0, 0, 0]]


def test_the_temperature_divides_the_logits() -> None:
    given = [without_first_crop(marked(example(CLUB), CLUB, CLUB))]
    ((unseen, seen),) = hair_scores(hair_logits(MarkedNet(), given), 4.0)
    assert unseen is None
    assert seen is not None
    assert seen.probabilities.club == pytest.approx(0.7113, abs=1e-4)  # e^2 / (e^2 + 3)
    assert seen.probabilities.bare == pytest.approx(0.0962, abs=1e-4)
