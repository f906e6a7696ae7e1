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
from tests.helpers.training.labels import taught
from training.datasets.examples import BARE, MISSHAPEN
from training.fitting.root_net import logits_of
from training.labels.label import HairLabel
from training.labels.labelled_strand import LabelledStrand
from training.retrain.fit import RetrainPlan, best_device, label_loss, together, training_set_of
from training.retrain.label_probabilities import NOISE_RATE
from training.retrain.training_data import features_of_labels, features_of_renders
from training.retrain.versions import net_of

SAID = torch.log(torch.tensor([[0.5, 0.2, 0.2, 0.1], [0.1, 0.1, 0.7, 0.1]]))
BOTH = torch.tensor([[True, True]])


def fits(*pairs: tuple[int, int]) -> Tensor:
    table = torch.zeros(1, 5, 5, dtype=torch.bool)
    for first, second in pairs:
        table[0, first, second] = True
    return table


@pytest.mark.parametrize(
    ("pairs", "chance"),
    [
        ([(0, 2)], 0.5 * 0.7),
        ([(0, 2), (2, 0)], 0.5 * 0.7 + 0.2 * 0.1),
        ([(1, 2), (2, 1), (2, 2)], 0.2 * 0.7 + 0.2 * 0.1 + 0.2 * 0.7),
        ([(0, -1)], 0.5),
    ],
)
def test_the_loss_sums_over_all_that_fits(pairs: list[tuple[int, int]], chance: float) -> None:
    loss = label_loss(SAID, BOTH, fits(*pairs))
    assert loss.tolist() == pytest.approx([-log((1 - NOISE_RATE) * chance + NOISE_RATE / 5)])


def test_an_end_without_a_crop_counts_one() -> None:
    loss = label_loss(SAID[:1], torch.tensor([[True, False]]), fits((1, 2)))
    assert loss.tolist() == pytest.approx([-log((1 - NOISE_RATE) * 0.2 + NOISE_RATE / 5)])


def test_a_slip_of_a_person_pulls_no_harder_than_its_share() -> None:
    """The slope of the loss stays finite where the label is held to be impossible."""
    logits = torch.tensor([[20.0, -20.0, 0.0, 0.0]], requires_grad=True)
    loss = label_loss(torch.log_softmax(logits, 1), torch.tensor([[True, False]]), fits((1, -1)))
    torch.autograd.backward(loss.sum())
    assert logits.grad is not None
    assert logits.grad.abs().max() < 1e-3


def test_the_loss_stays_where_the_network_is() -> None:
    """Tensors without values can be on a card that is not there."""
    with FakeTensorMode(shape_env=ShapeEnv()):
        said, here, right = (
            torch.rand(shape, device="cuda") for shape in ((2, 4), (1, 2), (1, 5, 5))
        )
        loss = label_loss(torch.log_softmax(said, 1), here > 0, right > 0)
        assert loss.device.type == "cuda"


def test_a_card_is_used_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.accelerator.is_available", lambda: False)
    assert best_device() == torch.device("cpu")
    monkeypatch.setattr("torch.accelerator.is_available", lambda: True)
    monkeypatch.setattr("torch.accelerator.current_accelerator", lambda: torch.device("mps"))
    assert best_device() == torch.device("mps")


def test_lessons_keep_what_fits_where_crops_are_and_what_was_said() -> None:
    net = net_of(load_version(SHIPPED)).eval()
    hairs = [
        taught(HairLabel.TELOGEN),
        taught(HairLabel.NO_BULB, second=False),
        taught(HairLabel.ANAGEN),
    ]
    lesson = features_of_labels(hairs, net, 2, 0)
    assert lesson.crops.tolist() == [[0, 1], [2, -1], [3, 4]]
    assert lesson.fits.sum(axis=(1, 2)).tolist() == [1, 1, 2]
    assert lesson.fits[0, 0, 2]
    assert np.isnan(lesson.kept).all()
    kept = features_of_renders(examples(1), net, net, 2, 0)
    assert not kept.fits.any()
    assert np.allclose(np.exp(kept.kept).sum(axis=-1), np.ones((8, 2)), atol=1e-3)
    batch = together([lesson.drawn(1, 0), kept.drawn(0, 1)])
    assert [len(part) for part in batch] == [2, 2, 3, 3, 3]


def test_it_learns_what_people_say_and_keeps_what_it_knew(tmp_path: Path) -> None:
    """Blobs on shafts, which by these labels are misshapen; bare shafts it is to read as before."""
    base = net_of(load_version(SHIPPED)).eval()
    blobs = [
        replace(taught(HairLabel.TELOGEN, seed=k), label=HairLabel.MISSHAPEN) for k in range(6)
    ]
    bare = [example(2, seed) for seed in range(6)]
    plan = RetrainPlan(epochs=2, draws=240, batch=24, learning_rate=2e-3)
    net = training_set_of(blobs, bare, base, base, 0).fitted(range(6), tmp_path, plan)

    def mean_change(hairs: list[LabelledStrand], kind: int) -> float:
        crops = [hair.crops[0] for hair in hairs if hair.crops[0] is not None]
        before, after = (softmax(logits_of(each, crops))[:, kind] for each in (base, net))
        return float((after - before).mean())

    learned = mean_change(blobs, MISSHAPEN)
    assert learned > 0.2
    kept = [taught(HairLabel.NO_BULB, seed=seed) for seed in range(10, 14)]
    assert abs(mean_change(kept, BARE)) < learned / 2
