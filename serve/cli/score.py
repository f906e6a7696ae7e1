"""The batch run as a person at a terminal sees it."""

import logging
import shlex
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from threading import Event
from types import FrameType
from typing import Any

from rich.console import Console
from rich.logging import RichHandler
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from data.io.jsonl import read_lines
from model.share.summary import Summary
from serve.advice.advise import advise
from serve.advice.questionnaire import Context
from serve.advice.summary_text import in_words
from serve.batch import RESULTS, BatchResult, Order, score_batch
from serve.batch.local_engine import StartEngine
from serve.batch.report import REPORT
from serve.exit_status import ExitStatus
from serve.scoring.photo_scorer import PhotoScorer

_MOST_ROWS = 50
"""A table of more photos than this helps nobody; photos.csv has them."""


def score_and_tell(
    order: Order, scorer: PhotoScorer, start: StartEngine, context: Context | None = None
) -> ExitStatus:
    """Scores by the engine that ``start`` readies, with a progress bar.

    Prints a table, the verdict and, for a ``context``, advice; returns the exit status. Raises
    RefusedError, and OSError when ``out`` cannot be written.
    """
    screen, errors = Console(highlight=False), Console(stderr=True, highlight=False)
    logging.basicConfig(handlers=[RichHandler(console=errors, show_time=False, show_path=False)])
    with (
        finished_on_ctrl_c() as stop,
        start(scorer.model, stop) as engine,
        progress_bar(errors) as bar,
    ):
        result = score_batch(order, scorer, engine, _shown_on(bar))
    _tell(result, order, context, screen)
    return result.exit_status


@contextmanager
def finished_on_ctrl_c() -> Iterator[Event]:
    """Yields what the first Ctrl-C sets, so that the photos at hand are finished; the second one
    raises KeyboardInterrupt as ever."""
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
    """A bar with rate and time left that is shown on terminals only and leaves nothing behind."""
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


def _shown_on(bar: Progress) -> Callable[[int, int], None]:
    task = bar.add_task("Scoring", total=None, rate="")

    def show(done: int, photos: int) -> None:
        speed = bar.tasks[task].speed
        rate = f"{speed:.2f} photos/s" if speed else ""
        bar.update(task, completed=done, total=photos, rate=rate)

    return show


def _tell(result: BatchResult, order: Order, context: Context | None, screen: Console) -> None:
    if 0 < result.photos <= _MOST_ROWS:
        done = result.statuses.total()
        screen.print(_table(islice(read_lines(order.out / RESULTS), done)))
    for line in _closing_words(result, order, context):
        screen.print(Text(line), soft_wrap=result.stopped)  # a command must stay in one piece


def _table(records: Iterator[dict[str, Any]]) -> Table:
    table = Table()
    table.add_column("photo", overflow="fold")
    table.add_column("status")
    for name in ("hairs", "telogen", "anagen", "unsure"):
        table.add_column(name, justify="right")
    table.add_column("note", overflow="fold")
    for record in records:
        table.add_row(*_row(record))
    return table


def _row(record: dict[str, Any]) -> list[Text]:
    counts, known = record["summary"], record["error"] is None
    cells = [record["photo"], record["status"].replace("_", " ")]
    cells += [
        str(counts[name]) if known else "" for name in ("hairs", "telogen", "anagen", "unsure")
    ]
    return [Text(_printable(cell)) for cell in [*cells, _note(record)]]


def _note(record: dict[str, Any]) -> str:
    """The one thing to know about a photo."""
    if record["error"] is not None:
        return str(record["error"]["message"])
    if "duplicate_of" in record:
        return f"The same file as {record['duplicate_of']}; counted once."
    return str(record["quality"][0]["message"]) if record["quality"] else ""


def _printable(text: str) -> str:
    """The text without what a terminal would obey or choke on: file names may hold anything."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _closing_words(result: BatchResult, order: Order, context: Context | None) -> list[str]:
    if result.photos == 0:
        return [*_skipped(result), "There are no photos in the paths given."]
    lines = _skipped(result)
    if result.summary is None:
        done = result.statuses.total()
        lines.append(f"Stopped: {done} of {result.photos} photos are done. To go on:")
        return [*lines, _to_go_on(sys.argv[1:])]
    pooled = result.summary.pool
    if pooled.hairs:
        lines += [*in_words(pooled), "What the words mean: shedlight words"]
    if context is not None:
        lines += _advice(pooled, context)
    return [*lines, f"Results: {order.out / RESULTS}", f"Report: {order.out / REPORT}"]


def _to_go_on(arguments: Sequence[str]) -> str:
    """The same command again, to go on where it was."""
    again = [argument for argument in arguments if argument != "--resume"]
    return shlex.join(["shedlight", *again, "--resume"])


def _advice(pooled: Summary, context: Context) -> list[str]:
    return ["", "What to look at next", *(each.in_words() for each in advise(pooled, context)), ""]


def _skipped(result: BatchResult) -> list[str]:
    if result.skipped == 0:
        return []
    files = "1 other file was" if result.skipped == 1 else f"{result.skipped} other files were"
    return [f"{files} skipped: no picture by the name."]
