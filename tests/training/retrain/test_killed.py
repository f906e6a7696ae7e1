"""A retraining that is stopped or killed is resumed, and gives the same version."""

import json
import os
import random
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import monotonic, sleep

import pytest

from model.registry.history import EventKind, RegistryEvent
from model.registry.registry import ALIAS, Registry
from model.version import load_version
from tests.helpers.model.versions import SHIPPED_NAME
from tests.helpers.training import tiny_retraining as tiny
from training.retrain.retrain import retrain
from training.retrain.run_state import PROGRESS

PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload([tiny.__name__, retrain.__module__])
LIMIT_S = 120.0
"""For a process to get anywhere on a busy machine."""


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    return tiny.label_crops(tmp_path / "labels", range(2), each=1)


@dataclass(frozen=True)
class Run:
    """A folder to retrain in, by the command line in another process."""

    labels: Path
    path: Path

    @property
    def out(self) -> Path:
        return self.path / "run"

    @property
    def registry(self) -> Registry:
        return Registry(self.path / "models")

    @property
    def log(self) -> str:
        return (self.path / "log.txt").read_text("utf-8")

    def progress(self) -> dict[str, object]:
        try:
            return dict(json.loads((self.out / PROGRESS).read_text("utf-8")))
        except FileNotFoundError:
            return {"state": None, "step": ""}

    @contextmanager
    def retraining(self, hang_in_fit: bool = False) -> Iterator[BaseProcess]:
        """The process; it is killed in the end."""
        self.path.mkdir(exist_ok=True)
        arguments = (self.labels, "--out", self.out, "--models", self.registry.folder)
        process = PROCESSES.Process(
            target=tiny.run_retrain,
            args=(self.path / "log.txt", hang_in_fit, *map(str, arguments)),
        )
        process.start()
        try:
            yield process
        finally:
            process.kill()
            process.join()

    def to_the_end(self) -> str:
        """Retrains; returns the active version."""
        with self.retraining() as process:
            process.join(LIMIT_S)
            assert process.exitcode == 0, self.log
        return self.registry.champion().name

    def wait_for(self, step: str) -> None:
        end = monotonic() + LIMIT_S
        while not str(self.progress()["step"]).startswith(step):
            assert monotonic() < end, self.progress()
            sleep(0.005)


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_and_the_same_command_resumes(
    labels: Path, tmp_path: Path, sign: signal.Signals
) -> None:
    run = Run(labels, tmp_path / "stopped")
    with run.retraining(hang_in_fit=True) as process:  # or it might end before the signal
        run.wait_for("Fitting")
        assert process.pid
        os.kill(process.pid, sign)
        process.join(LIMIT_S)
        assert process.exitcode == 130
    progress = run.progress()
    assert progress["state"] == "stopped"
    assert progress["done"] != 0
    assert str(progress["message"]) in run.log
    assert "Traceback" not in run.log
    assert run.registry.champion().name == SHIPPED_NAME
    assert run.to_the_end() == Run(labels, tmp_path / "whole").to_the_end() != SHIPPED_NAME
    assert run.progress()["state"] == "done"


@pytest.mark.slow
def test_two_kills(labels: Path, tmp_path: Path) -> None:
    kill_each_once(labels, tmp_path, 2)


@pytest.mark.slow
def test_fifty_kills(labels: Path, tmp_path: Path) -> None:
    kill_each_once(labels, tmp_path, 50)


def kill_each_once(labels: Path, folder: Path, runs: int) -> None:
    """Each run is killed at a random moment, and then run to its end."""
    whole = Run(labels, folder / "whole")
    began = monotonic()
    name = whole.to_the_end()
    duration_s = monotonic() - began
    assert name != SHIPPED_NAME
    rng = random.Random(0)
    for k in range(runs):
        run = Run(labels, folder / f"killed {k}")
        with run.retraining() as process:
            sleep(rng.uniform(0, duration_s))
            process.kill()
            process.join()
        check(run.registry, name)
        assert run.to_the_end() == name
        moves = run.registry.events()
        assert [move.name for move in moves if move.kind is EventKind.PROMOTED] == [name], "once"
        assert run.registry.rollback() == SHIPPED_NAME


def check(registry: Registry, name: str) -> None:
    """The active version is complete."""
    champion = registry.champion()
    assert champion.instead_of is None
    assert champion.name in (SHIPPED_NAME, name)
    assert load_version(champion.folder).manifest.name.version == champion.name
    if (registry.folder / ALIAS).exists():
        alias = RegistryEvent.parse((registry.folder / ALIAS).read_text("utf-8"))
        assert alias
        assert alias.name == name
