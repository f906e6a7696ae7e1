"""A process that scores. It may crash or hang: it is then discarded, and the server continues."""

import logging
import os
import signal
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Lock
from typing import Any

import cv2

import serve.scoring.score_file  # noqa: F401  # imported before a worker's first job needs it
from data.errors import ErrorCode, ShedlightError
from serve.scoring.interfaces import Arguments, Job, MakeScorer, PhotoScorer, Result

_log = logging.getLogger(__name__)


class Worker:
    """A process with its own scorer that runs one job after the other on one thread.

    For one thread of the server at a time. Jobs and results are pickled; the pipe connects two
    processes of this program only. A bad file cannot crash the server, but a worker has the
    server's rights: it is not a sandbox.
    """

    def __init__(self, make_scorer: MakeScorer) -> None:
        """Starts the process; call ``wait_until_loaded`` before its first job."""
        self._stopping = Lock()  # a pipe closed by two threads at once may close another's file
        self._pipe_in_use = Lock()  # a pipe closed while it is read may read from another's file
        context = get_context("spawn")  # a fork would copy locks that other threads hold
        self._pipe, child_end = context.Pipe()
        self._process = context.Process(target=_work, args=(make_scorer, child_end), daemon=True)
        with _sigint_blocked():
            self._process.start()
        child_end.close()  # only the worker has that end now, so its death closes the pipe
        self._loaded = False

    @property
    def is_up(self) -> bool:
        """Whether it has its model and is alive."""
        return self._loaded and self._process.is_alive()

    def wait_until_loaded(self, limit_s: float) -> None:
        """Raises what loading the scorer raised, or as ``run`` does."""
        with self._pipe_in_use:
            self._receive(limit_s)
        self._loaded = True

    def run(
        self,
        limit_s: float,
        job: Job[Arguments, Result],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        """Returns the job's result.

        Raises the ShedlightError that the job raised; TimeoutError after ``limit_s`` seconds, and
        EOFError or OSError if the process has ended. After these last the worker must be stopped.
        """
        with self._pipe_in_use:
            self._pipe.send((job, args, kwargs))
            result: Result = self._receive(limit_s)
        return result

    def stop(self) -> None:
        """Kills the process; any thread may call this, more than once.

        The pipe is closed after a thread that waits for a result has got its EOFError. Otherwise
        the next file that opens could have the pipe's number, and that thread would read from it.
        """
        with self._stopping:
            self._process.kill()
            self._process.join()
            with self._pipe_in_use:
                self._pipe.close()

    def _receive(self, limit_s: float) -> Any:
        if not self._pipe.poll(limit_s):
            raise TimeoutError
        result = self._pipe.recv()
        if isinstance(result, ShedlightError):
            raise result
        return result


@contextmanager
def _sigint_blocked() -> Iterator[None]:
    """Blocks Ctrl-C for this thread and for a process started in the block.

    The process inherits the mask: Ctrl-C would end one that does not ignore it yet.
    """
    if not hasattr(signal, "pthread_sigmask"):  # not on Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(make_scorer: MakeScorer, pipe: Connection) -> None:
    """Main loop of a worker: loads, then runs jobs until the server closes the pipe or ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which stops us
    _silence_decoders()
    cv2.setNumThreads(1)
    try:
        scorer = make_scorer()
        pipe.send(None)
        while True:
            job, args, kwargs = pipe.recv()
            pipe.send(_result_or_error(job, scorer, args, kwargs))
    except ShedlightError as error:
        pipe.send(error)
    except (EOFError, OSError):
        return


def _silence_decoders() -> None:
    """Drops what decoders print on damaged files: the report of the photo has an error for people.

    The libraries print to the descriptor; Python's own messages go to a copy of it.
    """
    warnings.filterwarnings("ignore", module=r"PIL\.")
    if sys.stderr is None:  # there is no console
        return
    copy = os.dup(sys.stderr.fileno())
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stderr.fileno())
    os.close(nowhere)
    sys.stderr = os.fdopen(copy, "w", 1, errors="backslashreplace")


def _result_or_error(job: Job[..., Any], scorer: PhotoScorer, args: Any, kwargs: Any) -> Any:
    try:
        return job(scorer, *args, **kwargs)
    except ShedlightError as error:
        return error
    except Exception:
        _log.exception("A job failed.")
        return ShedlightError(ErrorCode.INTERNAL)
