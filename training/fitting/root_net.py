"""Fits the root network to the ends of examples, and applies it to examples."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from data.arrays import Array
from data.strands.crop import RootCrop, edge_widths
from model.inference.root_classifier import softmax
from model.labelling.hair import EndProbabilities
from model.labelling.joint_rule import EndScores, HairScores
from model.networks.root_net import EndNet, RootNet
from model.version import CLASSES
from training.datasets.augment import Augmenter
from training.datasets.examples import Ends, Example, crops_of
from training.fitting.loop import (
    Batch,
    FittingPlan,
    SeededDataset,
    channels_last,
    fit_network,
    in_bfloat16,
)

_BATCH = 256


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


def as_tensors(crops: Sequence[RootCrop]) -> tuple[Tensor, Tensor]:
    """The network's two inputs: pixels (N, 3, 96, 160) uint8 and shaft_px (N, 1) float."""
    pixels = np.stack([crop.pixels for crop in crops]).transpose(0, 3, 1, 2)
    shaft_px = np.array([[crop.shaft_px] for crop in crops], np.float32)
    return torch.from_numpy(np.ascontiguousarray(pixels)), torch.from_numpy(shaft_px)


def fit(ends: Ends, run: Path, plan: FitPlan = FitPlan()) -> RootNet:
    """Fits a root network, from ``run``'s checkpoint if there is one."""
    torch.manual_seed(plan.seed)
    net = RootNet()
    fit_to_ends(net, ends, run, plan)
    return net


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


def logits_of(net: EndNet, crops: Sequence[RootCrop]) -> Array:
    """Logits (N, 4) of crops that are not augmented."""
    net.eval()
    batches = [np.empty((0, len(CLASSES)))]
    with torch.inference_mode():
        for start in range(0, len(crops), _BATCH):
            pixels, shaft_px = as_tensors(crops[start : start + _BATCH])
            batches.append(net(pixels.float(), shaft_px).double().numpy())
    return np.concatenate(batches)


def hair_scores(net: EndNet, examples: Sequence[Example], temperature: float) -> list[HairScores]:
    """The calibrated scores of both ends of every example, None for an end without a crop."""
    crops = crops_of(examples)
    rows = softmax(logits_of(net, crops) / temperature)
    scores = iter(
        EndScores(EndProbabilities(*map(float, row)), edge_widths(crop))
        for row, crop in zip(rows, crops, strict=True)
    )
    pairs: list[HairScores] = []
    for example in examples:
        first, second = (None if crop is None else next(scores) for crop in example.crops)
        pairs.append((first, second))
    return pairs
