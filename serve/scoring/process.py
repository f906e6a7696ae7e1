"""One process that scores. It may crash or hang: then it is thrown away, and the server goes on."""

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Lock
from typing import Any

import cv2

import serve.scoring.score_file  # noqa: F401  # what a worker's first job would else wait for
from data.errors import ErrorCode, ShedlightError
from serve.scoring.interfaces import Answer, Asked, Job, MakeScorer, PhotoScorer

_log = logging.getLogger(__name__)


def shipped_scorer() -> PhotoScorer:
    """The scorer with the weights that come with the package; raises ShedlightError."""
    from model.scorer import Scorer  # loads the runtime, which another scorer may not need

    return Scorer.shipped()


class Worker:
    """A process with a scorer of its own, which does one job after the other on one thread.

    For one thread of the server at a time. Jobs and answers are pickled; the pipe joins two
    processes of this program and nobody else. That a bad file cannot take the server with it is
    all that is promised: a worker may do what the server may, and is no sandbox.
    """

    def __init__(self, make_scorer: MakeScorer) -> None:
        """Starts the process; ``wait_until_loaded`` before its first job."""
        self._stopping = Lock()  # a pipe closed by two threads at once may close another's file
        context = get_context("spawn")  # a fork would copy locks that other threads hold
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(make_scorer, theirs), daemon=True)
        with _ctrl_c_held_back():
            self._process.start()
        theirs.close()  # only the worker holds that end now, so its death closes the pipe
        self._loaded = False

    @property
    def is_up(self) -> bool:
        """Whether it has its model and is alive."""
        return self._loaded and self._process.is_alive()

    def wait_until_loaded(self, limit_s: float) -> None:
        """Raises what loading the scorer raised, or as ``run`` does."""
        self._answer(limit_s)
        self._loaded = True

    def run(
        self, limit_s: float, job: Job[Asked, Answer], *args: Asked.args, **kwargs: Asked.kwargs
    ) -> Answer:
        """What the job returns.

        Raises the ShedlightError that the job raised; TimeoutError after ``limit_s`` seconds, and
        EOFError or OSError when the process is gone. After these last it must be stopped.
        """
        self._pipe.send((job, args, kwargs))
        answer: Answer = self._answer(limit_s)
        return answer

    def stop(self) -> None:
        """Ends the process at once, whatever it does; any thread may, and more than once."""
        with self._stopping:
            self._process.kill()
            self._process.join()
            self._pipe.close()

    def _answer(self, limit_s: float) -> Any:
        if not self._pipe.poll(limit_s):
            raise TimeoutError
        answer = self._pipe.recv()
        if isinstance(answer, ShedlightError):
            raise answer
        return answer


@contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """Keeps Ctrl-C from this thread, and from a process that it starts, which inherits that: it
    would end one that is not yet far enough to ignore it."""
    if not hasattr(signal, "pthread_sigmask"):  # not on Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(make_scorer: MakeScorer, pipe: Connection) -> None:
    """The life of a worker: load, then answer jobs until the server closes the pipe or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which stops us
    cv2.setNumThreads(1)
    try:
        scorer = make_scorer()
        pipe.send(None)
        while True:
            job, args, kwargs = pipe.recv()
            pipe.send(_outcome(job, scorer, args, kwargs))
    except ShedlightError as refused:
        pipe.send(refused)
    except (EOFError, OSError):
        return


def _outcome(job: Job[..., Any], scorer: PhotoScorer, args: Any, kwargs: Any) -> Any:
    try:
        return job(scorer, *args, **kwargs)
    except ShedlightError as error:
        return error
    except Exception:
        _log.exception("A job failed.")
        return ShedlightError(ErrorCode.INTERNAL)
