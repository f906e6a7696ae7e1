"""Fits the line network to tiles."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from model.networks.line_net import CELL_PX, DIRECTIONS, LineNet, centred
from training.datasets.augment import TileAugmenter
from training.fitting.loop import (
    Batch,
    FittingPlan,
    SeededDataset,
    channels_last,
    fit_network,
    in_bfloat16,
)
from training.line_finder.cast_shadows import with_cast_shadows
from training.line_finder.targets import END, WEIGHT, WIDTH, line_target
from training.line_finder.tiles import Scene, cut_tile

PAINTED_SHARE = 0.3
"""The rest is cut from renders, which are more realistic but few."""
_LINE_WEIGHT, _END_WEIGHT = 8.0, 8.0
"""Extra weight of a cell on a line, or at an end, over one on background."""
_WIDTH_SHARE, _END_SHARE = 0.05, 0.3


@dataclass(frozen=True)
class LinePlan(FittingPlan):
    """How to fit: examples are tiles."""

    epochs: int = 50
    draws: int = 2000
    batch: int = 8
    weight_decay: float = 0.01


@dataclass(frozen=True)
class Scenes:
    """The photos that tiles are cut from: each folder of renders has the same share of them."""

    folders: Sequence[Sequence[Scene]]
    painted: Sequence[Scene]

    def draw(self, rng: np.random.Generator) -> Scene:
        """A random photo."""
        some = self.folders[int(rng.integers(len(self.folders)))]
        scenes = self.painted if rng.random() < PAINTED_SHARE else some
        return scenes[int(rng.integers(len(scenes)))]


class TileDataset(SeededDataset[tuple[Tensor, Tensor]]):
    """The augmented tiles of one epoch."""

    def __init__(self, scenes: Scenes, plan: LinePlan, epoch: int) -> None:
        super().__init__(plan.epoch_rng(epoch), plan.draws)
        self._scenes, self._augment = scenes, TileAugmenter()

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor]:
        rng = np.random.default_rng(self.seeds[i])
        tile = with_cast_shadows(cut_tile(self._scenes.draw(rng), rng), rng)
        target = line_target(tile.strokes, tile.inside.shape)
        target[WEIGHT] *= tile.inside[::CELL_PX, ::CELL_PX]
        pixels = self._augment(tile.pixels, self.seeds[i]).transpose(2, 0, 1)
        return torch.from_numpy(np.ascontiguousarray(pixels)), torch.from_numpy(target)


def fit_line_net(
    scenes: Scenes, run: Path, plan: LinePlan = LinePlan(), start: LineNet | None = None
) -> LineNet:
    """Fits a line network, from ``run``'s checkpoint if there is one, else from ``start``, else
    from random weights."""
    torch.manual_seed(plan.seed)
    net = start or LineNet()

    def loss_of(batch: Batch) -> Tensor:
        pixels, target = batch
        with in_bfloat16():
            logits, width = net(channels_last(centred(pixels)))
        return line_loss(logits.float(), width.float(), target)

    fit_network(net, run, plan, lambda epoch: TileDataset(scenes, plan, epoch), loss_of)
    return net


def line_loss(logits: Tensor, width: Tensor, target: Tensor) -> Tensor:
    """The loss of LineNet's outputs (N, 13, h, w) and (N, 1, h, w) against targets
    (N, 15, h, w)."""
    weight = target[:, WEIGHT, None]
    lines, end = target[:, :DIRECTIONS], target[:, END, None]
    line_loss = _cross_entropy(logits[:, :DIRECTIONS], lines, weight * (1 + _LINE_WEIGHT * lines))
    end_loss = _cross_entropy(logits[:, END, None], end, weight * (1 + _END_WEIGHT * end))
    on_line = weight[:, 0] * (lines.amax(dim=1) > 0.3)
    error = functional.smooth_l1_loss(width[:, 0], target[:, WIDTH], reduction="none", beta=0.2)
    width_loss = (error * on_line).sum() / on_line.sum().clamp(min=1)
    return line_loss + _END_SHARE * end_loss + _WIDTH_SHARE * width_loss


def _cross_entropy(logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    each = functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
    return (each * weight).sum() / weight.sum().clamp(min=1)
