"""Who scores the photos of a batch: the machines of a Ray cluster.

A photo is one task, and a task scores as this machine does: with a worker process of its own, which
may crash or hang. So what a photo does to its worker is told alike everywhere, and what Ray itself
loses, a machine say, is no photo's fault: those tasks it does again. Loaded by whoever asks for it,
since it needs the extra ``ray``.
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
from serve.batch.local_engine import PHOTO_S, PREFETCH, LocalEngine, failed_after_retries
from serve.batch.overlays import OverlayDrawer
from serve.error_codes import ServerError, ServerErrorCode
from serve.errors import CommandError
from serve.inputs.photo_files import NamedPhoto
from serve.scoring.interfaces import MakeScorer
from serve.scoring.pool import WorkerPool
from serve.scoring.score_file import ScoreOptions

RETRIES = 3
"""How often a task is done again that Ray lost: each time, another machine may be lost with it."""
KNOCK_S = 10.0
"""Seconds in which a cluster has to answer. Our assumption."""
_GO_ON = "go on later with --resume"


@dataclass(frozen=True)
class RayEngine:
    """Scores one photo at a time on each of ``count`` cores, the scorer made by ``make_scorer``,
    which lies in the cluster's store.

    Once ``stopped`` is set, no photo is begun, and those are given back that are done.
    """

    make_scorer: Any
    count: int
    model: ModelName
    stopped: Event

    def __call__(self, photos: Iterable[NamedPhoto], how: ScoreOptions) -> Iterator[PhotoReport]:
        """An ``Engine``. Raises RefusedError when the cluster is lost or cannot score."""
        ahead: deque[tuple[NamedPhoto, Any]] = deque()
        for photo in photos:
            if self.stopped.is_set():
                break
            # in a list, since an object of its own would be copied for each task
            ahead.append((photo, _task.remote([self.make_scorer], self.model, photo, how)))
            if len(ahead) == PREFETCH * self.count:
                yield self._report(*ahead.popleft(), how)
        while ahead and (not self.stopped.is_set() or _is_done(ahead[0][1])):
            yield self._report(*ahead.popleft(), how)

    def _report(self, photo: NamedPhoto, task: Any, how: ScoreOptions) -> PhotoReport:
        try:
            report, overlay = ray.get(task)
        except (WorkerCrashedError, OutOfMemoryError):
            lost = ServerError(ServerErrorCode.PHOTO_CRASHED_READER)
            return failed_after_retries(self.model, photo, how, lost)
        except RayError as error:
            raise CommandError(_sentence(error)) from error
        _refuse_unseen(report, photo, how)
        if overlay is not None:
            cast(OverlayDrawer, how.draw).save(photo.name, overlay)
        return cast(PhotoReport, report)


@contextmanager
def ray_engine(
    make_scorer: MakeScorer, address: str, model: ModelName, stopped: Event
) -> Iterator[RayEngine]:
    """The cluster at an address, until the end of the ``with`` block; raises RefusedError.

    ``address``: ``HOST:PORT``; ``auto`` for the cluster that this machine belongs to; ``local`` for
    one of its own.
    """
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # nothing leaves for Ray's makers
    try:
        _knock(address)
        ray.init(address, include_dashboard=False, logging_level=logging.ERROR, log_to_driver=False)
    except (OSError, RuntimeError, ValueError) as error:
        raise CommandError(f"The Ray cluster {address} cannot be reached: {error}") from error
    try:
        cores = int(ray.cluster_resources().get("CPU", 0))
        yield RayEngine(ray.put(make_scorer), max(1, cores), model, stopped)
    finally:
        ray.shutdown()


def _score(
    make_scorer: list[Any], model: ModelName, photo: NamedPhoto, how: ScoreOptions
) -> tuple[PhotoReport, bytes | None]:
    """On a machine of the cluster: the report of a photo, and its picture if one is wanted."""
    engine = LocalEngine(_pool(make_scorer[0]), 1, model)
    if how.draw is None:
        (report,) = engine([photo], how)
        return report, None
    with TemporaryDirectory() as out:
        drawer = replace(cast(OverlayDrawer, how.draw), out=Path(out))
        (report,) = engine([photo], replace(how, draw=drawer))
        return report, drawer.saved(photo.name)


_task = ray.remote(num_cpus=1, max_retries=RETRIES)(_score)


@cache
def _pool(make_scorer: Any) -> WorkerPool:
    """The worker process of one of Ray's, which ends with it."""
    pool = WorkerPool(ray.get(make_scorer), 1, PHOTO_S)
    pool.start()
    return pool


def _knock(address: str) -> None:
    """Raises OSError where nobody answers: Ray would go on asking for minutes."""
    host, _, port = address.rpartition(":")
    if port.isdigit():
        create_connection((host, int(port)), KNOCK_S).close()


def _is_done(task: Any) -> bool:
    return bool(ray.wait([task], timeout=0)[0])


def _refuse_unseen(report: PhotoReport, photo: NamedPhoto, how: ScoreOptions) -> None:
    """A file that only the machines of the cluster cannot open is no fault of the file's."""
    if report.error is None or report.error[0] is not ErrorCode.UNREADABLE_FILE:
        return
    try:
        photo.read(how.limits)
    except ShedlightError:
        return
    raise CommandError(
        f"{photo.path} can be read here, but not on a machine of the cluster; "
        f"put the photos where all of them can read them, and {_GO_ON}."
    )


def _sentence(error: RayError) -> str:
    cause = error.cause if isinstance(error, RayTaskError) else error
    if isinstance(cause, CommandError):
        return str(cause)
    return f"The Ray cluster cannot score: {cause}. Put that right, and {_GO_ON}."
