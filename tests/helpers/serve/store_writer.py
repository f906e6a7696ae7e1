"""A process that writes to a store until it is killed and reports what was acknowledged."""

import os
from contextlib import AbstractContextManager
from itertools import count
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.helpers.reporting_process import PROCESSES, reporting_process
from tests.helpers.serve.photo_store import NOW, label, open_store, save

PROCESSES.set_forkserver_preload([__name__])


def write_on(folder: Path, answers: Connection) -> None:
    """Saves, corrects and deletes photos, and reports each step once it is acknowledged."""
    store = open_store(folder)
    for turn in count():
        photo_id = save(store).id
        answers.send_bytes(f"saved {photo_id}".encode())
        for _ in range(3):
            event = store.add(photo_id, label(event_hair(turn)), NOW)
            answers.send_bytes(f"corrected {photo_id} {event.number}".encode())
        if turn % 3 == 0:
            answers.send_bytes(f"deleting {photo_id}".encode())
            store.delete(photo_id)
            answers.send_bytes(f"deleted {photo_id}".encode())


def event_hair(turn: int) -> int:
    return turn % 2


def add_many(folder: Path, photo_id: str, how_many: int) -> None:
    """Corrects a photo many times."""
    store = open_store(folder)
    for _ in range(how_many):
        store.add(photo_id, label(0), NOW, client=f"p{os.getpid()}")
    store.close()


def just_open(folder: Path) -> None:
    """Opens a store, as several workers of a server do when they start."""
    open_store(folder).close()


def writing(folder: Path) -> AbstractContextManager[tuple[BaseProcess, Connection]]:
    """A process in ``write_on`` and the end of a pipe with its answers; killed in the end."""
    return reporting_process(write_on, folder)
