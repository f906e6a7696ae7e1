"""The loop that fits a network: it shows progress, can be stopped and goes on where it was.

Every draw has its own seed (run, epoch, place), so a run that was stopped goes on from its last
epoch as if nothing had happened.

What a training run leaves behind, so that it can be stopped and gone on with.
"""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import cv2
import torch
from rich.progress import Progress
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from data.io.files import atomic_binary_writer

CHECKPOINT, CURVE = "checkpoint.pt", "loss.csv"


class _Stateful(Protocol):
    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state_dict: dict[str, Any], /) -> object: ...


Parts = dict[str, _Stateful]
"""What a checkpoint holds: network, optimiser, schedule."""


def keep(path: Path, parts: Parts, epoch: int) -> None:
    """Writes the checkpoint in one go, so that a kill leaves the old one or the new one."""
    states = {name: part.state_dict() for name, part in parts.items()}
    with atomic_binary_writer(path) as file:
        torch.save(states | {"epoch": epoch}, file)


def resume(path: Path, parts: Parts) -> int:
    """Loads a checkpoint, if there is one; the epoch to go on with. Parts stay on their device."""
    if not path.exists():
        return 0
    states = torch.load(path, map_location="cpu", weights_only=True)
    for name, part in parts.items():
        part.load_state_dict(states[name])
    return int(states["epoch"])


def log_loss(path: Path, epoch: int, loss: float) -> None:
    """Adds an epoch's mean loss to the run's curve."""
    with path.open("a", newline="", encoding="utf-8") as file:
        csv.writer(file).writerow([epoch, f"{loss:.5f}"])


Batch = Sequence[Tensor]
LossOf = Callable[[Batch], Tensor]
Together = Callable[[Sequence[Any]], Batch]
WARM_UP = 0.1
"""Share of the steps over which the learning rate rises."""


@dataclass(frozen=True)
class Plan:
    """How long and how hard to fit. ``draws`` examples make an epoch.

    ``workers`` processes make the examples, ``threads`` fit: one more than there are cores for,
    and the threads of torch wait for each other most of the time. ``quiet``: shows no progress of
    its own.
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


def fit_network(
    net: nn.Module,
    run: Path,
    plan: Plan,
    draws_of: Callable[[int], Dataset[Any]],
    loss_of: LossOf,
    together: Together | None = None,
) -> None:
    """Fits ``net`` in place, from ``run``'s checkpoint on if there is one.

    ``draws_of`` gives the ``plan.draws`` examples of an epoch, ``loss_of`` the mean loss of a batch
    of them, which ``together`` makes if it is not enough to stack them.
    """
    run.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(plan.threads)
    optimiser = torch.optim.AdamW(
        net.parameters(), plan.learning_rate, weight_decay=plan.weight_decay
    )
    steps = plan.epochs * -(-plan.draws // plan.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, plan.learning_rate, total_steps=steps, pct_start=WARM_UP
    )
    parts: Parts = {"net": net, "optimiser": optimiser, "schedule": schedule}
    first = resume(run / CHECKPOINT, parts)

    def step(batch: Batch) -> float:
        loss = loss_of(batch)
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
            loss = sum(map(step, _batches(draws_of(epoch), plan, together))) / plan.draws
            log_loss(run / CURVE, epoch, loss)
            keep(run / CHECKPOINT, parts, epoch + 1)
            progress.update(task, advance=1, description=f"Fitting, loss {loss:.4f}")
    net.eval()


def _batches(draws: Dataset[Any], plan: Plan, together: Together | None) -> DataLoader[Any]:
    return DataLoader(
        draws,
        plan.batch,
        num_workers=plan.workers,
        worker_init_fn=_one_thread,
        collate_fn=together,
    )


def _one_thread(_: int) -> None:
    cv2.setNumThreads(1)
