"""Fitting the line network.

Every tile has its own seed (run, epoch, place), so a run that was stopped goes on from its last
epoch as if nothing had happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from rich.progress import Progress
from torch import Tensor
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset

from model.linenet import CELL_PX, LineNet, centred
from training.augment import TileAugmenter
from training.checkpoint import CHECKPOINT, CURVE, Parts, keep, log_loss, resume
from training.lines.target import target
from training.lines.tiles import Scene, cut_tile

BATCH = 8
DRAWN_SHARE = 0.65
"""The rest is cut from renders, which look truer but are few."""
_LINE_WEIGHT, _END_WEIGHT = 6.0, 8.0
"""How much more a cell on a line, or at an end, counts than one on bare ground."""
_WIDTH_SHARE, _END_SHARE = 0.1, 0.5

Batch = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class LinePlan:
    """How long and how hard to fit. ``draws`` tiles make an epoch.

    ``workers`` processes cut tiles, ``threads`` fit.
    """

    epochs: int = 60
    draws: int = 1600
    learning_rate: float = 3e-3
    weight_decay: float = 0.01
    seed: int = 0
    workers: int = 2
    threads: int = 2


@dataclass(frozen=True)
class Scenes:
    """What tiles are cut from."""

    rendered: Sequence[Scene]
    drawn: Sequence[Scene]


class Draws(Dataset[Batch]):
    """The augmented tiles of one epoch."""

    def __init__(self, scenes: Scenes, plan: LinePlan, epoch: int) -> None:
        self._scenes, self._augment = scenes, TileAugmenter()
        rng = np.random.default_rng([plan.seed, epoch])
        self._seeds = rng.integers(0, 2**31, plan.draws)

    def __len__(self) -> int:
        return len(self._seeds)

    def __getitem__(self, i: int) -> Batch:
        rng = np.random.default_rng(int(self._seeds[i]))
        scenes = self._scenes.drawn if rng.random() < DRAWN_SHARE else self._scenes.rendered
        tile = cut_tile(scenes[int(rng.integers(len(scenes)))], rng)
        wanted = target(tile.strokes, tile.inside.shape)
        wanted[3] *= tile.inside[::CELL_PX, ::CELL_PX]
        pixels = self._augment(tile.pixels, int(self._seeds[i])).transpose(2, 0, 1)
        return torch.from_numpy(np.ascontiguousarray(pixels)), torch.from_numpy(wanted)


def fit_lines(scenes: Scenes, run: Path, plan: LinePlan = LinePlan()) -> LineNet:
    """Fits a line network, going on from ``run``'s checkpoint if there is one."""
    run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(plan.seed)
    torch.set_num_threads(plan.threads)
    net = LineNet().to(memory_format=torch.channels_last)  # faster on processors
    optimiser = torch.optim.AdamW(
        net.parameters(), plan.learning_rate, weight_decay=plan.weight_decay
    )
    steps = plan.epochs * -(-plan.draws // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, plan.learning_rate, total_steps=steps, pct_start=0.1
    )
    parts: Parts = {"net": net, "optimiser": optimiser, "schedule": schedule}
    first = resume(run / CHECKPOINT, parts)
    with Progress() as progress:
        task = progress.add_task("Fitting", total=plan.epochs, completed=first)
        for epoch in range(first, plan.epochs):
            loss = _epoch(net, optimiser, schedule, Draws(scenes, plan, epoch), plan)
            log_loss(run / CURVE, epoch, loss)
            keep(run / CHECKPOINT, parts, epoch + 1)
            progress.update(task, advance=1, description=f"Fitting, loss {loss:.4f}")
    return net.eval()


def _epoch(
    net: LineNet,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    draws: Draws,
    plan: LinePlan,
) -> float:
    """One pass; the mean loss."""
    net.train()
    total = 0.0
    for pixels, wanted in DataLoader(
        draws, BATCH, num_workers=plan.workers, worker_init_fn=_one_thread
    ):
        loss = loss_of(net(centred(pixels)), wanted)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
        schedule.step()
        total += loss.item() * len(wanted)
    return total / len(draws)


def loss_of(out: Tensor, wanted: Tensor) -> Tensor:
    """Of outputs (N, 3, h, w) against targets (N, 4, h, w) of ``training.lines.target``."""
    centre, width, end, counts = wanted.unbind(1)
    line = _cross_entropy(out[:, 0], centre, counts * (1 + _LINE_WEIGHT * centre))
    tips = _cross_entropy(out[:, 2], end, counts * (1 + _END_WEIGHT * end))
    on_line = counts * (centre > 0.3)
    miss = functional.smooth_l1_loss(out[:, 1], width, reduction="none", beta=0.2)
    wide = (miss * on_line).sum() / on_line.sum().clamp(min=1)
    return line + _END_SHARE * tips + _WIDTH_SHARE * wide


def _cross_entropy(logit: Tensor, wanted: Tensor, weight: Tensor) -> Tensor:
    each = functional.binary_cross_entropy_with_logits(logit, wanted, reduction="none")
    return (each * weight).sum() / weight.sum().clamp(min=1)


def _one_thread(_: int) -> None:
    cv2.setNumThreads(1)
