"""A batch from its first photo to its report.

What is made of the results once all photos are done.
"""

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import zip_longest

from data.io.files import atomic_writer
from data.io.jsonl import read_lines, write_line
from model.report import PhotoReport, Status
from serve.batch.groups import Groups, groups_of
from serve.batch.local_engine import Engine, LocalEngine
from serve.batch.overlays import overlay_drawer
from serve.batch.report import REPORT, report_page
from serve.batch.request import BatchRequest, BatchResult
from serve.batch.results import scored_lines
from serve.batch.review import Failures, LeastConfident
from serve.batch.run_folder import RunFolder, open_run
from serve.batch.tables import Tables
from serve.batch.totals import RunSummary, Totals
from serve.errors import CommandError
from serve.scoring.interfaces import PhotoScorer, ThreadWorkers
from serve.scoring.score_file import ScoreOptions

SUMMARY = "summary.json"


def finish(run: RunFolder, scorer: PhotoScorer, groups: Groups) -> RunSummary:
    """Writes tables, summary and report in one pass over the results; they say the same however
    often it is done. Raises OSError."""
    totals, doubtful, failures = Totals(), LeastConfident(), Failures()
    with Tables(run.out) as tables:
        for line in scored_lines(run.results, groups):
            for part in (tables, totals, doubtful, failures):
                part.add(line)
    summary = totals.summarised(scorer)
    with atomic_writer(run.out / SUMMARY) as file:
        listed = {"listed_without_photo": len(groups.unmet)}
        file.write(json.dumps(summary.as_json(run.skipped) | listed, indent=1) + "\n")
    with atomic_writer(run.out / REPORT) as file:
        file.write(report_page(summary, run, doubtful, failures))
    return summary


OnPhoto = Callable[[int, int], None]
"""Is told how many photos are done and how many there are in all."""

_log = logging.getLogger(__name__)


def score_batch(
    order: BatchRequest,
    scorer: PhotoScorer,
    engine: Engine | None = None,
    on_photo: OnPhoto = lambda done, photos: None,
) -> BatchResult:
    """Scores what was ordered; every photo becomes one line of ``out/results.jsonl``, in order.

    A photo that cannot be scored becomes a line, too. After the last one the tables, the summary
    and the report are made from that file. ``engine``: this process, unless another is given.
    Raises RefusedError where ``out`` holds another run or the groups cannot be understood, and
    OSError for an ``out`` that cannot be written. A KeyboardInterrupt ends the batch early, with
    all that is done on disk.
    """
    groups = groups_of(order.groups, order.paths)
    run = open_run(order, scorer.model)
    done = _Done(run)
    how = ScoreOptions(
        roots_in_view=order.roots_in_view, draw=overlay_drawer(order.overlays, order.out)
    )
    engine = engine or LocalEngine(ThreadWorkers(scorer, 1), 1, scorer.model)
    on_photo(done.photos, run.photos)
    try:
        for _ in done.written(engine(run.listed(done.photos), how)):
            on_photo(done.photos, run.photos)
    except KeyboardInterrupt:
        _log.info("Stopped by the user.")
    if done.photos < run.photos:
        return BatchResult(run.photos, run.skipped, done.statuses)
    return BatchResult(run.photos, run.skipped, done.statuses, finish(run, scorer, groups))


class _Done:
    """The lines on disk: what the next one needs to know of them."""

    def __init__(self, run: RunFolder) -> None:
        """Raises RefusedError where the lines are not those of the run's photos."""
        self.statuses: Counter[Status] = Counter()
        self._file = run.results
        self._first: dict[bytes, str] = {}
        self._file.touch()
        for record, photo in zip_longest(read_lines(self._file), run.listed()):
            if record is None:
                break
            if photo is None or record.get("photo") != photo.name:
                raise CommandError(
                    f"{self._file}, line {self.photos + 1}: this is no line of this run."
                )
            self._note(record["sha256"], record["photo"], Status(record["status"]))

    @property
    def photos(self) -> int:
        """How many lines there are."""
        return self.statuses.total()

    def written(self, reports: Iterator[PhotoReport]) -> Iterator[PhotoReport]:
        """The reports once each is on disk, the same bytes again pointing at the first."""
        with self._file.open("a", encoding="utf-8") as results:
            for report in reports:
                first = self._note(report.sha256, report.photo, report.status)
                if first != report.photo:
                    report = replace(report, duplicate_of=first)
                write_line(results, report.as_json())
                yield report

    def _note(self, sha256: str | None, photo: str, status: Status) -> str:
        """The first photo with these bytes."""
        self.statuses[status] += 1
        return photo if sha256 is None else self._first.setdefault(bytes.fromhex(sha256), photo)
