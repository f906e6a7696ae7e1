"""A server process that is stopped or killed while it scores a batch."""

import signal
from pathlib import Path

import httpx
import pytest

from tests.helpers.hostile_files import encoded, scene
from tests.helpers.serve.batches import run_batch, wait_until
from tests.helpers.serve.http import files
from tests.helpers.serve.served import served_from

PHOTOS = files(*((f"{i}.jpg", encoded(scene(300 + i, 240))) for i in range(30)))
TOGETHER_S = 0.1 * len(PHOTOS)
"""What the scorer takes for them on one worker (tests/helpers/batch/slow_batch.py)."""


def begun(client: httpx.Client) -> str:
    """A batch of which some photos are scored and some are not."""
    batch = client.post("/v1/batches", files=PHOTOS).json()["links"]["self"]
    wait_until(lambda: client.get(batch).json()["done"] > 2)
    assert client.get(batch).json()["state"] == "running"
    return str(batch)


def test_the_next_server_deletes_the_batches_of_a_killed_one(tmp_path: Path) -> None:
    with served_from(tmp_path) as (process, client):
        begun(client)
        process.kill()
        process.wait()
    assert list(tmp_path.rglob("*.jsonl"))
    with served_from(tmp_path) as (_, client):
        wait_until(lambda: not list(tmp_path.iterdir()))
        assert run_batch(client, PHOTOS[:2])["state"] == "done"


def test_batches_of_a_running_server_are_not_deleted(tmp_path: Path) -> None:
    with served_from(tmp_path) as (_, client), served_from(tmp_path) as (_, other):
        batch = begun(client)
        assert other.get(batch).json()["state"] == "running"
        assert run_batch(other, PHOTOS[:2])["state"] == "done"
        assert other.delete(batch).status_code == 204
        wait_until(lambda: client.get("/metrics").text.count("shedlight_photos_waiting 0.0") == 1)
        assert run_batch(client, PHOTOS[:2])["state"] == "done"
        (ours, theirs) = (len(list(server.iterdir())) for server in tmp_path.iterdir())
        assert (ours, theirs) == (2, 2)  # the lock, and the batch that is done


@pytest.mark.parametrize(
    "sign", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)]
)
def test_a_server_that_is_stopped_ends_at_once_and_leaves_no_files(
    tmp_path: Path, sign: signal.Signals
) -> None:
    with served_from(tmp_path) as (process, client):
        batch = begun(client)
        with client.stream("GET", f"{batch}/events") as watched:
            lines = watched.iter_lines()
            assert next(lines) == "event: progress"
            process.send_signal(sign)
            assert not [line for line in lines if line == "event: done"]
        process.wait(TOGETHER_S)
    assert list(tmp_path.iterdir()) == []
