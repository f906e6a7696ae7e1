"""Scores the photos of a batch in worker processes of this machine."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field, replace
from threading import Event

from data.errors import ErrorCode, ShedlightError
from model.report import ModelName, PhotoReport, Status, failed_report
from serve.error_codes import ServerErrorCode
from serve.errors import CommandError
from serve.inputs.photo_files import NamedPhoto
from serve.scoring.interfaces import MakeScorer, PhotoScorer, Workers
from serve.scoring.pool import WorkerPool
from serve.scoring.score_file import ScoreOptions, failed, score_file

Engine = Callable[[Iterable[NamedPhoto], ScoreOptions], Iterator[PhotoReport]]
"""Yields a report for each photo, in order; ends early when it is stopped."""
StartEngine = Callable[[ModelName, Event], AbstractContextManager[Engine]]
"""Starts an engine that scores with this model until the event is set."""

PHOTO_LIMIT_S = 300.0
"""Seconds that a photo may take before its worker is replaced: many times what the largest takes
(docs/how-it-works/finding.md), since a machine may be busy with other work. Our assumption."""
MAX_ATTEMPTS = 2
"""Attempts at a photo that kills its worker."""
PREFETCH = 8
"""Photos per worker that are in progress or done ahead of the next report: waiting reports take
memory, and workers that wait for a slow photo take time."""


@dataclass(frozen=True)
class LocalEngine:
    """Scores in ``count`` workers at a time.

    Once ``stopped`` is set, photos in progress are finished and no other is started.
    """

    workers: Workers
    count: int
    model: ModelName
    stopped: Event = field(default_factory=Event)

    def __call__(
        self, photos: Iterable[NamedPhoto], options: ScoreOptions
    ) -> Iterator[PhotoReport]:
        """An ``Engine``. Raises CommandError when no worker can be started."""
        threads = ThreadPoolExecutor(self.count)
        pending: deque[Future[PhotoReport | None]] = deque()
        try:
            for photo in photos:
                pending.append(threads.submit(self._report, photo, options))
                if len(pending) < PREFETCH * self.count:
                    continue
                if (report := pending.popleft().result()) is None:
                    return
                yield report
            while pending and (report := pending.popleft().result()) is not None:
                yield report
        finally:  # after an error or an early end, results of the other photos are not needed
            self.stopped.set()
            threads.shutdown(wait=False, cancel_futures=True)

    def _report(self, photo: NamedPhoto, options: ScoreOptions) -> PhotoReport | None:
        """None if the engine was stopped before this photo was scored."""
        error = ShedlightError(ErrorCode.INTERNAL)
        for _ in range(MAX_ATTEMPTS):
            if self.stopped.is_set():
                return None
            try:
                return self.workers.run(score_photo_file, photo, options)
            except ShedlightError as failure:
                error = failure
            if error.code is ServerErrorCode.NOT_READY:
                raise CommandError(
                    "No worker could start, or the photos are unreachable. Run again with --resume."
                )
        return failed_after_retries(self.model, photo, options, error)


@contextmanager
def local_engine(
    make_scorer: MakeScorer, workers: int, model: ModelName, stopped: Event
) -> Iterator[LocalEngine]:
    """Runs ``workers`` worker processes during the ``with`` block."""
    with closing(WorkerPool(make_scorer, workers, PHOTO_LIMIT_S)) as pool:
        pool.start()
        yield LocalEngine(pool, workers, model, stopped)


def score_photo_file(scorer: PhotoScorer, photo: NamedPhoto, options: ScoreOptions) -> PhotoReport:
    """The report of a file with any content; raises NOT_READY if its store is unreachable."""
    try:
        raw = photo.read(options.limits)
    except ShedlightError as error:
        if error.code is ServerErrorCode.NOT_READY:
            raise
        return failed_report(photo.name, error, scorer.model)
    return score_file(scorer, raw, photo.name, options).report


def failed_after_retries(
    model: ModelName, photo: NamedPhoto, options: ScoreOptions, error: ShedlightError
) -> PhotoReport:
    """The report of a photo that killed its workers: failed, even if the file is at fault."""
    try:
        report = failed(model, photo.read(options.limits), photo.name, error).report
    except ShedlightError as unreadable:
        report = failed_report(photo.name, unreadable, model)
    return replace(report, status=Status.FAILED)
