"""Fits any network with the inputs and outputs of ``RootNet`` to crops, from pixels on."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from training.datasets.augment import Augmenter
from training.datasets.examples import Ends
from training.fitting.apply import as_tensors
from training.fitting.loop import (
    Batch,
    FittingPlan,
    SeededDataset,
    channels_last,
    fit_network,
    in_bfloat16,
)


@dataclass(frozen=True)
class FitPlan(FittingPlan):
    """How to fit: every class is drawn equally often."""

    epochs: int = 60
    draws: int = 15_000
    batch: int = 96
    weight_decay: float = 0.02
    label_smoothing: float = 0.02


class CropDataset(SeededDataset[tuple[Tensor, Tensor, Tensor]]):
    """The augmented crops of one epoch."""

    def __init__(self, ends: Ends, plan: FitPlan, epoch: int) -> None:
        self._ends, self._augment = ends, Augmenter()
        rng = plan.epoch_rng(epoch)
        self._rows = rng.choice(len(ends.crops), plan.draws, p=ends.balancing_weights()).tolist()
        super().__init__(rng, plan.draws)

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor, Tensor]:
        row = self._rows[i]
        pixels, shaft_px = as_tensors([self._augment(self._ends.crops[row], self.seeds[i])])
        return pixels[0], shaft_px[0], torch.tensor(self._ends.classes[row])


def fit_to_ends(net: nn.Module, ends: Ends, run: Path, plan: FitPlan) -> None:
    """Fits any network with the inputs and outputs of ``RootNet`` in place."""
    measure = nn.CrossEntropyLoss(label_smoothing=plan.label_smoothing)

    def loss_of(batch: Batch) -> Tensor:
        pixels, shaft_px, classes = batch
        with in_bfloat16():
            logits = net(channels_last(pixels), shaft_px)
        loss: Tensor = measure(logits.float(), classes)
        return loss

    fit_network(net, run, plan, lambda epoch: CropDataset(ends, plan, epoch), loss_of)
