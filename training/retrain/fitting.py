"""Fitting a network to people's labels, while it keeps to what it knew."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional
from torch.utils.data import Dataset

from model.networks.root_net import EndNet
from training.fitting.loop import Batch, Plan, fit_network
from training.retrain.label_probabilities import SLIPS
from training.retrain.training_data import Drawn, Draws, Lesson


@dataclass(frozen=True)
class TeachPlan(Plan):
    """How to fit. Half of each batch are labelled strands, half are rendered ones."""

    epochs: int = 5
    draws: int = 2400
    batch: int = 48
    weight_decay: float = 0.02
    learning_rate: float = 5e-4
    workers: int = 0
    quiet: bool = True
    held: float = 3.0
    """The weight of what was said before on rendered strands."""
    way: float = 0.8
    """How much of the way from the network it begins with to what was fitted is gone: a little less
    is learned, and much less forgotten (Wortsman et al. 2022, WiSE-FT)."""


class Mixed(Dataset[Drawn]):
    """Labelled and rendered strands in turn."""

    def __init__(self, labelled: Draws, rendered: Draws) -> None:
        self._parts = labelled, rendered

    def __len__(self) -> int:
        return sum(map(len, self._parts))

    def __getitem__(self, i: int) -> Drawn:
        return self._parts[i % 2][i // 2]


Weighted = tuple[Lesson, NDArray[np.float64]]
"""A lesson, and how often each of its strands (N,) is to be drawn."""


def teach_network(
    net: EndNet, labelled: Weighted, rendered: Weighted, run: Path, plan: TeachPlan
) -> None:
    """Fits ``net`` in place, from ``run``'s checkpoint on if there is one.

    On ``labelled`` strands it learns what people say, on ``rendered`` ones it keeps to what is
    ``kept`` of the network it comes from (learning without forgetting, Li and Hoiem 2016).
    """
    device = best_device()
    net.to(device).to(memory_format=torch.channels_last)

    def loss_of(batch: Batch) -> Tensor:
        fits, here, seen, scale, kept = (part.to(device) for part in batch)
        seen = seen.float().contiguous(memory_format=torch.channels_last)
        with torch.autocast(device.type, torch.bfloat16):
            logits = net.judge(seen, scale)
        said = torch.log_softmax(logits.float(), 1)
        has_label, is_kept = fits.any(dim=(1, 2)), ~kept.isnan().any(dim=1)
        told = label_loss(said, here, fits)[has_label].sum() / has_label.sum().clamp(min=1)
        held = functional.kl_div(
            said[is_kept], kept[is_kept], reduction="batchmean", log_target=True
        )
        loss: Tensor = told + plan.held * held
        return loss

    def draws_of(epoch: int) -> Dataset[Drawn]:
        seed, half = 1000 * plan.seed + epoch, plan.draws // 2
        return Mixed(Draws(*labelled, half, 2 * seed), Draws(*rendered, half, 2 * seed + 1))

    fit_network(net, run, plan, draws_of, loss_of, together)
    net.to("cpu")


def best_device() -> torch.device:
    """The graphics card where there is one that torch can use, else the processor."""
    if torch.accelerator.is_available() and (found := torch.accelerator.current_accelerator()):
        return found
    return torch.device("cpu")


def label_loss(said: Tensor, here: Tensor, fits: Tensor) -> Tensor:
    """Minus the log of the chance (N,) that a label is right: the sum over all that ``fits``
    (N, 5, 5) of the product of both ends' chances, of which a share ``SLIPS`` is not believed.

    ``said`` (C, 4) are the log chances of the crops in order, ``here`` (N, 2) which ends have one.
    """
    ends = said.new_zeros(*here.shape, fits.shape[-1])
    ends[here] = functional.pad(said, (0, 1))
    pairs = (ends[:, 0, :, None] + ends[:, 1, None, :]).masked_fill(~fits, -torch.inf)
    chance = torch.logsumexp(pairs.flatten(1), dim=1).exp()
    return -torch.log((1 - SLIPS) * chance + SLIPS / fits.shape[-1])


def together(drawn: Sequence[Drawn]) -> list[Tensor]:
    """A batch of strands."""
    fits, here, *of_crops = zip(*drawn, strict=True)
    return [torch.stack(fits), torch.stack(here), *map(torch.cat, of_crops)]
