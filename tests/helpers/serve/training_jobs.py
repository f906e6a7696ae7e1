"""Servers with labels enough to teach, and a training in the place of the long one."""

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
from tests.helpers.serve.batches import until
from tests.helpers.serve.fake_scorer import FakeScorer
from tests.helpers.serve.running_server import running_server
from tests.helpers.serve.saved_photos import kept, label, settings_in

TRAINING = "/v1/training"
SCORER = FakeScorer(telogen=30, misshapen=0, unsure=0)


def training_settings(folder: Path, **more: Any) -> Settings:
    return settings_in(
        folder, training_folder=folder / "training", models=folder / "models", **more
    )


def command(how: str) -> tuple[str, ...]:
    return (sys.executable, fake_training.__file__, how)


def train_as(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    monkeypatch.setattr(manager, "COMMAND", command(how))


@contextmanager
def server(folder: Path, **more: Any) -> Iterator[httpx.Client]:
    with (
        running_server(training_settings(folder, **more), SCORER) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield client


def label_enough(client: httpx.Client) -> None:
    """25 telogen, 4 misshapen, 1 without bulb and one that does not count."""
    photo = kept(client, encoded(scene(400, 300)), retention="improve")
    for hair in range(25):
        label(client, photo, hair, "telogen")
    for hair in range(25, 29):
        label(client, photo, hair, "misshapen")
    label(client, photo, 29, "no_bulb")
    other = kept(client, retention="improve")
    label(client, other, 0, "unsure")


@contextmanager
def labelled_server(folder: Path) -> Iterator[httpx.Client]:
    """A server that could teach at once."""
    with server(folder) as client:
        label_enough(client)
        yield client


def taught(client: httpx.Client) -> dict[str, Any]:
    """What is told of a training that was started, once it has ended."""
    answer = client.post(TRAINING)
    assert answer.status_code == 202, answer.text
    return ended(client)


def ended(client: httpx.Client) -> dict[str, Any]:
    until(lambda: client.get(TRAINING).json()["state"] != "running")
    return dict(client.get(TRAINING).json())


def until_fitting(client: httpx.Client) -> None:
    until(lambda: client.get(TRAINING).json()["done"] == 0.75)


def given(folder: Path) -> dict[str, Any]:
    """What the command was given."""
    return dict(json.loads((folder / "given.json").read_text("utf-8")))


def is_alive(pid: int) -> bool:
    """Whether there is such a process; a zombie is not alive."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):  # it may end while its file is read
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
