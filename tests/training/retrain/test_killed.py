"""A teaching that is stopped or killed goes on where it was, to the same version."""

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
"""For a process to get anywhere on a machine that is busy otherwise."""


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    return tiny.label_crops(tmp_path / "labels", range(3), each=1)


@dataclass(frozen=True)
class Run:
    """A folder to train in, from the command line, in a process of its own."""

    labels: Path
    path: Path

    @property
    def out(self) -> Path:
        return self.path / "run"

    @property
    def registry(self) -> Registry:
        return Registry(self.path / "models")

    @property
    def said(self) -> str:
        return (self.path / "said.txt").read_text("utf-8")

    def progress(self) -> dict[str, object]:
        try:
            return dict(json.loads((self.out / PROGRESS).read_text("utf-8")))
        except FileNotFoundError:
            return {"state": "not yet", "step": ""}

    @contextmanager
    def training(self) -> Iterator[BaseProcess]:
        """Killed in the end."""
        self.path.mkdir(exist_ok=True)
        arguments = (self.labels, "--out", self.out, "--models", self.registry.folder)
        process = PROCESSES.Process(
            target=tiny.train_tiny, args=(self.path / "said.txt", *map(str, arguments))
        )
        process.start()
        try:
            yield process
        finally:
            process.kill()
            process.join()

    def to_the_end(self) -> str:
        """Trains; the version in force then."""
        with self.training() as process:
            process.join(LIMIT_S)
            assert process.exitcode == 0, self.said
        return self.registry.champion().name

    def until(self, step: str) -> None:
        """Waits for a step."""
        end = monotonic() + LIMIT_S
        while not str(self.progress()["step"]).startswith(step):
            assert monotonic() < end, self.progress()
            sleep(0.005)


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_who_asks_it_to_stop_is_heard_and_the_same_command_goes_on(
    labels: Path, tmp_path: Path, sign: signal.Signals
) -> None:
    run = Run(labels, tmp_path / "stopped")
    with run.training() as process:
        run.until("Fitting")
        assert process.pid
        os.kill(process.pid, sign)
        process.join(LIMIT_S)
        assert process.exitcode == 130
    told = run.progress()
    assert (told["state"], told["message"]) == ("stopped", "Stopped; the same command goes on.")
    assert told["done"] != 0
    assert "Stopped; the same command goes on." in run.said
    assert "Traceback" not in run.said
    assert run.registry.champion().name == SHIPPED_NAME
    assert run.to_the_end() == Run(labels, tmp_path / "whole").to_the_end() != SHIPPED_NAME
    assert run.progress()["state"] == "done"


def test_three_kills(labels: Path, tmp_path: Path) -> None:
    kill_again_and_again(labels, tmp_path, 3)


@pytest.mark.slow
def test_fifty_kills(labels: Path, tmp_path: Path) -> None:
    kill_again_and_again(labels, tmp_path, 50)


def kill_again_and_again(labels: Path, folder: Path, kills: int) -> None:
    """Each is killed once, at any moment, and then runs to its end."""
    whole = Run(labels, folder / "whole")
    began = monotonic()
    name = whole.to_the_end()
    lasts_s = monotonic() - began
    assert name != SHIPPED_NAME
    when = random.Random(0)
    for k in range(kills):
        run = Run(labels, folder / f"killed {k}")
        with run.training() as process:
            sleep(when.uniform(0, lasts_s))
            process.kill()
            process.join()
        check(run.registry, name)
        assert run.to_the_end() == name
        moves = run.registry.moves()
        assert [move.name for move in moves if move.did is EventKind.PROMOTED] == [name], "once"
        assert run.registry.rollback() == SHIPPED_NAME


def check(registry: Registry, name: str) -> None:
    """What is in force is whole."""
    champion = registry.champion()
    assert champion.instead_of is None
    assert champion.name in (SHIPPED_NAME, name)
    assert load_version(champion.folder).manifest.name.version == champion.name
    if (registry.folder / ALIAS).exists():
        alias = RegistryEvent.parse((registry.folder / ALIAS).read_text("utf-8"))
        assert alias
        assert alias.name == name
