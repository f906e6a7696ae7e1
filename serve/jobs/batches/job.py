"""A batch scored by the server's own workers, beside what else they do."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from threading import Event

from anyio.from_thread import BlockingPortal

from data.errors import ErrorCode, ShedlightError
from data.io.jsonl import Json
from model.report import PhotoReport, Status, failed_report
from serve.advice.advise import advise
from serve.advice.questionnaire import Context
from serve.api.errors import error_json
from serve.batch import BatchRequest, Overlays, score_batch
from serve.batch.local_engine import LocalEngine
from serve.batch.run_folder import begin_run
from serve.batch.totals import RunSummary
from serve.inputs.photo_files import NamedPhoto
from serve.jobs.batches.state import BatchStage, BatchState
from serve.jobs.batches.storage import BatchFolder
from serve.jobs.batches.unpack import UploadedBatch
from serve.resources import Resources
from serve.scoring.interfaces import Arguments, Job, Result
from serve.scoring.score_file import ScoreOptions

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SentBatch:
    """A batch that waits for its turn; ``stopped`` ends it early."""

    folder: BatchFolder
    parcel: UploadedBatch
    roots_in_view: bool
    context: Context
    stopped: Event = field(default_factory=Event)

    def first_state(self) -> BatchState:
        """What its folder says before anything is scored."""
        return BatchState(BatchStage.WAITING, len(self.parcel), self.parcel.skipped)

    def score(self, shared: Resources, portal: BlockingPortal) -> None:
        """Scores all photos, and says in the folder how it ended; blocks. ``portal`` leads to the
        event loop, where photos take their turns."""
        try:
            self._score(shared, portal)
        except Exception as fault:
            self._tell_of(fault, shared)
        finally:
            self.folder.drop_photos()

    def _score(self, shared: Resources, portal: BlockingPortal) -> None:
        order = BatchRequest(
            (self.folder.photos,), self.folder.out, self.roots_in_view, Overlays.NONE, resume=True
        )
        engine = _Engine(self, shared, portal)
        self.folder.state()  # deleted by another server while it waited? Then nothing is made anew
        begin_run(order, shared.scorer.model, self.parcel)
        result = score_batch(
            order, shared.scorer, engine, lambda done, _: self.folder.put(engine.state(done))
        )
        if result.summary is not None:
            answer = _answer(result.summary, self.context)
            state = engine.state(result.photos, BatchStage.DONE)
            self.folder.put(replace(state, answer=answer, expires_at=_end(shared)))

    def _tell_of(self, fault: Exception, shared: Resources) -> None:
        """A batch that was deleted meanwhile has nobody to tell."""
        try:
            state = self.folder.state()
        except ShedlightError:
            return
        _log.error("A batch could not be scored.", exc_info=fault)
        error = error_json(ShedlightError(ErrorCode.INTERNAL))["error"]
        end = _end(shared)
        self.folder.put(replace(state, stage=BatchStage.STOPPED, error=error, expires_at=end))


class _Engine:
    """Scores what is a photo on half of the workers, and answers the refused files behind them."""

    def __init__(self, batch: SentBatch, shared: Resources, portal: BlockingPortal) -> None:
        self._parcel, self._shared, self._stopped = batch.parcel, shared, batch.stopped
        self._first, self._statuses = batch.first_state(), Counter[Status]()
        workers = _TurnTakers(shared, portal)
        count = max(1, shared.settings.workers // 2)
        self._local = LocalEngine(workers, count, shared.scorer.model, batch.stopped)

    def __call__(self, photos: Iterable[NamedPhoto], how: ScoreOptions) -> Iterator[PhotoReport]:
        """An ``Engine`` (serve/batch/local_engine.py), with the server's limits."""
        scored = islice(photos, len(self._parcel.photos))
        for report in self._local(scored, replace(how, limits=self._shared.limits)):
            yield self._counted(report)
        for name, error in () if self._is_short else self._parcel.refused:
            yield self._counted(failed_report(name, error, self._shared.scorer.model))

    def state(self, done: int, stage: BatchStage = BatchStage.RUNNING) -> BatchState:
        """How far the batch is."""
        rejected, failed = (self._statuses[each] for each in (Status.REJECTED, Status.FAILED))
        return replace(self._first, stage=stage, done=done, rejected=rejected, failed=failed)

    @property
    def _is_short(self) -> bool:
        """Whether the batch was stopped before its last photo."""
        return self._statuses.total() < len(self._parcel.photos)

    def _counted(self, report: PhotoReport) -> PhotoReport:
        self._statuses[report.status] += 1
        self._shared.metrics.count(report.status)
        return report


class _TurnTakers:
    """The workers as a batch asks them: for each photo it waits in line like everybody else."""

    restarts = 0

    def __init__(self, shared: Resources, portal: BlockingPortal) -> None:
        self._shared, self._portal = shared, portal
        self.up = shared.settings.workers

    def run(
        self, job: Job[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        """As ``Workers.run``."""
        work = partial(self._timed, partial(self._shared.workers.run, job, *args, **kwargs))
        return self._portal.call(self._shared.limiter.run, work)

    def start(self) -> None:
        """They were started with the server."""

    def close(self) -> None:
        """They are not ours to end."""

    def _timed(self, work: "partial[Result]") -> Result:
        with self._shared.metrics.timed():
            return work()


def _answer(summary: RunSummary, context: Context) -> Json:
    findings = sorted(summary.findings.items(), key=lambda item: (-item[1][0], item[0]))
    return {
        "pool": summary.pool.as_json(),
        "advice": [each.as_json() for each in advise(summary.pool, context)],
        "retake": [{"code": code, "photos": n, "message": told} for code, (n, told) in findings],
    }


def _end(shared: Resources) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=shared.settings.batch_minutes)
