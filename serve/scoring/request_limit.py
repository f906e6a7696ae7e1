"""Admission control for scoring requests; excess requests get 503 with Retry-After."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil

from anyio import CapacityLimiter, to_thread

from serve.error_codes import ServerError, ServerErrorCode
from serve.scoring.interfaces import Result

PHOTO_S = 1.0
"""Expected seconds per photo, for Retry-After. Our assumption (docs/how-it-works/finding.md)."""


class RequestLimiter:
    """Limits concurrent and queued scoring requests; for the event loop's thread.

    A request is admitted from its first photo to its last. Each photo waits for a free worker, so
    that the photos of several requests alternate.
    """

    def __init__(self, workers: int, waiting: int) -> None:
        """Admits ``workers + waiting`` requests, and runs ``workers`` photos at a time."""
        self._slots = CapacityLimiter(workers)
        self._workers, self._max_active = workers, workers + waiting
        self.active = 0

    @contextmanager
    def admit(self) -> Iterator[None]:
        """Counts a request as active for the block; raises TOO_BUSY if there are too many."""
        if self.active >= self._max_active:
            wait_s = ceil(self.active / self._workers * PHOTO_S)
            raise ServerError(ServerErrorCode.TOO_BUSY, retry_s=wait_s)
        self.active += 1
        try:
            yield
        finally:
            self.active -= 1

    @property
    def waiting(self) -> int:
        """Number of photos that wait for a worker."""
        return self._slots.statistics().tasks_waiting

    async def run(self, work: Callable[[], Result]) -> Result:
        """Runs ``work`` in a thread once a slot is free; a cancelled caller stops waiting."""
        return await to_thread.run_sync(work, limiter=self._slots)
