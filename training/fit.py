"""Fitting the network.

Every draw of a crop has its own seed (run, epoch, place), so a run that was stopped goes on from
its last epoch as if nothing had happened.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from rich.progress import Progress
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from data.crop import RootCrop
from model.network import RootNet
from training.augment import Augmenter
from training.checkpoint import CHECKPOINT, CURVE, Parts, keep, log_loss, resume
from training.ends import Ends

BATCH = 96

Batch = tuple[Tensor, Tensor, Tensor]


@dataclass(frozen=True)
class FitPlan:
    """How long and how hard to fit. ``draws`` crops make an epoch, every class as often.

    ``workers`` processes augment, ``threads`` fit; on a machine that is busy with other work one
    thread is many times as fast as two.
    """

    epochs: int = 40
    draws: int = 12_000
    learning_rate: float = 3e-3
    weight_decay: float = 0.02
    label_smoothing: float = 0.02
    seed: int = 0
    workers: int = 2
    threads: int = 2


class Draws(Dataset[Batch]):
    """The augmented crops of one epoch."""

    def __init__(self, ends: Ends, plan: FitPlan, epoch: int) -> None:
        self._ends, self._augment = ends, Augmenter()
        rng = np.random.default_rng([plan.seed, epoch])
        self._rows = rng.choice(len(ends.crops), plan.draws, p=ends.balancing_weights())
        self._seeds = rng.integers(0, 2**31, plan.draws)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, i: int) -> Batch:
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
    torch.set_num_threads(plan.threads)
    net = RootNet()
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
            loss = _epoch(net, optimiser, schedule, Draws(ends, plan, epoch), epoch, plan)
            log_loss(run / CURVE, epoch, loss)
            keep(run / CHECKPOINT, parts, epoch + 1)
            progress.update(task, advance=1, description=f"Fitting, loss {loss:.3f}")
    return net.eval()


def _epoch(
    net: RootNet,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    draws: Draws,
    epoch: int,
    plan: FitPlan,
) -> float:
    """One pass; the mean loss. Dropout is seeded afresh, so that a resumed run is the same run."""
    torch.manual_seed(1000 * plan.seed + epoch)
    net.train()
    measure = torch.nn.CrossEntropyLoss(label_smoothing=plan.label_smoothing)
    total = 0.0
    for pixels, shaft_px, classes in DataLoader(
        draws, BATCH, num_workers=plan.workers, worker_init_fn=_one_thread
    ):
        loss = measure(net(pixels.float(), shaft_px), classes)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        total += loss.item() * len(classes)
    return total / len(draws)


def _one_thread(_: int) -> None:
    cv2.setNumThreads(1)
