from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("torch")

import torch
from torch import Tensor, nn
from torch.utils.data import TensorDataset

from training.fitting import loop
from training.fitting.loop import Batch, FittingPlan, States, fit_network, in_bfloat16


@pytest.mark.parametrize("has_amx", [False, True])
def test_bfloat16_is_only_used_where_the_processor_has_instructions_for_it(
    has_amx: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: has_amx)
    with in_bfloat16():
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert product.dtype == (torch.bfloat16 if has_amx else torch.float32)


def of_epochs(monkeypatch: pytest.MonkeyPatch) -> list[Tensor]:
    """The weight of a network of one number after each epoch, filled while it is fitted."""
    weights: list[Tensor] = []
    save = loop.save_checkpoint

    def save_and_note(path: Path, states: States, epoch: int) -> None:
        weights.append(states["net"].state_dict()["weight"].clone())
        save(path, states, epoch)

    monkeypatch.setattr(loop, "save_checkpoint", save_and_note)
    return weights


@pytest.mark.parametrize(
    ("averaged", "expected"),
    [
        (0.0, lambda weights: weights[3]),
        (0.5, lambda weights: (weights[2] + weights[3]) / 2),
        (1.0, lambda weights: sum(weights) / 4),
    ],
)
def test_the_weights_of_the_last_epochs_are_averaged(
    averaged: float,
    expected: Callable[[list[Tensor]], Tensor],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    net, weights = nn.Linear(1, 1, bias=False), of_epochs(monkeypatch)
    plan = FittingPlan(4, 2, 2, 0.0, learning_rate=0.1, workers=0, quiet=True, averaged=averaged)
    examples = TensorDataset(torch.tensor([[1.0], [2.0]]), torch.tensor([[3.0], [6.0]]))

    def loss_of(batch: Batch) -> Tensor:
        return ((net(batch[0]) - batch[1]) ** 2).mean()

    fit_network(net, tmp_path, plan, lambda _: examples, loss_of)
    assert len(weights) == 4
    assert net.weight.item() == pytest.approx(expected(weights).item(), abs=1e-6)
    assert not torch.equal(weights[2], weights[3])
