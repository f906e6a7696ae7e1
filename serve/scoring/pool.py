"""A fixed number of worker processes; one that crashes or hangs is replaced."""

import logging
from contextlib import suppress
from queue import Empty, LifoQueue
from threading import Event, Lock, Thread

from data.errors import ErrorCode, ShedlightError
from serve.error_codes import ServerError, ServerErrorCode
from serve.scoring.interfaces import Answer, Asked, Job, MakeScorer
from serve.scoring.process import Worker

LOADING_S = 60.0
"""Seconds that a worker may take to load the model; it takes about one. Our assumption."""
PAUSE_S = 2.0
"""Seconds between two tries to start a worker on a machine that is out of something."""

_log = logging.getLogger(__name__)


class WorkerPool:
    """Does jobs in processes of their own; may be used from several threads at a time."""

    def __init__(self, make_scorer: MakeScorer, count: int, limit_s: float) -> None:
        """``count`` workers, of which a job may take ``limit_s`` seconds."""
        self._make_scorer, self._count, self._limit_s = make_scorer, count, limit_s
        self._idle: LifoQueue[Worker] = LifoQueue()
        self._lock, self._closed = Lock(), Event()
        self._workers: set[Worker] = set()
        self._restarts = 0

    def start(self) -> None:
        """Starts the workers and does not wait for them."""
        self._hire_aside(self._count)

    @property
    def up(self) -> int:
        """How many have their model and are alive."""
        with self._lock:
            return sum(worker.is_up for worker in self._workers)

    @property
    def restarts(self) -> int:
        """How many were replaced so far because they crashed or hung."""
        return self._restarts

    def run(self, job: Job[Asked, Answer], *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        """What the job returns, from the first worker that is free; blocks.

        Raises the ShedlightError that the job raised, or else PHOTO_CRASHED_READER, TOOK_TOO_LONG
        or, when no worker comes free in time, NOT_READY.
        """
        worker = self._take()
        try:
            return worker.run(self._limit_s, job, *args, **kwargs)
        except ShedlightError:
            raise
        except Exception as lost:
            worker.stop()
            raise self._error_of(lost) from lost
        finally:
            self._give_back(worker)

    def grow(self) -> None:
        """Starts one worker more and waits until it is up, or the pool is closed."""
        self._hire_all(1)

    def shrink(self) -> None:
        """Ends one worker when it is free; waits for that as long as a job may take."""
        with suppress(ShedlightError):
            worker = self._take()
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

    def _take(self) -> Worker:
        """A worker that is alive: one may have been killed while it had nothing to do."""
        while True:
            try:
                worker = self._idle.get(timeout=self._limit_s)
            except Empty:
                raise ServerError(ServerErrorCode.NOT_READY, retry_s=round(PAUSE_S)) from None
            if worker.is_up:
                return worker
            self._give_back(worker)

    def _give_back(self, worker: Worker) -> None:
        if worker.is_up:
            self._idle.put(worker)
            return
        with self._lock:
            self._workers.discard(worker)
            self._restarts += 1
        self._hire_aside(1)

    def _error_of(self, lost: Exception) -> ShedlightError:
        if isinstance(lost, TimeoutError):
            return ServerError(ServerErrorCode.TOOK_TOO_LONG, limit_s=self._limit_s)
        if isinstance(lost, (EOFError, OSError)):
            return ServerError(ServerErrorCode.PHOTO_CRASHED_READER)
        _log.error("A job could not be handed over.", exc_info=lost)
        return ShedlightError(ErrorCode.INTERNAL)

    def _hire_aside(self, count: int) -> None:
        """Hires one after the other: a server that starts has better to do than all at once."""
        Thread(target=self._hire_all, args=(count,), daemon=True).start()

    def _hire_all(self, count: int) -> None:
        for _ in range(count):
            while not (self._closed.is_set() or self._hire()):
                self._closed.wait(PAUSE_S)

    def _hire(self) -> bool:
        """Tries to get a worker to work; what went wrong in its process, that has written."""
        worker = self._start()
        if worker is None:
            return False
        try:
            worker.wait_until_loaded(LOADING_S)
        except Exception as error:
            self._dismiss(worker, error)
            return False
        self._idle.put(worker)
        return True

    def _start(self) -> Worker | None:
        with self._lock:
            if self._closed.is_set():
                return None
            try:
                worker = Worker(self._make_scorer)
            except OSError as error:
                _log.error("A worker could not start: %r", error)
                return None
            self._workers.add(worker)
            return worker

    def _dismiss(self, worker: Worker, error: Exception) -> None:
        if not self._closed.is_set():
            _log.error("A worker could not start: %r", error)
        worker.stop()
        with self._lock:
            self._workers.discard(worker)
