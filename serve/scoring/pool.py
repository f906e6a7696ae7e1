"""A fixed number of worker processes; one that crashes or hangs is replaced."""

import logging
from collections.abc import Callable
from contextlib import suppress
from math import ceil
from queue import Empty, LifoQueue
from threading import Event, Lock, Thread

from data.errors import ErrorCode, ShedlightError
from serve.error_codes import ServerError, ServerErrorCode
from serve.scoring.interfaces import Arguments, Job, MakeScorer, Result
from serve.scoring.process import Worker

LOAD_LIMIT_S = 60.0
"""Seconds that a worker may take to load the model; it takes about one. Our assumption."""
RETRY_INTERVAL_S = 2.0
"""Seconds between two attempts to start a worker on a machine that is short of something."""

_log = logging.getLogger(__name__)


class WorkerPool:
    """Runs jobs in worker processes; may be used from several threads at a time."""

    def __init__(
        self,
        make_scorer: MakeScorer,
        count: int,
        limit_s: float,
        *,
        start_worker: Callable[[MakeScorer], Worker] = Worker,
        retry_interval_s: float = RETRY_INTERVAL_S,
    ) -> None:
        """Uses ``count`` workers; a job may take ``limit_s`` seconds."""
        self._make_scorer, self._start_worker = make_scorer, start_worker
        self._count, self._limit_s, self._retry_interval_s = count, limit_s, retry_interval_s
        self._idle: LifoQueue[Worker | None] = LifoQueue()  # None once it is closed
        self._lock, self._closed = Lock(), Event()
        self._workers: set[Worker] = set()
        self._restarts = 0

    def start(self) -> None:
        """Starts the workers and does not wait for them."""
        self._spawn_in_background(self._count)

    @property
    def up(self) -> int:
        """Number of workers that are alive and have their model."""
        with self._lock:
            return sum(worker.is_up for worker in self._workers)

    @property
    def restarts(self) -> int:
        """Number of workers replaced so far because they crashed or hung."""
        return self._restarts

    def run(
        self, job: Job[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        """Returns the job's result from the first worker that is free; blocks.

        Raises the ShedlightError that the job raised, or PHOTO_CRASHED_READER, TOOK_TOO_LONG, or
        NOT_READY if no worker becomes free in time.
        """
        worker = self._acquire()
        try:
            return worker.run(self._limit_s, job, *args, **kwargs)
        except ShedlightError:
            raise
        except Exception as error:
            worker.stop()
            raise self._error_of(error) from error
        finally:
            self._release(worker)

    def grow(self) -> None:
        """Adds one worker; returns when it is up or the pool is closed."""
        self._spawn_until_up(1)

    def shrink(self) -> None:
        """Ends one worker once it is free; waits for that as long as a job may take."""
        with suppress(ShedlightError):
            worker = self._acquire()
            with self._lock:
                self._workers.discard(worker)
            worker.stop()

    def close(self) -> None:
        """Ends all workers, also those at work."""
        with self._lock:
            self._closed.set()
            workers = list(self._workers)
        for worker in workers:
            worker.stop()
        self._idle.put(None)  # so that no job waits for a worker

    def _acquire(self) -> Worker:
        """Takes an idle worker that is alive: one may have been killed while it was idle."""
        while True:
            worker = None
            with suppress(Empty):
                worker = self._idle.get(timeout=self._limit_s)
            if worker is None:
                if self._closed.is_set():
                    self._idle.put(None)
                retry_s = ceil(self._retry_interval_s)
                raise ServerError(ServerErrorCode.NOT_READY, retry_s=retry_s)
            if worker.is_up:
                return worker
            self._release(worker)

    def _release(self, worker: Worker) -> None:
        if worker.is_up:
            self._idle.put(worker)
            return
        with self._lock:
            self._workers.discard(worker)
            self._restarts += 1
        self._spawn_in_background(1)

    def _error_of(self, error: Exception) -> ShedlightError:
        if isinstance(error, TimeoutError):
            return ServerError(ServerErrorCode.TOOK_TOO_LONG, limit_s=self._limit_s)
        if isinstance(error, (EOFError, OSError)):
            return ServerError(ServerErrorCode.PHOTO_CRASHED_READER)
        _log.error("A job could not be sent to a worker.", exc_info=error)
        return ShedlightError(ErrorCode.INTERNAL)

    def _spawn_in_background(self, count: int) -> None:
        """Starts workers one by one, so that startup does not compete for CPU."""
        Thread(target=self._spawn_until_up, args=(count,), daemon=True).start()

    def _spawn_until_up(self, count: int) -> None:
        for _ in range(count):
            while not (self._closed.is_set() or self._spawn()):
                self._closed.wait(self._retry_interval_s)

    def _spawn(self) -> bool:
        """Starts a worker and waits until it is up; the worker logs what fails inside it."""
        worker = self._new_worker()
        if worker is None:
            return False
        try:
            worker.wait_until_loaded(LOAD_LIMIT_S)
        except Exception as error:
            self._discard(worker, error)
            return False
        self._idle.put(worker)
        return True

    def _new_worker(self) -> Worker | None:
        with self._lock:
            if self._closed.is_set():
                return None
            try:
                worker = self._start_worker(self._make_scorer)
            except OSError as error:
                _log.error("A worker could not start: %r", error)
                return None
            self._workers.add(worker)
            return worker

    def _discard(self, worker: Worker, error: Exception) -> None:
        if not self._closed.is_set():
            _log.error("A worker could not start: %r", error)
        worker.stop()
        with self._lock:
            self._workers.discard(worker)
