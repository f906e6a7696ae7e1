"""Scores a batch on the server's own workers, beside other requests."""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from threading import Event

from anyio.from_thread import BlockingPortal

from data.errors import ErrorCode, ShedlightError
from data.io.jsonl import Json
from data.quality.finding import text_of_record
from data.scale.request import ScaleRequest
from data.texts.catalogue import DEFAULT_LANGUAGE, Texts, texts_in
from model.report import PhotoReport, Status, failed_report
from serve.advice.advise import advise
from serve.advice.in_words import in_words
from serve.advice.measures_in_words import measures_in_words
from serve.advice.questionnaire import Context
from serve.batch import BatchRequest, Overlays, score_batch
from serve.batch.local_engine import LocalEngine
from serve.batch.run_folder import begin_run
from serve.batch.totals import RunSummary
from serve.inputs.photo_files import NamedPhoto
from serve.jobs.batches.storage import BatchFolder
from serve.jobs.batches.unpack import UploadedBatch
from serve.jobs.state import BatchStage, BatchState
from serve.resources import Resources
from serve.scoring.interfaces import Arguments, Job, Result
from serve.scoring.score_file import ScoreOptions

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BatchJob:
    """A batch that waits or is scored; ``stopped`` ends it early."""

    folder: BatchFolder
    upload: UploadedBatch
    roots_in_view: bool
    scale: ScaleRequest
    context: Context
    language: str = DEFAULT_LANGUAGE
    stopped: Event = field(default_factory=Event)

    def initial_state(self) -> BatchState:
        """The state before anything is scored."""
        return BatchState(BatchStage.WAITING, len(self.upload), self.upload.skipped)

    def run(self, resources: Resources, portal: BlockingPortal) -> None:
        """Scores all photos and writes the states; blocks.

        ``portal`` leads to the event loop, where photos wait for their slots.
        """
        try:
            self._score(resources, portal)
        except Exception as error:
            self._fail(error, resources)
        finally:
            self.folder.drop_photos()

    def _score(self, resources: Resources, portal: BlockingPortal) -> None:
        request = BatchRequest(
            (self.folder.photos,),
            self.folder.out,
            self.roots_in_view,
            Overlays.NONE,
            resume=True,
            language=self.language,
            groups=self.upload.groups,
            scale=self.scale,
        )
        engine = _Engine(self, resources, portal)
        self.folder.state()  # raises if another server has deleted the batch
        begin_run(request, resources.scorer.model, self.upload)
        result = score_batch(
            request,
            resources.scorer,
            engine,
            lambda done, _: self.folder.put(engine.state(done)),
        )
        if result.summary is not None:
            self.folder.drop_photos()  # "done" means that they are gone
            answer = _answer(result.summary, self.context, texts_in(self.language))
            state = engine.state(result.photos, BatchStage.DONE)
            self.folder.put(replace(state, answer=answer, expires_at=_expiry(resources)))

    def _fail(self, cause: Exception, resources: Resources) -> None:
        """Writes that the batch was stopped by an error, unless it was deleted meanwhile."""
        try:
            state = self.folder.state()
        except ShedlightError:
            return
        _log.error("A batch could not be scored.", exc_info=cause)
        self.folder.drop_photos()
        error = ShedlightError(ErrorCode.INTERNAL).as_json()
        stopped = replace(state, stage=BatchStage.STOPPED, error=error)
        self.folder.put(replace(stopped, expires_at=_expiry(resources)))


class _Engine:
    """Scores the photos on half of the workers, then reports the refused files."""

    def __init__(self, job: BatchJob, resources: Resources, portal: BlockingPortal) -> None:
        self._upload, self._resources = job.upload, resources
        self._initial_state, self._statuses = job.initial_state(), Counter[Status]()
        workers = _LimitedWorkers(resources, portal)
        count = max(1, resources.settings.workers // 2)
        self._local = LocalEngine(workers, count, resources.scorer.model, job.stopped)

    def __call__(self, photos: Iterable[NamedPhoto], how: ScoreOptions) -> Iterator[PhotoReport]:
        """An ``Engine`` (serve/batch/local_engine.py), with the server's limits."""
        to_score = islice(photos, len(self._upload.photos))
        for report in self._local(to_score, replace(how, limits=self._resources.limits)):
            yield self._counted(report)
        if self._statuses.total() < len(self._upload.photos):  # the batch was stopped
            return
        for name, error in self._upload.refused:
            yield self._counted(failed_report(name, error, self._resources.scorer.model))

    def state(self, done: int, stage: BatchStage = BatchStage.RUNNING) -> BatchState:
        """The state of the batch after ``done`` photos."""
        rejected, failed = (self._statuses[each] for each in (Status.REJECTED, Status.FAILED))
        return replace(
            self._initial_state, stage=stage, done=done, rejected=rejected, failed=failed
        )

    def _counted(self, report: PhotoReport) -> PhotoReport:
        self._statuses[report.status] += 1
        self._resources.metrics.count(report.status)
        return report


class _LimitedWorkers:
    """The server's workers for a batch: each photo waits for a slot like any other request."""

    restarts = 0

    def __init__(self, resources: Resources, portal: BlockingPortal) -> None:
        self._resources, self._portal = resources, portal
        self.up = resources.settings.workers

    def run(
        self, job: Job[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        """As ``Workers.run``."""

        def work() -> Result:
            with self._resources.metrics.timed():
                return self._resources.workers.run(job, *args, **kwargs)

        return self._portal.call(self._resources.limiter.run, work)

    def start(self) -> None:
        """No-op: they started with the server."""

    def close(self) -> None:
        """No-op: the server owns these workers."""


def _answer(summary: RunSummary, context: Context, texts: Texts) -> Json:
    findings = sorted(summary.findings.items(), key=lambda item: (-item[1][0], item[0]))
    return {
        "pool": summary.pool.as_json(),
        "in_words": vars(in_words(summary.pool, texts, summary.common_findings)),
        "measures_in_words": measures_in_words(summary.pool.measures, texts),
        "common_findings": sorted(summary.common_findings),
        "advice": [each.as_json() for each in advise(summary.pool, context, texts)],
        "retake": [
            {"code": code, "photos": count, "message": text_of_record(first, texts)}
            for code, (count, first) in findings
        ],
    }


def _expiry(resources: Resources) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=resources.settings.batch_minutes)
