"""Fitting the root network."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import Dataset

from data.strands.crop import RootCrop
from model.networks.root_net import RootNet
from training.datasets.augment import Augmenter
from training.datasets.examples import Ends
from training.fitting.loop import Batch, Plan, fit_network


@dataclass(frozen=True)
class FitPlan(Plan):
    """How to fit: every class is drawn as often."""

    epochs: int = 60
    draws: int = 15_000
    batch: int = 96
    weight_decay: float = 0.02
    label_smoothing: float = 0.02


class Draws(Dataset[tuple[Tensor, Tensor, Tensor]]):
    """The augmented crops of one epoch."""

    def __init__(self, ends: Ends, plan: FitPlan, epoch: int) -> None:
        self._ends, self._augment = ends, Augmenter()
        rng = np.random.default_rng([plan.seed, epoch])
        self._rows = rng.choice(len(ends.crops), plan.draws, p=ends.balancing_weights())
        self._seeds = rng.integers(0, 2**31, plan.draws)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor, Tensor]:
        row = int(self._rows[i])
        crop = self._augment(self._ends.crops[row], int(self._seeds[i]))
        pixels, shaft_px = as_tensors([crop])
        return pixels[0], shaft_px[0], torch.tensor(self._ends.classes[row])


def as_tensors(crops: list[RootCrop]) -> tuple[Tensor, Tensor]:
    """The network's two inputs: pixels (N, 3, 96, 160) uint8 and shaft_px (N, 1) float."""
    pixels = np.stack([crop.pixels for crop in crops]).transpose(0, 3, 1, 2)
    shaft_px = np.array([[crop.shaft_px] for crop in crops], np.float32)
    return torch.from_numpy(np.ascontiguousarray(pixels)), torch.from_numpy(shaft_px)


def fit(ends: Ends, run: Path, plan: FitPlan = FitPlan()) -> RootNet:
    """Fits a network, going on from ``run``'s checkpoint if there is one."""
    torch.manual_seed(plan.seed)
    net = RootNet()
    fit_to_ends(net, ends, run, plan)
    return net


def fit_to_ends(net: nn.Module, ends: Ends, run: Path, plan: FitPlan) -> None:
    """Fits any network in place that takes and gives what ``RootNet`` does."""
    net.to(memory_format=torch.channels_last)  # faster on processors
    measure = nn.CrossEntropyLoss(label_smoothing=plan.label_smoothing)

    def loss_of(batch: Batch) -> Tensor:
        pixels, shaft_px, classes = batch
        pixels = pixels.float().contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):  # half as long on processors that have it
            logits = net(pixels, shaft_px)
        loss: Tensor = measure(logits.float(), classes)
        return loss

    fit_network(net, run, plan, lambda epoch: Draws(ends, plan, epoch), loss_of)
