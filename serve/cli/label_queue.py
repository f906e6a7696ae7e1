"""``shedlight label-next``: which hairs of a folder to label next, on a page and in a table."""

import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from serve.defaults import MODELS_FOLDER, ModelsFolder
from serve.errors import CommandError, ExitStatus

if TYPE_CHECKING:
    from serve.inputs.photo_files import NamedPhoto
    from serve.label_queue.crops import EndPictures
    from serve.label_queue.queue import Found, Places
    from serve.label_queue.queue_item import QueueItem

TABLE, PAGE, FOLDER = "labels.csv", "to_label.html", "to_label"
_PHOTO_S = 300.0
"""Seconds that a photo may take, as when a folder is scored."""
_MOST_SHOWN = 20
"""More problems than this are only counted."""


def label_next(
    folder: Annotated[Path, typer.Argument(help="Folder with photos.", metavar="FOLDER")],
    count: Annotated[
        int, typer.Option(help="How many hairs to ask for at most.", min=1, max=1000)
    ] = 100,
    out: Annotated[
        Path | None,
        typer.Option(help=f"Folder for {PAGE} and {TABLE}; {FOLDER} in FOLDER unless told."),
    ] = None,
    labels: Annotated[
        list[Path] | None,
        typer.Option(help="Folder or zip with labels of before; may be repeated.", metavar="DIR"),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes that score; one per core unless told.", min=1)
    ] = None,
    models: ModelsFolder = MODELS_FOLDER,
) -> None:
    """Says which hairs teach the model most if you label them next: a page to do so, and a table.

    Exit status:
    0 all photos were read
    2 some photos or labels could not be read; each is told
    1 no hair is left to label, or bad usage
    """
    from serve.inputs.photo_files import PhotoWalk
    from serve.label_queue.output import write_page, write_table
    from training.labels.label_set import places_of_labels

    into = out or folder / FOLDER
    _check(folder, into)
    photos = list(PhotoWalk([folder], [into]))
    places, remarks = places_of_labels(labels or [])
    found, drawn = _asked(photos, places, models, workers or os.cpu_count() or 1, count)
    if drawn:
        into.mkdir(parents=True, exist_ok=True)
        write_table(into / TABLE, [hair for hair, _ in drawn])
        write_page(into / PAGE, drawn)
    _tell(found, [*found.unread, *map(str, remarks)], len(drawn), into)
    if not drawn:
        raise typer.Exit(ExitStatus.NOTHING_DONE)
    raise typer.Exit(ExitStatus.SOME_REFUSED if found.unread or remarks else ExitStatus.FINE)


def _check(folder: Path, into: Path) -> None:
    """Raises RefusedError: labels that somebody gave are never written over."""
    if not folder.is_dir():
        raise CommandError(f"{folder} is no folder.")
    if (into / TABLE).exists():
        raise CommandError(f"{into} holds a {TABLE} already; give another folder with --out.")


def _asked(
    photos: Sequence["NamedPhoto"], places: "Places", models: Path, at_once: int, count: int
) -> tuple["Found", list[tuple["QueueItem", list["EndPictures"]]]]:
    """What the photos hold, and the hairs to ask for with their pictures, in their order."""
    from rich.console import Console

    from serve.cli.score import progress_bar
    from serve.label_queue.queue import draw_hairs, find_hairs
    from serve.scoring.model import load_active_scorer
    from serve.scoring.pool import WorkerPool

    make_scorer = load_active_scorer(models)
    make_scorer()  # so that a version that is refused is told at once
    with (
        closing(WorkerPool(make_scorer, at_once, _PHOTO_S)) as pool,
        progress_bar(Console(stderr=True)) as bar,
    ):
        pool.start()
        task = bar.add_task("Reading", total=len(photos), rate="")
        found = find_hairs(photos, places, pool, at_once, lambda: bar.advance(task))
        queue = found.queue(count)
        pairs = list(zip(queue, draw_hairs(queue, photos, pool, at_once), strict=True))
        lost = sorted({hair.photo for hair, pictures in pairs if pictures is None})
        found.unread += [f"{name}: It could not be read a second time." for name in lost]
        return found, [(hair, pictures) for hair, pictures in pairs if pictures is not None]


def _tell(found: "Found", problems: Sequence[str], asked: int, into: Path) -> None:
    from rich.console import Console

    from training.labels.issues import printable

    screen = Console(highlight=False, markup=False, soft_wrap=True)
    screen.print(
        f"Photos read: {found.photos}. Hairs labelled before: {len(found.labelled)}. "
        f"Others that can be labelled: {len(found.open)}."
    )
    if problems:
        screen.print(f"Problems ({len(problems)}):")
    for sentence in problems[:_MOST_SHOWN]:
        screen.print(f"  {printable(sentence)}")
    if len(problems) > _MOST_SHOWN:
        screen.print("  ...")
    if asked:
        screen.print(f"The {asked} that teach most, to label: {into / PAGE}")
        screen.print(f"The same as a table: {into / TABLE}")
