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

from data.io.text import printable
from data.texts.catalogue import texts_in
from serve.errors import ExitStatus
from serve.inputs.left_out import LeftOut

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
        screen.print(_table(islice(read_lines(request.out / RESULTS), result.statuses.total())))
    for line in _closing_lines(result, request, context):
        screen.print(Text(line), soft_wrap=result.stopped)  # a command must stay in one piece


def _table(records: Iterator[dict[str, Any]]) -> Table:
    table = Table()
    table.add_column("photo", overflow="fold")
    table.add_column("status")
    for name in _COUNTS:
        table.add_column(name, justify="right")
    table.add_column("note", overflow="fold")
    for record in records:
        counts, is_read = record["summary"], record["error"] is None
        cells = [record["photo"], record["status"].replace("_", " ")]
        cells += [str(counts[name]) if is_read else "" for name in _COUNTS]
        table.add_row(*(Text(printable(cell)) for cell in [*cells, _note(record)]))
    return table


def _note(record: dict[str, Any]) -> str:
    """The most important fact about a photo."""
    if record["error"] is not None:
        return str(record["error"]["message"])
    if "duplicate_of" in record:
        return f"The same file as {record['duplicate_of']}; counted once."
    if "near_duplicate_of" in record:
        return f"Seems to be a copy of {record['near_duplicate_of']}."
    return str(record["quality"][0]["message"]) if record["quality"] else ""


def _closing_lines(
    result: "BatchResult", request: "BatchRequest", context: "Context | None"
) -> list[str]:
    from serve.advice.advise import advise
    from serve.advice.in_words import in_words
    from serve.advice.rules import Urgency
    from serve.batch import RESULTS
    from serve.batch.report import REPORT

    lines = []
    if result.skipped:
        files = "1 other file was" if result.skipped == 1 else f"{result.skipped} other files were"
        lines.append(f"{files} skipped: no image suffix.")
    lines += _left_out_lines(result.left_out)
    lines += _unmatched_lines(result)
    if result.photos == 0:
        return [*lines, "There are no photos in the paths given."]
    if result.summary is None:
        done = result.statuses.total()
        lines.append(f"Stopped: {done} of {result.photos} photos are done. To continue:")
        arguments = [argument for argument in sys.argv[1:] if argument != "--resume"]
        return [*lines, shlex.join(["shedlight", *arguments, "--resume"])]
    lines += _copies_lines(result.summary)
    pool, texts = result.summary.pool, texts_in(request.language)
    if pool.hairs:
        lines += in_words(pool, texts, result.summary.common_findings).lines()
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


def _left_out_lines(counts: Mapping[str, int]) -> Iterator[str]:
    """What lay among the photos and was not scored, and linked folders."""
    for reason, noun in (
        (LeftOut.EARLIER_RESULTS, "picture{s} of earlier results"),
        (LeftOut.SYSTEM_FOLDERS, "file{s} in thumbnail or system folders"),
        (LeftOut.HIDDEN_FOLDERS, "file{s} in hidden folders"),
    ):
        if count := counts[reason]:
            s, were = ("", "was") if count == 1 else ("s", "were")
            yield f"{count} {noun.format(s=s)} {were} left out."
    if count := counts["linked_folders_searched"]:
        yield f"{count} linked {'folder was' if count == 1 else 'folders were'} searched, too."
    if count := counts["linked_folders_left_out"]:
        folders, lead = ("folder was", "it leads") if count == 1 else ("folders were", "they lead")
        yield f"{count} linked {folders} not searched: {lead} to photos that are searched anyway."


def _copies_lines(summary: "RunSummary") -> Iterator[str]:
    """What became of photos that seem to show the same picture as another."""
    if not (count := summary.near_duplicates):
        return
    seem, are = ("photo seems", "It is") if count == 1 else ("photos seem", "They are")
    yield f"{count} {seem} to show the same picture as another, saved again or resized."
    if summary.not_counted > summary.duplicates:
        yield "Of each such picture only the largest file is counted."
    else:
        yield f"{are} counted. To count each picture once, add --near-duplicates once --resume."


def _unmatched_lines(result: "BatchResult") -> list[str]:
    """The rows of a list of groups that no photo matches."""
    if not result.unmatched:
        return []
    shown = [f"  row {row.row}: {printable(row.photo)}" for row in result.unmatched[:MAX_UNMATCHED]]
    more = ["  ..."] if len(result.unmatched) > MAX_UNMATCHED else []
    head = f"Rows of the list of groups that match no photo: {len(result.unmatched)}."
    return [head, *shown, *more]
