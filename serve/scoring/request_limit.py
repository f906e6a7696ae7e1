"""The requests that score photos: so many wait, the others are told to come again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from typing import TypeVar

from anyio import CapacityLimiter, to_thread

from serve.error_codes import ServerError, ServerErrorCode

PHOTO_S = 1.0
"""Seconds that a photo takes, for saying when to come again. Our assumption
(docs/how-it-works/finding.md)."""
Answer = TypeVar("Answer")


class RequestLimiter:
    """Bounds how many requests are in the house, and how many of them are at work.

    For the event loop's thread. A request holds its place from the first photo to the last, and
    for each photo it takes a turn, so that one with many photos lets others in between.
    """

    def __init__(self, workers: int, waiting: int) -> None:
        """``workers`` at work at a time, and ``waiting`` more."""
        self._turns = CapacityLimiter(workers)
        self._room = workers + waiting
        self._workers = workers
        self.inside = 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """Holds a place in the line; raises TOO_BUSY when there is none."""
        if self.inside >= self._room:
            wait_s = ceil(self.inside / self._workers * PHOTO_S)
            raise ServerError(ServerErrorCode.TOO_BUSY, retry_s=wait_s)
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1

    @property
    def waiting(self) -> int:
        """How many photos wait for their turn."""
        return self._turns.statistics().tasks_waiting

    async def turn(self, work: Callable[[], Answer]) -> Answer:
        """Does some work in a thread when it is our turn; a cancelled one leaves the line."""
        return await to_thread.run_sync(work, limiter=self._turns)
