"""Who scores the photos of a batch: the worker processes of one machine."""

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
"""Answers photos in their order, whatever does the work; ends early where it was stopped."""
StartEngine = Callable[[ModelName, Event], AbstractContextManager[Engine]]
"""Readies an engine that scores with this model, and that what is set stops."""

PHOTO_S = 300.0
"""Seconds that a photo may take before its worker is thrown away: many times what the largest takes
(docs/how-it-works/finding.md), since a machine may be busy with other work. Our assumption."""
MAX_ATTEMPTS = 2
"""A photo that kills its worker as often as this is given up."""
PREFETCH = 8
"""Photos per worker that are begun or done before the one whose turn it is: reports that wait take
memory, and workers that wait for a slow photo take time."""


_OUT_OF_REACH = (
    "No worker could be started, or the photos cannot be reached; go on later with --resume."
)


@dataclass(frozen=True)
class LocalEngine:
    """Scores in ``count`` workers at a time.

    Once ``stopped`` is set, the photos at hand are finished and no other is begun.
    """

    workers: Workers
    count: int
    model: ModelName
    stopped: Event = field(default_factory=Event)

    def __call__(self, photos: Iterable[NamedPhoto], how: ScoreOptions) -> Iterator[PhotoReport]:
        """An ``Engine``. Raises RefusedError when no worker can be had."""
        threads = ThreadPoolExecutor(self.count)
        ahead: deque[Future[PhotoReport | None]] = deque()
        try:
            for photo in photos:
                ahead.append(threads.submit(self._report, photo, how))
                if len(ahead) < PREFETCH * self.count:
                    continue
                if (report := ahead.popleft().result()) is None:
                    return
                yield report
            while ahead and (report := ahead.popleft().result()) is not None:
                yield report
        finally:  # none is left after an orderly end; after any other, nobody waits for them
            self.stopped.set()
            threads.shutdown(wait=False, cancel_futures=True)

    def _report(self, photo: NamedPhoto, how: ScoreOptions) -> PhotoReport | None:
        """None for a photo that was not begun, or not tried again, since all was stopped."""
        error = ShedlightError(ErrorCode.INTERNAL)
        for _ in range(MAX_ATTEMPTS):
            if self.stopped.is_set():
                return None
            try:
                return self.workers.run(score_photo_file, photo, how)
            except ShedlightError as lost:
                error = lost
            if error.code is ServerErrorCode.NOT_READY:
                raise CommandError(_OUT_OF_REACH)
        return failed_after_retries(self.model, photo, how, error)


@contextmanager
def local_engine(
    make_scorer: MakeScorer, workers: int, model: ModelName, stopped: Event
) -> Iterator[LocalEngine]:
    """So many worker processes of this machine, until the end of the ``with`` block."""
    with closing(WorkerPool(make_scorer, workers, PHOTO_S)) as pool:
        pool.start()
        yield LocalEngine(pool, workers, model, stopped)


def score_photo_file(scorer: PhotoScorer, photo: NamedPhoto, how: ScoreOptions) -> PhotoReport:
    """The report of a file, whatever is in it; raises NOT_READY where its store is out of reach."""
    try:
        raw = photo.read(how.limits)
    except ShedlightError as error:
        if error.code is ServerErrorCode.NOT_READY:
            raise
        return failed_report(photo.name, error, scorer.model)
    return score_file(scorer, raw, photo.name, how).report


def failed_after_retries(
    model: ModelName, photo: NamedPhoto, how: ScoreOptions, error: ShedlightError
) -> PhotoReport:
    """A photo that killed its workers: we failed, whatever is in the file."""
    try:
        report = failed(model, photo.read(how.limits), photo.name, error).report
    except ShedlightError as unreadable:
        report = failed_report(photo.name, unreadable, model)
    return replace(report, status=Status.FAILED)
