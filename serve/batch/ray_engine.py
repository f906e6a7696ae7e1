"""Scores the photos of a batch on the machines of a Ray cluster.

A photo is one task. A task scores in a separate worker process, as on this machine, since a photo
may crash or hang its worker; such photos get the same results on every engine. Tasks that Ray
itself loses, with a machine for example, are repeated. Imported on demand: needs the extra ``ray``.
"""

import logging
import os
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from socket import create_connection
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any, cast

import ray
from ray.exceptions import OutOfMemoryError, RayError, RayTaskError, WorkerCrashedError

from data.errors import ErrorCode, ShedlightError
from model.report import ModelName, PhotoReport
from serve.batch.local_engine import PHOTO_LIMIT_S, PREFETCH, LocalEngine, failed_after_retries
from serve.batch.overlays import OverlayDrawer
from serve.error_codes import ServerError, ServerErrorCode
from serve.errors import CommandError
from serve.inputs.photo_files import NamedPhoto
from serve.scoring.interfaces import MakeScorer
from serve.scoring.pool import WorkerPool
from serve.scoring.score_file import ScoreOptions

MAX_RETRIES = 3
"""Repetitions of a task that Ray lost: each time, another machine may be lost with it."""
CONNECT_LIMIT_S = 10.0
"""Seconds in which a cluster has to accept a connection. Our assumption."""


@dataclass(frozen=True)
class RayEngine:
    """Scores one photo at a time on each of ``count`` cores.

    ``make_scorer`` is a reference in the cluster's object store. Once ``stopped`` is set, no photo
    is started, and only finished ones are yielded.
    """

    make_scorer: Any
    count: int
    model: ModelName
    stopped: Event

    def __call__(
        self, photos: Iterable[NamedPhoto], options: ScoreOptions
    ) -> Iterator[PhotoReport]:
        """An ``Engine``. Raises CommandError when the cluster is lost or cannot score."""
        pending: deque[tuple[NamedPhoto, Any]] = deque()
        for photo in photos:
            if self.stopped.is_set():
                break
            # The reference is in a list, or Ray would copy the object for each task.
            task = _score_remotely.remote([self.make_scorer], self.model, photo, options)
            pending.append((photo, task))
            if len(pending) == PREFETCH * self.count:
                yield self._report(*pending.popleft(), options)
        while pending:
            next_task = pending[0][1]
            if self.stopped.is_set() and not ray.wait([next_task], timeout=0)[0]:
                return
            yield self._report(*pending.popleft(), options)

    def _report(self, photo: NamedPhoto, task: Any, options: ScoreOptions) -> PhotoReport:
        try:
            report, overlay = ray.get(task)
        except (WorkerCrashedError, OutOfMemoryError):
            lost = ServerError(ServerErrorCode.PHOTO_CRASHED_READER)
            return failed_after_retries(self.model, photo, options, lost)
        except RayError as error:
            raise CommandError(_message(error)) from error
        _check_readable(report, photo, options)
        if overlay is not None:
            cast(OverlayDrawer, options.draw).save(photo.name, overlay)
        return cast(PhotoReport, report)


@contextmanager
def ray_engine(
    make_scorer: MakeScorer, address: str, model: ModelName, stopped: Event
) -> Iterator[RayEngine]:
    """Connects to the cluster at an address during the ``with`` block; raises CommandError.

    ``address``: ``HOST:PORT``; ``auto`` for the cluster that this machine belongs to; ``local`` for
    a new one on this machine.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # send no usage statistics to Ray's makers
    try:
        host, _, port = address.rpartition(":")
        if port.isdigit():  # fails at once where Ray would retry for minutes
            create_connection((host, int(port)), CONNECT_LIMIT_S).close()
        ray.init(address, include_dashboard=False, logging_level=logging.ERROR, log_to_driver=False)
    except (OSError, RuntimeError, ValueError) as error:
        raise CommandError(f"The Ray cluster {address} cannot be reached: {error}") from error
    try:
        cores = int(ray.cluster_resources().get("CPU", 0))
        yield RayEngine(ray.put(make_scorer), max(1, cores), model, stopped)
    finally:
        ray.shutdown()


def _score(
    make_scorer: list[Any], model: ModelName, photo: NamedPhoto, options: ScoreOptions
) -> tuple[PhotoReport, bytes | None]:
    """Runs on a machine of the cluster: the report of a photo, and its overlay if it has one."""
    engine = LocalEngine(_pool(make_scorer[0]), 1, model)
    if options.draw is None:
        (report,) = engine([photo], options)
        return report, None
    with TemporaryDirectory() as out:
        drawer = replace(cast(OverlayDrawer, options.draw), out=Path(out))
        (report,) = engine([photo], replace(options, draw=drawer))
        return report, drawer.saved(photo.name)


_score_remotely = ray.remote(num_cpus=1, max_retries=MAX_RETRIES)(_score)


@cache
def _pool(make_scorer: Any) -> WorkerPool:
    """The worker of a Ray process, which ends with it."""
    pool = WorkerPool(ray.get(make_scorer), 1, PHOTO_LIMIT_S)
    pool.start()
    return pool


def _check_readable(report: PhotoReport, photo: NamedPhoto, options: ScoreOptions) -> None:
    """Raises CommandError for a file that only the machines of the cluster cannot open."""
    if report.error is None or report.error[0] is not ErrorCode.UNREADABLE_FILE:
        return
    try:
        photo.read(options.limits)
    except ShedlightError:
        return
    raise CommandError(
        f"{photo.path} is readable here, but not on a machine of the cluster. "
        "Put the photos where all machines can read them, and run again with --resume."
    )


def _message(error: RayError) -> str:
    cause = error.cause if isinstance(error, RayTaskError) else error
    if isinstance(cause, CommandError):
        return str(cause)
    return f"The Ray cluster cannot score: {cause}. Fix this, and run again with --resume."
