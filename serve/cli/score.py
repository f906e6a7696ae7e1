"""The batch run as a person at a terminal sees it.

``shedlight score``: files and folders into a folder of results.
"""

import logging
import os
import shlex
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
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
from serve.batch import RESULTS, BatchRequest, BatchResult, score_batch
from serve.batch.local_engine import StartEngine
from serve.batch.report import REPORT
from serve.defaults import MODELS_FOLDER, ModelsFolder
from serve.errors import CommandError, ExitStatus, require_extra
from serve.scoring.interfaces import PhotoScorer

_MOST_ROWS = 50
"""A table of more photos than this helps nobody; photos.csv has them."""


def score_and_report(
    order: BatchRequest, scorer: PhotoScorer, start: StartEngine, context: Context | None = None
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


def _tell(
    result: BatchResult, order: BatchRequest, context: Context | None, screen: Console
) -> None:
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


def _closing_words(result: BatchResult, order: BatchRequest, context: Context | None) -> list[str]:
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


if TYPE_CHECKING:
    from serve.batch.local_engine import StartEngine
    from serve.scoring.interfaces import MakeScorer


Paths = Annotated[
    list[str],
    typer.Argument(
        help="Photos, and folders of photos; s3://... with the extra 'ray'.", metavar="PATH..."
    ),
]
Workers = Annotated[
    int | None, typer.Option(help="Processes that score; one per core unless told.", min=1)
]
EngineName = Annotated[
    Literal["local", "ray"],
    typer.Option(help="Who scores: this machine, or a Ray cluster (with the extra 'ray')."),
]
Address = Annotated[
    str | None,
    typer.Option(
        help="Of the Ray cluster: HOST:PORT; auto: the one that this machine belongs to; "
        "local: one of its own, on this machine.",
        show_default="auto",
    ),
]
Drawn = Annotated[
    Literal["none", "doubtful", "all"],
    typer.Option(help="Draw the labels onto copies: of no photo, of those with an unsure hair"),
]
ContextJson = Annotated[
    str | None,
    typer.Option(
        help="The questionnaire, for advice on what to look at next; '{}' for no answers.",
        metavar="JSON",
    ),
]


def score(
    paths: Paths,
    out: Annotated[Path, typer.Option(help="Folder for the results; a new one for each run.")],
    workers: Workers = None,
    engine: EngineName = "local",
    address: Address = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run that OUT holds.")
    ] = False,
    roots_in_view: Annotated[
        bool, typer.Option(help="The root ends of all hairs were laid in the picture.")
    ] = False,
    overlays: Drawn = "all",
    groups: Annotated[
        Path | None,
        typer.Option(help="CSV of photo, person, date; else a groups.csv in a folder given."),
    ] = None,
    context: ContextJson = None,
    models: ModelsFolder = MODELS_FOLDER,
) -> None:
    """Scores photos: a verdict, one line per photo in OUT/results.jsonl, tables and a report.

    Exit status:
    0 all photos were scored or show no hairs
    2 some were rejected or failed
    1 none could be scored, or bad usage
    130 stopped with Ctrl-C
    """
    from serve.batch import BatchRequest, Overlays
    from serve.cli.score import score_and_report
    from serve.inputs.remote_files import path_given

    told = None
    if context is not None:
        from serve.api.uploads import photo_options

        told = photo_options({"context": context}).context
    order = BatchRequest(
        tuple(map(path_given, paths)), out, roots_in_view, Overlays(overlays), resume, groups
    )
    make_scorer, start = _ready(engine, models, workers, address)
    raise typer.Exit(score_and_report(order, make_scorer(), start, told))


def _ready(
    engine: str, models: Path, workers: int | None, address: str | None
) -> "tuple[MakeScorer, StartEngine]":
    """What makes a scorer, and what starts the engine that uses it."""
    from serve.scoring.model import load_active_scorer, portable_scorer_loader

    if engine == "local" and address is None:
        from serve.batch.local_engine import local_engine

        make_scorer = load_active_scorer(models)
        return make_scorer, partial(local_engine, make_scorer, workers or os.cpu_count() or 1)
    if engine == "local" or workers is not None:
        raise CommandError("Give --workers without --engine ray, or --address with it.")
    with require_extra("ray"):
        from serve.batch.ray_engine import ray_engine

    make_scorer = portable_scorer_loader(models)
    return make_scorer, partial(ray_engine, make_scorer, address or "auto")
