"""Terminal output: progress bars, the result table and the closing lines of a batch run."""

import logging
import shlex
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.logging import RichHandler
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from data.errors import error_of_record
from data.io.text import printable
from data.quality.finding import text_of_record
from data.texts.catalogue import Texts, texts_in
from serve.errors import ExitStatus

if TYPE_CHECKING:
    from serve.advice.questionnaire import Context
    from serve.batch import BatchRequest, BatchResult
    from serve.batch.local_engine import StartEngine
    from serve.batch.totals import RunSummary
    from serve.scoring.interfaces import PhotoScorer

MAX_ROWS = 50
"""No table is printed for more photos than this; photos.csv lists them all."""
MAX_UNMATCHED = 20
"""Rows of a list of groups without a photo that are printed."""
_COUNTS = ("hairs", "telogen", "anagen", "unsure")


def score_and_report(
    request: "BatchRequest",
    scorer: "PhotoScorer",
    start: "StartEngine",
    context: "Context | None" = None,
) -> ExitStatus:
    """Scores with the engine that ``start`` returns, showing a progress bar.

    Prints a table, the verdict and, with a ``context``, advice. Returns the exit status. Raises
    CommandError, and OSError when ``out`` cannot be written.
    """
    from serve.batch import score_batch

    screen, errors = Console(highlight=False), Console(stderr=True, highlight=False)
    logging.basicConfig(handlers=[RichHandler(console=errors, show_time=False, show_path=False)])
    with (
        finish_on_ctrl_c() as stop,
        start(scorer.model, stop) as engine,
        progress_bar(errors) as bar,
    ):
        result = score_batch(request, scorer, engine, _progress_updater(bar))
    _print_result(result, request, context, screen)
    return result.exit_status


@contextmanager
def finish_on_ctrl_c() -> Iterator[Event]:
    """Yields an event that the first Ctrl-C sets, so that photos in progress are finished.

    The second Ctrl-C raises KeyboardInterrupt.
    """
    stop, before = Event(), signal.getsignal(signal.SIGINT)

    def first(_: int, __: FrameType | None) -> None:
        stop.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGINT, first)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def progress_bar(console: Console) -> Progress:
    """A bar with rate and time left; shown on terminals only, and removed when done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(
        *columns,
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
        speed_estimate_period=120,
    )


def _progress_updater(bar: Progress) -> Callable[[int, int], None]:
    task = bar.add_task("Scoring", total=None, rate="")

    def update(done: int, photos: int) -> None:
        speed = bar.tasks[task].speed
        rate = f"{speed:.2f} photos/s" if speed else ""
        bar.update(task, completed=done, total=photos, rate=rate)

    return update


def _print_result(
    result: "BatchResult", request: "BatchRequest", context: "Context | None", screen: Console
) -> None:
    from data.io.jsonl import read_lines
    from serve.batch import RESULTS

    if 0 < result.photos <= MAX_ROWS:
        lines = islice(read_lines(request.out / RESULTS), result.statuses.total())
        screen.print(_table(lines, texts_in(request.language)))
    for line in _closing_lines(result, request, context):
        screen.print(Text(line), soft_wrap=result.stopped)  # a command must stay in one piece


def _table(records: Iterator[dict[str, Any]], texts: Texts) -> Table:
    table, names = Table(), texts.section("cli.table")
    table.add_column(names["photo"], overflow="fold")
    table.add_column(names["status"])
    for name in _COUNTS:
        table.add_column(names[name], justify="right")
    table.add_column(names["note"], overflow="fold")
    for record in records:
        counts, is_read = record["summary"], record["error"] is None
        cells = [record["photo"], texts(f"label.status.{record['status']}")]
        cells += [str(counts[name]) if is_read else "" for name in _COUNTS]
        table.add_row(*(Text(printable(cell)) for cell in [*cells, _note(record, texts)]))
    return table


def _note(record: dict[str, Any], texts: Texts) -> str:
    """The most important fact about a photo; of a copy, what is wrong with its file, too."""
    if (error := record["error"]) is not None:
        return error_of_record(error, texts)
    if "duplicate_of" in record:
        return texts("cli.duplicate", name=record["duplicate_of"])
    finding = text_of_record(record["quality"][0], texts) if record["quality"] else ""
    if "near_duplicate_of" in record:
        copy = texts("cli.copy", name=record["near_duplicate_of"])
        return f"{copy} {finding}" if finding else copy
    return finding


def _closing_lines(
    result: "BatchResult", request: "BatchRequest", context: "Context | None"
) -> list[str]:
    from serve.advice.advise import advise
    from serve.advice.in_words import in_words
    from serve.advice.measures_in_words import measures_in_words
    from serve.advice.rules import Urgency
    from serve.batch import RESULTS
    from serve.batch.report import REPORT

    texts = texts_in(request.language)
    lines = [texts("cli.skipped", count=result.skipped)] if result.skipped else []
    lines += _left_out_lines(result.left_out, texts)
    lines += _unmatched_lines(result, texts)
    if result.photos == 0:
        return [*lines, texts("cli.no_photos")]
    if result.summary is None:
        done = result.statuses.total()
        lines.append(texts("cli.stopped", done=done, photos=result.photos))
        arguments = [argument for argument in sys.argv[1:] if argument != "--resume"]
        return [*lines, shlex.join(["shedlight", *arguments, "--resume"])]
    lines += _copies_lines(result.summary, texts)
    pool = result.summary.pool
    if pool.hairs:
        lines += in_words(pool, texts, result.summary.common_findings).lines()
        lines += measures_in_words(pool.measures, texts)
        if pool.answer.roots_out_of_view and not request.roots_in_view:
            lines.append(texts("cli.roots_in_view"))
        lines.append(texts("cli.glossary"))
    if context is not None:
        advice = advise(pool, context, texts)
        cards = ["", texts("cli.advice"), *(each.as_text(texts) for each in advice), ""]
        is_red_flag = advice[0].urgency is Urgency.RED_FLAG  # it comes before all else
        lines = cards + lines if is_red_flag else lines + cards
    results = texts("cli.results", path=request.out / RESULTS)
    return [*lines, results, texts("cli.report", path=request.out / REPORT)]


def _left_out_lines(counts: Mapping[str, int], texts: Texts) -> Iterator[str]:
    """What lay among the photos and was not scored, and linked folders."""
    for reason in texts.section("cli.left_out"):
        if count := counts[reason]:
            yield texts(f"cli.left_out.{reason}", count=count)


def _copies_lines(summary: "RunSummary", texts: Texts) -> Iterator[str]:
    """What became of photos that seem to show the same picture as another."""
    if summary.near_duplicates:
        once = summary.not_counted > summary.duplicates
        yield texts("cli.copies.found", count=summary.near_duplicates)
        yield texts("cli.copies.once" if once else "cli.copies.each")


def _unmatched_lines(result: "BatchResult", texts: Texts) -> list[str]:
    """The rows of a list of groups that no photo matches."""
    if not result.unmatched:
        return []
    rows = [(str(row.row), printable(row.photo)) for row in result.unmatched[:MAX_UNMATCHED]]
    shown = [f"  {texts('cli.row', row=number, photo=photo)}" for number, photo in rows]
    more = ["  ..."] if len(result.unmatched) > MAX_UNMATCHED else []
    return [texts("cli.unmatched", count=len(result.unmatched)), *shown, *more]
