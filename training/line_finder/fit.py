"""Fitting the line network."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils.data import Dataset

from model.networks.line_net import CELL_PX, DIRECTIONS, LineNet, centred
from training.datasets.augment import TileAugmenter
from training.fitting.loop import Batch, Plan, fit_network
from training.line_finder.targets import COUNTS, END, WIDTH, target
from training.line_finder.tiles import Scene, cut_tile

DRAWN_SHARE = 0.4
"""The rest is cut from renders, which look truer but are few."""
_LINE_WEIGHT, _END_WEIGHT = 8.0, 8.0
"""How much more a cell on a line, or at an end, counts than one on bare ground."""
_WIDTH_SHARE, _END_SHARE = 0.05, 0.3


@dataclass(frozen=True)
class LinePlan(Plan):
    """How to fit: draws are tiles."""

    epochs: int = 50
    draws: int = 2000
    batch: int = 8
    weight_decay: float = 0.01


@dataclass(frozen=True)
class Scenes:
    """What tiles are cut from."""

    rendered: Sequence[Scene]
    drawn: Sequence[Scene]


class Draws(Dataset[tuple[Tensor, Tensor]]):
    """The augmented tiles of one epoch."""

    def __init__(self, scenes: Scenes, plan: LinePlan, epoch: int) -> None:
        self._scenes, self._augment = scenes, TileAugmenter()
        rng = np.random.default_rng([plan.seed, epoch])
        self._seeds = rng.integers(0, 2**31, plan.draws)

    def __len__(self) -> int:
        return len(self._seeds)

    def __getitem__(self, i: int) -> tuple[Tensor, Tensor]:
        rng = np.random.default_rng(int(self._seeds[i]))
        scenes = self._scenes.drawn if rng.random() < DRAWN_SHARE else self._scenes.rendered
        tile = cut_tile(scenes[int(rng.integers(len(scenes)))], rng)
        wanted = target(tile.strokes, tile.inside.shape)
        wanted[COUNTS] *= tile.inside[::CELL_PX, ::CELL_PX]
        pixels = self._augment(tile.pixels, int(self._seeds[i])).transpose(2, 0, 1)
        return torch.from_numpy(np.ascontiguousarray(pixels)), torch.from_numpy(wanted)


def fit_lines(scenes: Scenes, run: Path, plan: LinePlan = LinePlan()) -> LineNet:
    """Fits a line network, going on from ``run``'s checkpoint if there is one."""
    torch.manual_seed(plan.seed)
    net = LineNet().to(memory_format=torch.channels_last)  # faster on processors

    def loss(batch: Batch) -> Tensor:
        pixels, wanted = batch
        with torch.autocast("cpu", torch.bfloat16):  # half as long on processors that have it
            chances, width = net(centred(pixels).contiguous(memory_format=torch.channels_last))
        return loss_of(chances.float(), width.float(), wanted)

    fit_network(net, run, plan, lambda epoch: Draws(scenes, plan, epoch), loss)
    return net


def loss_of(chances: Tensor, width: Tensor, wanted: Tensor) -> Tensor:
    """Of LineNet's outputs (N, 13, h, w) and (N, 1, h, w) against targets (N, 15, h, w)."""
    counts = wanted[:, COUNTS, None]
    lines, end = wanted[:, :DIRECTIONS], wanted[:, END, None]
    toward = _cross_entropy(chances[:, :DIRECTIONS], lines, counts * (1 + _LINE_WEIGHT * lines))
    tips = _cross_entropy(chances[:, END, None], end, counts * (1 + _END_WEIGHT * end))
    on_line = counts[:, 0] * (lines.amax(dim=1) > 0.3)
    miss = functional.smooth_l1_loss(width[:, 0], wanted[:, WIDTH], reduction="none", beta=0.2)
    wide = (miss * on_line).sum() / on_line.sum().clamp(min=1)
    return toward + _END_SHARE * tips + _WIDTH_SHARE * wide


def _cross_entropy(logit: Tensor, wanted: Tensor, weight: Tensor) -> Tensor:
    each = functional.binary_cross_entropy_with_logits(logit, wanted, reduction="none")
    return (each * weight).sum() / weight.sum().clamp(min=1)
