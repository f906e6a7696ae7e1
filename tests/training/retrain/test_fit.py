from dataclasses import replace
from math import log
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.fx.experimental.symbolic_shapes import ShapeEnv

from model.inference.root_classifier import softmax
from model.version import SHIPPED, load_version
from tests.helpers.training.examples import example, examples
from tests.helpers.training.labels import labelled
from training.datasets.examples import BARE, MISSHAPEN
from training.fitting.apply import logits_of
from training.labels.label import NOISE_RATE, HairLabel
from training.labels.labelled_strand import LabelledStrand
from training.retrain.fit import (
    RetrainPlan,
    best_device,
    collate,
    label_loss,
    mean_of,
    sampling_weights,
    training_set_of,
)
from training.retrain.training_data import features_of_labels, features_of_renders
from training.retrain.versions import load_network
from training.studies.baselines import NETWORKS

PREDICTED = torch.log(torch.tensor([[0.5, 0.2, 0.2, 0.1], [0.1, 0.1, 0.7, 0.1]]))
BOTH = torch.tensor([[True, True]])


def fits(*pairs: tuple[int, int]) -> Tensor:
    table = torch.zeros(1, 5, 5, dtype=torch.bool)
    for first, second in pairs:
        table[0, first, second] = True
    return table


@pytest.mark.parametrize(
    ("pairs", "probability"),
    [
        ([(0, 2)], 0.5 * 0.7),
        ([(0, 2), (2, 0)], 0.5 * 0.7 + 0.2 * 0.1),
        ([(1, 2), (2, 1), (2, 2)], 0.2 * 0.7 + 0.2 * 0.1 + 0.2 * 0.7),
        ([(0, -1)], 0.5),
    ],
)
def test_the_loss_sums_over_all_pairs_that_fit(
    pairs: list[tuple[int, int]], probability: float
) -> None:
    loss = label_loss(PREDICTED, BOTH, fits(*pairs))
    assert loss.tolist() == pytest.approx([-log((1 - NOISE_RATE) * probability + NOISE_RATE / 5)])


def test_an_end_without_a_crop_counts_as_one() -> None:
    loss = label_loss(PREDICTED[:1], torch.tensor([[True, False]]), fits((1, 2)))
    assert loss.tolist() == pytest.approx([-log((1 - NOISE_RATE) * 0.2 + NOISE_RATE / 5)])


def test_a_wrong_label_has_a_bounded_gradient() -> None:
    """The gradient stays finite if the network excludes the label."""
    logits = torch.tensor([[20.0, -20.0, 0.0, 0.0]], requires_grad=True)
    loss = label_loss(torch.log_softmax(logits, 1), torch.tensor([[True, False]]), fits((1, -1)))
    torch.autograd.backward(loss.sum())
    assert logits.grad is not None
    assert logits.grad.abs().max() < 1e-3


def test_the_loss_is_on_the_device_of_the_network() -> None:
    """Fake tensors can be on a graphics card that is missing."""
    with FakeTensorMode(shape_env=ShapeEnv()):
        predicted, has_crop, fit = (
            torch.rand(shape, device="cuda") for shape in ((2, 4), (1, 2), (1, 5, 5))
        )
        loss = label_loss(torch.log_softmax(predicted, 1), has_crop > 0, fit > 0)
        assert loss.device.type == "cuda"


def test_a_graphics_card_is_used_if_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.accelerator.is_available", lambda: False)
    assert best_device() == torch.device("cpu")
    monkeypatch.setattr("torch.accelerator.is_available", lambda: True)
    monkeypatch.setattr("torch.accelerator.current_accelerator", lambda: torch.device("mps"))
    assert best_device() == torch.device("mps")


def test_cached_features_hold_fits_crops_and_targets() -> None:
    net = load_network(load_version(SHIPPED)).eval()
    hairs = [
        labelled(HairLabel.TELOGEN),
        labelled(HairLabel.NO_BULB, second=False),
        labelled(HairLabel.ANAGEN),
    ]
    of_labels = features_of_labels(hairs, net, 2, 0)
    assert of_labels.crops.tolist() == [[0, 1], [2, -1], [3, 4]]
    assert of_labels.fits.sum(axis=(1, 2)).tolist() == [1, 1, 2]
    assert of_labels.fits[0, 0, 2]
    assert np.isnan(of_labels.targets).all()
    of_renders = features_of_renders(examples(1), net, net, 2, 0)
    assert not of_renders.fits.any()
    assert np.allclose(np.exp(of_renders.targets).sum(axis=-1), np.ones((8, 2)), atol=1e-3)
    batch = collate([of_labels.sample(1, 0), of_renders.sample(0, 1)])
    assert [len(part) for part in batch] == [2, 2, 3, 3, 3]


@pytest.mark.slow
def test_it_learns_the_labels_and_keeps_what_it_knew(tmp_path: Path) -> None:
    """Blobs on shafts are labelled misshapen; predictions of bare shafts are to stay."""
    base = load_network(load_version(SHIPPED)).eval()
    blobs = [
        replace(labelled(HairLabel.TELOGEN, seed=k), label=HairLabel.MISSHAPEN) for k in range(6)
    ]
    bare = [example(2, seed) for seed in range(6)]
    plan = RetrainPlan(epochs=2, draws=240, batch=24, learning_rate=2e-3)
    net = training_set_of(blobs, bare, base, base, plan).fit(range(6), tmp_path, plan)

    def mean_change(hairs: list[LabelledStrand], kind: int) -> float:
        crops = [hair.crops[0] for hair in hairs if hair.crops[0] is not None]
        before, after = (softmax(logits_of(each, crops))[:, kind] for each in (base, net))
        return float((after - before).mean())

    learned = mean_change(blobs, MISSHAPEN)
    assert learned > 0.2
    others = [labelled(HairLabel.NO_BULB, seed=seed) for seed in range(10, 14)]
    assert abs(mean_change(others, BARE)) < learned / 2


def test_the_mean_of_networks_is_that_of_their_weights() -> None:
    one, other = (load_network(load_version(SHIPPED)) for _ in range(2))
    with torch.no_grad():
        for k, parameter in enumerate(other.parameters()):
            parameter.add_(float(k))
    for k, (mean, first) in enumerate(
        zip(mean_of((one, other)).parameters(), one.parameters(), strict=True)
    ):
        assert torch.allclose(mean, first + k / 2, atol=1e-5)
    assert one is not mean_of((one,))


def test_every_kind_is_sampled_equally_often_but_a_rare_one_within_limits() -> None:
    hairs = (
        [labelled(HairLabel.TELOGEN)] * 60
        + [labelled(HairLabel.NO_BULB)] * 39
        + [labelled(HairLabel.NOT_HAIR)]
    )
    weights = sampling_weights(hairs)
    assert weights[:60].sum() == pytest.approx(1)
    assert weights[60:99].sum() == pytest.approx(1)
    assert weights[99] == pytest.approx(1 / 15)


def test_many_labels_are_fitted_longer() -> None:
    plan = RetrainPlan(draws=2400)
    assert [plan.scaled(labels).draws for labels in (20, 400, 1000, 9000)] == [
        2400,
        2400,
        6000,
        12000,
    ]


@pytest.mark.slow
def test_another_architecture_learns_the_predictions_of_the_shipped_model(tmp_path: Path) -> None:
    """Before it has seen a label. Distances are mean Kullback-Leibler divergences (nats)."""
    shipped, renders = load_network(load_version(SHIPPED)), examples(3)
    torch.manual_seed(0)
    start = NETWORKS["resnet18"]()
    plan = RetrainPlan(epochs=4, draws=64, batch=8, learning_rate=5e-4)
    training_set = training_set_of([labelled(HairLabel.TELOGEN)], renders, start, shipped, plan)

    def distance() -> float:
        crops = [crop for example in renders for crop in example.crops if crop is not None]
        predicted, target = (softmax(logits_of(net, crops)) for net in (start, shipped))
        return float((target * np.log(target / predicted)).sum(axis=1).mean())

    before = distance()
    training_set.distill_start(tmp_path, plan)
    assert distance() < before / 2
