"""The batches of a server: one is scored, some wait, the others are told to come again."""

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
from serve.jobs.batches.job import SentBatch
from serve.jobs.batches.storage import BatchFolder, BatchStore
from serve.resources import Resources
from serve.settings import Settings

TIDY_EVERY_S = 30.0
"""Seconds between two rounds of deleting what is over: so late may a batch be gone."""
RETRY_S = 60
"""When to come again with another batch: nobody knows how long those before it take."""

_log = logging.getLogger(__name__)


class BatchQueue:
    """Takes batches in and has them scored; for the event loop's thread, save ``stop``.

    Photos of a batch wait for their turns among those of other requests, at most half as many at a
    time as there are workers, so that somebody with one photo waits for one of them at most.
    """

    _portal: BlockingPortal
    _tasks: TaskGroup

    def __init__(self, settings: Settings, shared: Callable[[], Resources]) -> None:
        """``shared`` tells the resources of the moment: a batch begins with what is in force."""
        self.shelf = BatchStore(settings.batch_folder)
        self.stopping = False
        self._room, self._shared = 1 + settings.waiting_batches, shared
        self._inside = 0
        self._turn, self._threads = CapacityLimiter(1), CapacityLimiter(1)
        self._batches: dict[str, SentBatch] = {}

    @contextmanager
    def place(self) -> Iterator[None]:
        """Holds a place for a batch that arrives; raises TOO_BUSY when there is none."""
        if self._inside >= self._room:
            raise ServerError(ServerErrorCode.TOO_BUSY, retry_s=RETRY_S)
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1

    def begin(self, batch: SentBatch) -> None:
        """Has a batch scored when its turn comes; it holds a place until it has ended."""
        self._inside += 1
        self._batches[batch.folder.id] = batch
        self._tasks.start_soon(self._run, batch)

    def delete(self, folder: BatchFolder) -> None:
        """Stops a batch and deletes it; raises BATCH_NOT_FOUND. Blocks.

        One that another server scores ends with the photos at hand, when its folder is gone.
        """
        folder.delete()
        if batch := self._batches.get(folder.id):
            batch.stopped.set()

    def stop(self) -> None:
        """Lets no batch begin another photo, and those who watch one go."""
        self.stopping = True
        for batch in list(self._batches.values()):
            batch.stopped.set()

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """While the server runs; in the end all its batches are deleted."""
        async with BlockingPortal() as self._portal, create_task_group() as self._tasks:
            self._tasks.start_soon(self._tidy_again_and_again)
            try:
                yield
            finally:
                self.stop()
                self._tasks.cancel_scope.cancel()
        await to_thread.run_sync(self.shelf.close)

    async def _run(self, batch: SentBatch) -> None:
        try:
            async with self._turn:
                if batch.stopped.is_set():
                    return
                shared = self._shared()
                with shared.active_requests.track():
                    work = partial(batch.score, shared, self._portal)
                    await to_thread.run_sync(work, limiter=self._threads)
        except Exception:  # not even its end could be written; the server goes on without it
            _log.exception("The end of a batch could not be told.")
            await to_thread.run_sync(batch.folder.delete)
        finally:
            self._inside -= 1
            del self._batches[batch.folder.id]

    async def _tidy_again_and_again(self) -> None:
        while True:
            try:
                await to_thread.run_sync(self.shelf.tidy, datetime.now(UTC))
            except Exception:  # next time it is tried again
                _log.exception("Batches whose time is up could not be deleted.")
            await sleep(TIDY_EVERY_S)


async def _batches(request: Request) -> BatchQueue:
    return cast(BatchQueue, request.app.state.batches)


BatchQueueDep = Annotated[BatchQueue, Depends(_batches)]
