"""Scores a batch from its first photo to its report."""

import json
import logging
from collections.abc import Callable, Collection

from data.io.files import atomic_writer
from data.texts.catalogue import Texts, texts_in
from serve.batch.groups import Groups, load_groups
from serve.batch.local_engine import Engine, LocalEngine
from serve.batch.overlays import overlay_drawer
from serve.batch.report import REPORT, report_page
from serve.batch.request import BatchRequest, BatchResult
from serve.batch.results import ResultWriter, read_results
from serve.batch.review import FirstFailures, LeastConfident
from serve.batch.run_folder import RunFolder, held_run
from serve.batch.tables import Tables
from serve.batch.totals import RunSummary, Totals
from serve.scoring.interfaces import PhotoScorer, ThreadWorkers
from serve.scoring.score_file import ScoreOptions

SUMMARY = "summary.json"

OnPhoto = Callable[[int, int], None]
"""Called with the number of photos done and the number of all photos."""

_log = logging.getLogger(__name__)


def score_batch(
    request: BatchRequest,
    scorer: PhotoScorer,
    engine: Engine | None = None,
    on_photo: OnPhoto = lambda done, photos: None,
) -> BatchResult:
    """Scores all photos; each becomes one line of ``out/results.jsonl``, in order.

    A photo that cannot be scored becomes a line, too. After the last photo, tables, summary and
    report are made from that file. ``engine`` defaults to this process. A KeyboardInterrupt ends
    the batch early, with all finished photos on disk.

    Raises CommandError if ``out`` holds another run, if there is nothing at one of the paths or if
    the groups cannot be understood, and OSError if ``out`` cannot be written or another process
    is scoring into it.
    """
    groups = load_groups(request.groups, request.paths)
    with held_run(request, scorer.model, groups.tables) as run:
        return _score_run(run, request, scorer, engine, on_photo, groups)


def _score_run(
    run: RunFolder,
    request: BatchRequest,
    scorer: PhotoScorer,
    engine: Engine | None,
    on_photo: OnPhoto,
    groups: Groups,
) -> BatchResult:
    writer = ResultWriter(run.results, run.listed())
    options = ScoreOptions(
        limits=request.limits,
        roots_in_view=request.roots_in_view,
        scale=request.scale,
        draw=overlay_drawer(request.overlays, request.out, request.language),
    )
    engine = engine or LocalEngine(ThreadWorkers(scorer, 1), 1, scorer.model)
    on_photo(writer.photos, run.photos)
    try:
        for _ in writer.write(engine(run.listed(writer.photos), options)):
            on_photo(writer.photos, run.photos)
    except KeyboardInterrupt:
        _log.info("Stopped by the user.")
    if writer.photos < run.photos:
        return BatchResult(run.photos, run.skipped, run.left_out, writer.statuses)
    not_counted = writer.other_copies() if request.count_copies_once else frozenset[str]()
    summary = write_reports(run, scorer, groups, texts_in(request.language), not_counted)
    unmatched = tuple(groups.unmatched)
    return BatchResult(run.photos, run.skipped, run.left_out, writer.statuses, summary, unmatched)


def write_reports(
    run: RunFolder,
    scorer: PhotoScorer,
    groups: Groups,
    texts: Texts,
    not_counted: Collection[str],
) -> RunSummary:
    """Writes tables, summary and report in one pass over the results; repeatable.

    Duplicates and the photos ``not_counted`` are listed and do not count. Raises OSError.
    """
    groups.match(photo.name for photo in run.listed())
    totals, uncertain, failures = Totals(), LeastConfident(), FirstFailures()
    with Tables(run.out) as tables:
        for result in read_results(run.results, groups, not_counted):
            for part in (tables, totals, uncertain, failures):
                part.add(result)
    summary = totals.summary(scorer)
    with atomic_writer(run.out / SUMMARY) as file:
        record = summary.as_json(run.skipped)
        record |= {"left_out": run.left_out, "listed_without_photo": len(groups.unmatched)}
        file.write(json.dumps(record, indent=1) + "\n")
    with atomic_writer(run.out / REPORT) as file:
        file.write(report_page(summary, run, uncertain, failures, texts))
    return summary
