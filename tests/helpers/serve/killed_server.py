"""A real server in a process of its own, to be killed, and clients that correct without end."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from time import sleep
from typing import Any

import httpx

from tests.helpers.serve.running_server import running_server
from tests.helpers.serve.saved_photos import SCORER, settings_in

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([__name__])
STARTING_S = 60
WORDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/hairs/0/label", {"label": "misshapen"}),
    ("/hairs/1/label", {"root_end": 1}),
    ("/hairs", {"x": 5, "y": 6, "label": "telogen"}),
    ("/undo", {}),
)


def serve_in(folder: Path, tell: Connection) -> None:
    """Serves until it is killed."""
    with running_server(settings_in(folder), SCORER) as address:
        tell.send(address)
        sleep(600)


@contextmanager
def server_in(folder: Path) -> Iterator[tuple[BaseProcess, str]]:
    """The process and its address; killed in the end."""
    told, tell = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=serve_in, args=(folder, tell))
    process.start()
    tell.close()
    try:
        assert told.poll(STARTING_S), "the server does not start"
        yield process, told.recv()
    finally:
        process.kill()
        process.join()
        told.close()


def correct_on(address: str, photo: str, acknowledged: list[Any]) -> None:
    """Says one thing after the other, and notes each event that was answered, until all is over."""
    with httpx.Client(base_url=address, timeout=30) as client:
        for part, body in cycle(WORDS):
            try:
                answer = client.post(photo + part, json=body)
            except httpx.TransportError:
                return
            assert answer.status_code == 200, answer.text
            acknowledged.append(answer.json()["event"])
