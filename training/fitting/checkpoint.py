"""What a training run leaves behind, so that it can be stopped and gone on with."""

import csv
from pathlib import Path
from typing import Any, Protocol

import torch

CHECKPOINT, CURVE = "checkpoint.pt", "loss.csv"


class _Stateful(Protocol):
    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state_dict: dict[str, Any], /) -> object: ...


Parts = dict[str, _Stateful]
"""What a checkpoint holds: network, optimiser, schedule."""


def keep(path: Path, parts: Parts, epoch: int) -> None:
    """Writes the checkpoint in one go, so that a kill leaves the old one or the new one."""
    states = {name: part.state_dict() for name, part in parts.items()}
    fresh = path.with_suffix(".new")
    torch.save(states | {"epoch": epoch}, fresh)
    fresh.replace(path)


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
