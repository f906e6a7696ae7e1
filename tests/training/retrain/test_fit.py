from pathlib import Path

import numpy as np
import pytest
import torch

from model.inference.root_classifier import softmax
from model.version import SHIPPED, load_version
from tests.helpers.training.examples import examples
from tests.helpers.training.labels import taught
from training.fitting.root_net import logits_of
from training.labels.label import HairLabel
from training.retrain.fit import RetrainPlan, draw_weights, mean_of, plan_for, training_set_of
from training.retrain.versions import net_of
from training.studies.baselines import NETWORKS


def test_the_mean_of_networks_is_that_of_their_weights() -> None:
    one, other = (net_of(load_version(SHIPPED)) for _ in range(2))
    with torch.no_grad():
        for k, parameter in enumerate(other.parameters()):
            parameter.add_(float(k))
    for k, (mean, first) in enumerate(
        zip(mean_of((one, other)).parameters(), one.parameters(), strict=True)
    ):
        assert torch.allclose(mean, first + k / 2, atol=1e-5)
    assert one is not mean_of((one,))


def test_every_kind_is_drawn_as_often_but_a_rare_one_not_without_end() -> None:
    hairs = (
        [taught(HairLabel.TELOGEN)] * 60
        + [taught(HairLabel.NO_BULB)] * 39
        + [taught(HairLabel.NOT_HAIR)]
    )
    weights = draw_weights(hairs)
    assert weights[:60].sum() == pytest.approx(1)
    assert weights[60:99].sum() == pytest.approx(1)
    assert weights[99] == pytest.approx(1 / 15)


def test_many_labels_are_drawn_longer() -> None:
    plan = RetrainPlan(draws=2400)
    assert [plan_for(plan, labels).draws for labels in (20, 400, 1000, 9000)] == [
        2400,
        2400,
        6000,
        12000,
    ]


def test_a_network_of_another_make_says_what_the_first_one_says(tmp_path: Path) -> None:
    """Before it has seen a label."""
    shipped, renders = net_of(load_version(SHIPPED)), examples(3)
    torch.manual_seed(0)
    start = NETWORKS["resnet18"]()
    material = training_set_of([taught(HairLabel.TELOGEN)], renders, start, shipped, 0)

    def away() -> float:
        """From what the shipped one says, on average (nats)."""
        crops = [crop for example in renders for crop in example.crops if crop is not None]
        said, known = (softmax(logits_of(net, crops)) for net in (start, shipped))
        return float((known * np.log(known / said)).sum(axis=1).mean())

    before = away()
    material.let_start_know(tmp_path, RetrainPlan(epochs=2, draws=64, batch=8, learning_rate=2e-3))
    assert away() < before / 2
