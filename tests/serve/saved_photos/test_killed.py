"""kill -9 of the server in mid-correction: nothing that was answered is lost."""

import random
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest

from tests.helpers.serve.killed_server import send_corrections, server_in
from tests.helpers.serve.saved_photos import save_photo, saved_files

CLIENTS = 2
LONGEST_LIFE_S = 0.3
"""After the first correction that was answered; time for several of them."""


def test_five_kills(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path, 5)


@pytest.mark.slow
def test_a_hundred_kills(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path, 100)


def kill_again_and_again(folder: Path, kills: int) -> None:
    when = random.Random(0)
    all_told = [killed_once(folder, when) for _ in range(kills)]
    with server_in(folder) as (_, address), httpx.Client(base_url=address, timeout=60) as client:
        for photo, acknowledged in all_told:
            check(client, photo, acknowledged)
    assert len(saved_files(folder)) == kills
    connection = sqlite3.connect(folder / "data" / "shedlight.db")
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


def killed_once(folder: Path, when: random.Random) -> tuple[str, list[Any]]:
    """A photo, and the events about it that a server answered before it was killed."""
    acknowledged: list[Any] = []
    with (
        server_in(folder) as (process, address),
        ThreadPoolExecutor(CLIENTS) as clients,
        httpx.Client(base_url=address, timeout=30) as client,
    ):
        photo = save_photo(client)
        at_it = [
            clients.submit(send_corrections, address, photo, acknowledged) for _ in range(CLIENTS)
        ]
        until_something_is(acknowledged)
        sleep(when.uniform(0, LONGEST_LIFE_S))
        process.kill()
        for each in at_it:
            each.result()
    return photo, acknowledged


def until_something_is(acknowledged: list[Any]) -> None:
    end = monotonic() + 30
    while not acknowledged:
        assert monotonic() < end
        sleep(0.001)


def check(client: httpx.Client, photo: str, acknowledged: list[Any]) -> None:
    """All that was answered is there as it was answered; at most what was under way came on top."""
    events = client.get(photo).json()["events"]
    assert [event["number"] for event in events] == list(range(1, len(events) + 1))
    assert len(acknowledged) <= len(events) <= len(acknowledged) + CLIENTS
    for event in acknowledged:
        assert events[event["number"] - 1] == event
    assert client.get(f"{photo}/picture.jpg").status_code == 200
