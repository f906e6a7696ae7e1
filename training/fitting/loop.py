"""The loop that fits a network, with progress, checkpoints and a loss curve.

Every example has its own seed (run, epoch, index), so a stopped run continues from its last epoch
with the same result.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import cv2
import numpy as np
import torch
from rich.progress import Progress
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel
from torch.utils.data import DataLoader, Dataset

from data.io.files import atomic_binary_writer

CHECKPOINT, CURVE = "checkpoint.pt", "loss.csv"
WARM_UP_SHARE = 0.1
"""Share of the steps over which the learning rate rises."""

Batch = Sequence[Tensor]
LossOf = Callable[[Batch], Tensor]
Collate = Callable[[Sequence[Any]], Batch]
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class FittingPlan:
    """Length and settings of a fit. ``draws`` examples make an epoch.

    ``workers`` processes make the examples, ``threads`` threads of torch fit. With more of both
    than cores, torch's threads wait for each other most of the time. ``quiet``: no progress bar.
    ``averaged``: the share of the epochs, the last ones, whose weights are averaged; at 0, those of
    the last epoch count.
    """

    epochs: int
    draws: int
    batch: int
    weight_decay: float
    learning_rate: float = 3e-3
    seed: int = 0
    workers: int = 2
    threads: int = 1
    quiet: bool = False
    averaged: float = 0.0

    def epoch_rng(self, epoch: int) -> np.random.Generator:
        """The random numbers of one epoch."""
        return np.random.default_rng([self.seed, epoch])


class SeededDataset(Dataset[T_co], Generic[T_co]):
    """The ``draws`` examples of an epoch, each with its own seed from ``rng``."""

    def __init__(self, rng: np.random.Generator, draws: int) -> None:
        self.seeds = rng.integers(0, 2**31, draws).tolist()

    def __len__(self) -> int:
        return len(self.seeds)


class _Stateful(Protocol):
    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state_dict: dict[str, Any], /) -> object: ...


States = dict[str, _Stateful]
"""The contents of a checkpoint: network, optimiser, schedule."""


def fit_network(
    net: nn.Module,
    run: Path,
    plan: FittingPlan,
    examples_of: Callable[[int], Dataset[Any]],
    loss_of: LossOf,
    collate: Collate | None = None,
    device: torch.device | None = None,
) -> None:
    """Fits ``net`` in place on ``device`` (the processor by default), from ``run``'s checkpoint if
    there is one.

    ``examples_of`` returns the ``plan.draws`` examples of an epoch, ``loss_of`` the mean loss of a
    batch of them on ``device``. ``collate`` makes the batch if stacking is not enough. Parameters
    are in channels-last order, which is faster.
    """
    run.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(plan.threads)
    device = device or torch.device("cpu")
    net.to(device).to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(
        net.parameters(), plan.learning_rate, weight_decay=plan.weight_decay
    )
    mean = AveragedModel(net, use_buffers=True)
    averaged_from = min(round((1 - plan.averaged) * plan.epochs), plan.epochs - 1)
    steps = plan.epochs * -(-plan.draws // plan.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, plan.learning_rate, total_steps=steps, pct_start=WARM_UP_SHARE
    )
    states: States = {"net": net, "optimiser": optimiser, "schedule": schedule, "mean": mean}
    first = load_checkpoint(run / CHECKPOINT, states)

    def step(batch: Batch) -> float:
        loss = loss_of([part.to(device) for part in batch])
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
        schedule.step()
        return loss.item() * len(batch[0])

    with Progress(disable=plan.quiet) as progress:
        task = progress.add_task("Fitting", total=plan.epochs, completed=first)
        for epoch in range(first, plan.epochs):
            torch.manual_seed(1000 * plan.seed + epoch)  # for dropout: a resumed run is the same
            net.train()
            batches = DataLoader(
                examples_of(epoch),
                plan.batch,
                num_workers=plan.workers,
                worker_init_fn=use_one_thread,
                collate_fn=collate,
            )
            loss = sum(map(step, batches)) / plan.draws
            with (run / CURVE).open("a", newline="", encoding="utf-8") as file:
                csv.writer(file).writerow([epoch, f"{loss:.5f}"])
            if epoch >= averaged_from:
                mean.update_parameters(net)
            save_checkpoint(run / CHECKPOINT, states, epoch + 1)
            progress.update(task, advance=1, description=f"Fitting, loss {loss:.4f}")
    net.load_state_dict(mean.module.state_dict())
    net.to("cpu").eval()


def in_bfloat16(device: torch.device | None = None) -> torch.autocast:
    """Runs a network in bfloat16, in float32 on processors without instructions for it: those take
    half the time with them, and nine times as long without."""
    kind = device.type if device else "cpu"
    return torch.autocast(kind, torch.bfloat16, enabled=kind != "cpu" or _has_bfloat16())


def _has_bfloat16() -> bool:
    """Whether the processor has instructions for bfloat16. torch has no public function
    for it; get_cpu_capability() is the same for all processors with AVX-512."""
    return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()


def channels_last(pixels: Tensor) -> Tensor:
    """Pixels (N, C, H, W) as float32 in the order of the network's parameters."""
    return pixels.float().contiguous(memory_format=torch.channels_last)


def save_checkpoint(path: Path, states: States, epoch: int) -> None:
    """Replaces the checkpoint in one step: a kill leaves the old one or the new one."""
    contents = {name: part.state_dict() for name, part in states.items()}
    with atomic_binary_writer(path) as file:
        torch.save(contents | {"epoch": epoch}, file)


def load_checkpoint(path: Path, states: States) -> int:
    """Loads a checkpoint if there is one. Returns the next epoch. Parts stay on their device."""
    if not path.exists():
        return 0
    contents = torch.load(path, map_location="cpu", weights_only=True)
    for name, part in states.items():
        part.load_state_dict(contents[name])
    return int(contents["epoch"])


def use_one_thread(_: int) -> None:
    """For a process that makes examples: OpenCV's threads only slow it down."""
    cv2.setNumThreads(1)
