"""A real server in a separate process, to be killed, and clients that correct labels."""

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
CORRECTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/hairs/0/label", {"label": "misshapen"}),
    ("/hairs/1/label", {"root_end": 1}),
    ("/hairs", {"x": 5, "y": 6, "label": "telogen"}),
    ("/undo", {}),
)


def serve_in(folder: Path, sender: Connection) -> None:
    """Serves until it is killed."""
    with running_server(settings_in(folder), SCORER) as address:
        sender.send(address)
        sleep(600)


@contextmanager
def server_in(folder: Path) -> Iterator[tuple[BaseProcess, str]]:
    """The process and its address; killed in the end."""
    receiver, sender = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=serve_in, args=(folder, sender))
    process.start()
    sender.close()
    try:
        assert receiver.poll(STARTING_S), "the server does not start"
        yield process, receiver.recv()
    finally:
        process.kill()
        process.join()
        receiver.close()


def send_corrections(address: str, photo: str, acknowledged: list[Any]) -> None:
    """Sends corrections and records each acknowledged event, until the server is gone."""
    with httpx.Client(base_url=address, timeout=30) as client:
        for part, body in cycle(CORRECTIONS):
            try:
                answer = client.post(photo + part, json=body)
            except httpx.TransportError:
                return
            assert answer.status_code == 200, answer.text
            acknowledged.append(answer.json()["event"])
