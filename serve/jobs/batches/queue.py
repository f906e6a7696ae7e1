"""Queue of batches: one is scored at a time, some wait, others get 503 with Retry-After."""

import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, cast

from anyio import CapacityLimiter, create_task_group, sleep, to_thread
from anyio.abc import TaskGroup
from anyio.from_thread import BlockingPortal
from fastapi import Depends, Request

from serve.error_codes import ServerError, ServerErrorCode
from serve.jobs.batches.job import BatchJob
from serve.jobs.batches.storage import BatchFolder, BatchStore
from serve.resources import Resources
from serve.settings import Settings

EXPIRY_INTERVAL_S = 30.0
"""Seconds between two deletions of expired batches; the maximum delay of a deletion."""
RETRY_S = 60
"""Seconds for Retry-After: how long the batches ahead take is not known."""

_log = logging.getLogger(__name__)


class BatchQueue:
    """Accepts batches and scores them; for the event loop's thread, except ``delete``.

    Photos of a batch wait for workers like those of other requests, at most half as many at a time
    as there are workers, so that a request with one photo waits for at most one of them.
    """

    _portal: BlockingPortal
    _tasks: TaskGroup

    def __init__(
        self,
        settings: Settings,
        resources: Callable[[], Resources],
        expiry_interval_s: float = EXPIRY_INTERVAL_S,
    ) -> None:
        """``resources`` returns the current ones: a batch starts with the active model."""
        self.store = BatchStore(settings.batch_folder)
        self.stopping = False
        self._max_active, self._resources = 1 + settings.waiting_batches, resources
        self._expiry_interval_s = expiry_interval_s
        self._active = 0
        self._slot, self._threads = CapacityLimiter(1), CapacityLimiter(1)
        self._jobs: dict[str, BatchJob] = {}

    @contextmanager
    def admit(self) -> Iterator[None]:
        """Counts a batch that arrives as active for the block; raises TOO_BUSY."""
        if self._active >= self._max_active:
            raise ServerError(ServerErrorCode.TOO_BUSY, retry_s=RETRY_S)
        self._active += 1
        try:
            yield
        finally:
            self._active -= 1

    def start(self, job: BatchJob) -> None:
        """Queues a batch; it counts as active until it has ended."""
        self._active += 1
        self._jobs[job.folder.id] = job
        self._tasks.start_soon(self._run, job)

    def delete(self, folder: BatchFolder) -> None:
        """Stops a batch and deletes it; raises BATCH_NOT_FOUND. Blocks.

        A batch of another server stops after its current photos, when it finds its folder gone.
        """
        folder.delete()
        if job := self._jobs.get(folder.id):
            job.stopped.set()

    def stop(self) -> None:
        """Stops all batches after the current photo and closes event streams."""
        self.stopping = True
        for job in list(self._jobs.values()):
            job.stopped.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Scores batches while the server runs; deletes them all at the end."""
        async with BlockingPortal() as self._portal, create_task_group() as self._tasks:
            self._tasks.start_soon(self._expire_forever)
            try:
                yield
            finally:
                self.stop()
                self._tasks.cancel_scope.cancel()
        await to_thread.run_sync(self.store.close)

    async def _run(self, job: BatchJob) -> None:
        try:
            async with self._slot:
                if job.stopped.is_set():
                    return
                resources = self._resources()
                with resources.active_requests.track():
                    score = partial(job.run, resources, self._portal)
                    await to_thread.run_sync(score, limiter=self._threads)
        except Exception:  # its last state could not be written, such as on a full disk
            _log.exception("The state of a batch could not be written. The batch is deleted.")
            await to_thread.run_sync(job.folder.delete)
        finally:
            self._active -= 1
            del self._jobs[job.folder.id]

    async def _expire_forever(self) -> None:
        while True:
            try:
                await to_thread.run_sync(self.store.expire, datetime.now(UTC))
            except Exception:  # the next round tries again
                _log.exception("Expired batches could not be deleted.")
            await sleep(self._expiry_interval_s)


async def get_batches(request: Request) -> BatchQueue:
    """The server's batches."""
    return cast(BatchQueue, request.app.state.batches)


BatchQueueDep = Annotated[BatchQueue, Depends(get_batches)]
