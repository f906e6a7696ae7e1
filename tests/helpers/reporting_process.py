"""Processes that report their progress through a pipe, for tests that kill them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

PROCESSES = get_context("forkserver")


@contextmanager
def reporting_process(
    work: Callable[..., None], *args: Any
) -> Iterator[tuple[BaseProcess, Connection]]:
    """A process in ``work(*args, sender)`` and the receiving end of its pipe; killed at the end."""
    receiver, sender = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=work, args=(*args, sender))
    process.start()
    sender.close()
    try:
        yield process, receiver
    finally:
        process.kill()
        process.join()
        receiver.close()
