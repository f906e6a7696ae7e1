"""Servers with enough labels to train on, and a fast training in place of the real one."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from serve.jobs.training import manager
from serve.settings import Settings
from tests.helpers.hostile_files import encoded, scene
from tests.helpers.serve import fake_training
from tests.helpers.serve.batches import wait_until
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.running_server import running_server
from tests.helpers.serve.saved_photos import label, save_photo, settings_in

TRAINING = "/v1/training"
SCORER = FakeScorer(telogen=30, misshapen=0, unsure=0)


def training_settings(folder: Path, **more: Any) -> Settings:
    return settings_in(
        folder, training_folder=folder / "training", models=folder / "models", **more
    )


def command(how: str) -> tuple[str, ...]:
    return (sys.executable, fake_training.__file__, how)


def use_fake_training(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    monkeypatch.setattr(manager, "COMMAND", command(how))


@contextmanager
def server(folder: Path, **more: Any) -> Iterator[httpx.Client]:
    with (
        running_server(training_settings(folder, **more), SCORER) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield client


def add_enough_labels(client: httpx.Client) -> None:
    """25 telogen, 4 misshapen, 1 without bulb and one that does not count."""
    photo = save_photo(client, encoded(scene(400, 300)), retention="improve")
    for hair in range(25):
        label(client, photo, hair, "telogen")
    for hair in range(25, 29):
        label(client, photo, hair, "misshapen")
    label(client, photo, 29, "no_bulb")
    other = save_photo(client, retention="improve")
    label(client, other, 0, "unsure")


@contextmanager
def labelled_server(folder: Path) -> Iterator[httpx.Client]:
    """A client of a server that has enough labels to train on."""
    with server(folder) as client:
        add_enough_labels(client)
        yield client


def run_training(client: httpx.Client) -> dict[str, Any]:
    """Starts a training and returns the status once it has ended."""
    answer = client.post(TRAINING)
    assert answer.status_code == 202, answer.text
    return wait_until_ended(client)


def wait_until_ended(client: httpx.Client) -> dict[str, Any]:
    wait_until(lambda: client.get(TRAINING).json()["state"] != "running")
    return dict(client.get(TRAINING).json())


def wait_until_fitting(client: httpx.Client) -> None:
    wait_until(lambda: client.get(TRAINING).json()["done"] == 0.75)


def training_input(folder: Path) -> dict[str, Any]:
    """What the command was given."""
    return dict(json.loads((folder / "given.json").read_text("utf-8")))


def is_alive(pid: int) -> bool:
    """Whether there is such a process; a zombie is not alive."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):  # it may end while its file is read
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
