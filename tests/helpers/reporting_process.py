"""Processes that tell through a pipe how far they are, for tests that kill them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

PROCESSES = get_context("forkserver")


@contextmanager
def telling(work: Callable[..., None], *given: Any) -> Iterator[tuple[BaseProcess, Connection]]:
    """A process in ``work(*given, tell)`` and the end of the pipe to hear it; killed in the end."""
    told, tell = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=work, args=(*given, tell))
    process.start()
    tell.close()
    try:
        yield process, told
    finally:
        process.kill()
        process.join()
        told.close()
