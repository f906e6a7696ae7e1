"""A server that is killed or stopped while a training runs: the training ends with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import sleep

import httpx
import pytest

from serve.jobs.training import manager
from tests.helpers.reporting_process import reporting_process
from tests.helpers.serve.batches import wait_until
from tests.helpers.serve.killed_server import STARTING_S
from tests.helpers.serve.running_server import running_server
from tests.helpers.serve.training_jobs import (
    SCORER,
    TRAINING,
    add_enough_labels,
    command,
    is_alive,
    labelled_server,
    run_training,
    server,
    training_input,
    training_settings,
    use_fake_training,
    wait_until_fitting,
)


def serve_in(folder: Path, how: str, sender: Connection) -> None:
    """Serves until it is killed."""
    manager.COMMAND = command(how)
    with running_server(training_settings(folder), SCORER) as address:
        sender.send(address)
        sleep(600)


@contextmanager
def training_in(folder: Path, how: str = "forever") -> Iterator[tuple[BaseProcess, httpx.Client]]:
    """A server process in which a training runs; killed at the end."""
    with reporting_process(serve_in, folder, how) as (process, receiver):
        assert receiver.poll(STARTING_S), "the server does not start"
        with httpx.Client(base_url=receiver.recv(), timeout=60) as client:
            add_enough_labels(client)
            client.post(TRAINING)
            wait_until_fitting(client)
            yield process, client


def test_a_training_ends_with_the_server_that_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with training_in(tmp_path) as (process, _):
        pid = training_input(tmp_path)["pid"]
        assert is_alive(pid)
        process.kill()
        wait_until(lambda: not is_alive(pid))
    use_fake_training(monkeypatch, "better")
    with server(tmp_path) as client:
        wait_until(lambda: client.get(TRAINING).json()["state"] == "stopped")
        assert not (tmp_path / "training" / "run" / "labels.zip").exists()
        assert run_training(client)["state"] == "done"


def test_another_server_shows_and_stops_a_training(tmp_path: Path) -> None:
    with training_in(tmp_path) as (_, client), server(tmp_path) as other:
        assert other.get(TRAINING).json()["step"] == "Fitting 2 of 2"
        assert other.post(TRAINING).status_code == 409
        other.delete(TRAINING)
        wait_until(lambda: client.get(TRAINING).json()["state"] == "stopped")
    assert not is_alive(training_input(tmp_path)["pid"])


def test_a_training_ends_before_a_server_that_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_fake_training(monkeypatch, "forever")
    with labelled_server(tmp_path) as client:
        client.post(TRAINING)
        wait_until_fitting(client)
    assert not is_alive(training_input(tmp_path)["pid"])
    with server(tmp_path) as client:
        assert client.get(TRAINING).json()["state"] == "stopped"


def test_labels_of_a_lost_training_are_deleted_when_a_server_starts(tmp_path: Path) -> None:
    run = tmp_path / "training" / "run"
    run.mkdir(parents=True)
    (run / "labels.zip").write_bytes(b"photos")
    with server(tmp_path) as client:
        assert client.get(TRAINING).json()["state"] == "stopped"
    assert list(run.iterdir()) == []
