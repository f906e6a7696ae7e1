"""The batch run as a person at a terminal sees it."""

import logging
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.logging import RichHandler
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from model.report import PhotoReport
from model.summary import Summary
from serve.advice import advise
from serve.batch import RESULTS, BatchResult, score_paths
from serve.context import Context
from serve.exit_status import ExitStatus
from serve.photo_scorer import PhotoScorer
from serve.words import in_words


def score_and_tell(
    paths: Sequence[Path],
    out: Path,
    scorer: PhotoScorer,
    roots_in_view: bool,
    overlays: bool,
    context: Context | None = None,
) -> ExitStatus:
    """Scores, with a progress bar; prints a table, the verdict and, for a ``context``, advice.

    Returns the exit status.
    Raises OSError when ``out`` cannot be written.
    """
    screen, errors = Console(highlight=False), Console(stderr=True, highlight=False)
    logging.basicConfig(handlers=[RichHandler(console=errors, show_time=False, show_path=False)])
    table = _table()
    with progress_bar(errors) as bar:
        task = bar.add_task("Scoring", total=None)

        def show(report: PhotoReport, total: int) -> None:
            table.add_row(*_row(report))
            bar.update(task, advance=1, total=total)

        result = score_paths(paths, out, scorer, roots_in_view, overlays, show)
    if table.row_count:
        screen.print(table)
    for line in _closing_words(result, out, context):
        screen.print(Text(line))
    return result.exit_status


def progress_bar(console: Console) -> Progress:
    """A bar that is shown on terminals only and leaves nothing behind."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def _table() -> Table:
    table = Table()
    table.add_column("photo", overflow="fold")
    table.add_column("status")
    for name in ("hairs", "telogen", "anagen", "unsure"):
        table.add_column(name, justify="right")
    table.add_column("note", overflow="fold")
    return table


def _row(report: PhotoReport) -> list[Text]:
    counts = report.summary
    known = report.error is None
    numbers = (counts.hairs, counts.telogen, counts.anagen, counts.unsure)
    cells = [report.photo, report.status.value.replace("_", " ")]
    cells += [str(number) if known else "" for number in numbers]
    return [Text(_printable(cell)) for cell in [*cells, _note(report)]]


def _note(report: PhotoReport) -> str:
    """The one thing to know about a photo."""
    if report.error is not None:
        return report.error[1]
    if report.duplicate_of is not None:
        return f"The same file as {report.duplicate_of}; counted once."
    return report.quality[0].message if report.quality else ""


def _printable(text: str) -> str:
    """The text without what a terminal would obey or choke on: file names may hold anything."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _closing_words(result: BatchResult, out: Path, context: Context | None) -> list[str]:
    done = result.statuses.total()
    if result.photos == 0:
        return [*_skipped(result), "There are no photos in the paths given."]
    lines = _skipped(result)
    if result.stopped:
        lines.append(f"Stopped: {done} of {result.photos} photos are done.")
    if result.pooled.hairs:
        lines += [*in_words(result.pooled), "What the words mean: shedlight words"]
    if context is not None:
        lines += _advice(result.pooled, context)
    return [*lines, f"Results: {out / RESULTS}"]


def _advice(pooled: Summary, context: Context) -> list[str]:
    return ["", "What to look at next", *(each.in_words() for each in advise(pooled, context)), ""]


def _skipped(result: BatchResult) -> list[str]:
    if result.skipped == 0:
        return []
    files = "1 other file was" if result.skipped == 1 else f"{result.skipped} other files were"
    return [f"{files} skipped: no picture by the name."]
