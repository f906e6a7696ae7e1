"""``shedlight check-labels``, ``labels export`` and ``suggest``: people's labels, what to label."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from serve.cli.score import Workers, default_workers
from serve.defaults import MODELS_FOLDER, ModelsFolder
from serve.errors import CommandError, ExitStatus

if TYPE_CHECKING:
    from serve.inputs.photo_files import NamedPhoto
    from serve.label_queue.crops import EndPictures
    from serve.label_queue.queue import FolderCandidates, Places
    from serve.label_queue.queue_item import QueueItem

SHEET = "labels.png"
TABLE, PAGE, FOLDER = "labels.csv", "to_label.html", "to_label"
_PHOTO_S = 300.0
"""Time limit for one photo, the same as in a batch run."""
_MAX_PROBLEMS = 20


def check_labels(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Folders, zips, CSV, JSON and XML files.", metavar="LABELS..."),
    ],
    out: Annotated[
        Path | None, typer.Option(help=f"Folder for {SHEET}, a contact sheet of the labelled ends.")
    ] = None,
) -> None:
    """Reports what was found in labels. Trains nothing and changes no file of yours.

    Exit status:
    0 all labels can be used for training
    2 some labels have problems; each is listed with its file and row
    1 no label can be used for training
    """
    from rich.console import Console
    from rich.progress import track

    from model.inference.line_finder import shipped_finder
    from training.labels.folds import split_labels
    from training.labels.label_set import load_labels
    from training.labels.preview import describe, draw_sheet

    check_out_is_apart(out, paths)
    errors, screen = Console(stderr=True), Console(highlight=False, markup=False, soft_wrap=True)
    labels = load_labels(
        paths,
        shipped_finder(),
        lambda files: track(
            files, "Finding the labelled hairs", console=errors, disable=not errors.is_terminal
        ),
    )
    for line in describe(labels, split_labels(labels.hairs, labels.groups)):
        screen.print(line)
    if not labels.hairs:
        raise typer.Exit(ExitStatus.FAILED)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        draw_sheet(labels.hairs).save(out / SHEET)
        screen.print(f"The labelled crops: {out / SHEET}")
    raise typer.Exit(ExitStatus.PARTIAL if labels.problems else ExitStatus.OK)


def check_out_is_apart(out: Path | None, paths: Sequence[Path]) -> None:
    """Raises CommandError if ``out`` is one of ``paths``, or within one."""
    if out and any(path.resolve() in (out.resolve(), *out.resolve().parents) for path in paths):
        raise CommandError("OUT lies in a folder of labels. Give another folder with --out.")


labels_app = typer.Typer(no_args_is_help=True, help="Converts labels between programs.")


@labels_app.command("export", no_args_is_help=True)
def export(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Folders, zips, CSV, JSON and XML files.", metavar="LABELS..."),
    ],
    out: Annotated[Path, typer.Option(help="A new folder for the labels and their photos.")],
    format_name: Annotated[
        Literal["coco", "labelstudio", "csv"],
        typer.Option("--format", help="COCO keypoints, tasks for Label Studio, or a table."),
    ] = "csv",
) -> None:
    """Writes labels of any format that is read in another one, with copies of their photos.

    Exit status:
    0 all labels were written
    2 some labels have problems; each is listed with its file and row
    1 there is no label
    """
    from rich.console import Console

    from serve.inputs.paths import require_paths
    from training.labels.export.export import export_labels
    from training.labels.preview import listed

    check_out_is_apart(out, paths)
    require_paths(paths)
    if out.exists() and any(out.iterdir()):
        raise CommandError(f"{out} is not empty. Give a new folder with --out.")
    screen = Console(highlight=False, markup=False, soft_wrap=True)
    exported = export_labels(paths, out, format_name)
    counts = ", ".join(f"{n} {label.display_name}" for label, n in exported.labels.items())
    screen.print(f"Labels: {exported.labels.total()} on {exported.pictures} pictures. {counts}")
    notes = [issue for issue in exported.issues if issue.is_note]
    problems = [issue for issue in exported.issues if not issue.is_note]
    for line in (*listed("Notes", notes), *listed("Problems", problems)):
        screen.print(line)
    for file in exported.files:
        screen.print(f"Written: {file}")
    if not exported.labels:
        raise typer.Exit(ExitStatus.FAILED)
    raise typer.Exit(ExitStatus.PARTIAL if problems else ExitStatus.OK)


def suggest(
    folder: Annotated[Path, typer.Argument(help="Folder with photos.", metavar="FOLDER")],
    count: Annotated[int, typer.Option(help="Maximum number of hairs.", min=1, max=1000)] = 100,
    out: Annotated[
        Path | None,
        typer.Option(help=f"Folder for {PAGE} and {TABLE}; by default FOLDER/{FOLDER}."),
    ] = None,
    labels: Annotated[
        list[Path] | None,
        typer.Option(
            help="Folder, zip, CSV or JSON file with earlier labels; may be repeated.",
            metavar="LABELS",
        ),
    ] = None,
    workers: Workers = None,
    models: ModelsFolder = MODELS_FOLDER,
) -> None:
    """Suggests which hairs to label next, for the largest gain: a page to label on, and a table.

    Exit status:
    0 all photos were read
    2 some photos or labels could not be read; each is listed
    1 no hair is left to label, or the command line is wrong
    """
    from serve.inputs.photo_files import PhotoWalk
    from serve.label_queue.output import write_page, write_table
    from training.labels.label_set import label_points

    into = out or folder / FOLDER
    if not folder.is_dir():
        raise CommandError(f"{folder} is not a folder. Give a folder with photos.")
    if (into / TABLE).exists():
        raise CommandError(f"{into} has a {TABLE} already. Give another folder with --out.")
    photos = list(PhotoWalk([folder], [into]))
    places, remarks = label_points(labels or [])
    found, drawn = _queue(photos, places, models, workers or default_workers(), count)
    if drawn:
        into.mkdir(parents=True, exist_ok=True)
        write_table(into / TABLE, [item for item, _ in drawn])
        write_page(into / PAGE, drawn)
    problems = [*found.problems, *map(str, remarks)]
    _print_suggestions(found, problems, len(drawn), into)
    if not drawn:
        raise typer.Exit(ExitStatus.FAILED)
    raise typer.Exit(ExitStatus.PARTIAL if problems else ExitStatus.OK)


def _queue(
    photos: Sequence["NamedPhoto"], places: "Places", models: Path, processes: int, count: int
) -> tuple["FolderCandidates", list[tuple["QueueItem", list["EndPictures"]]]]:
    """What the photos hold, and the hairs to label in their order, with pictures."""
    from rich.console import Console

    from serve.cli.console import progress_bar
    from serve.label_queue.queue import draw_items, find_candidates
    from serve.scoring.model import load_active_scorer
    from serve.scoring.pool import WorkerPool

    make_scorer = load_active_scorer(models)
    make_scorer()  # a damaged version is refused before any worker starts
    with (
        closing(WorkerPool(make_scorer, processes, _PHOTO_S)) as pool,
        progress_bar(Console(stderr=True)) as bar,
    ):
        pool.start()
        task = bar.add_task("Scoring", total=len(photos), rate="")
        found = find_candidates(photos, places, pool, processes, lambda: bar.advance(task))
        queue = found.queue(count)
        pairs = list(zip(queue, draw_items(queue, photos, pool, processes), strict=True))
        lost = sorted({item.photo for item, pictures in pairs if pictures is None})
        found.problems += [f"{name}: It could not be read a second time." for name in lost]
        return found, [(item, pictures) for item, pictures in pairs if pictures is not None]


def _print_suggestions(
    found: "FolderCandidates", problems: Sequence[str], count: int, into: Path
) -> None:
    from rich.console import Console

    from data.io.text import printable

    screen = Console(highlight=False, markup=False, soft_wrap=True)
    screen.print(
        f"Photos read: {found.photos}. Hairs labelled before: {len(found.labelled)}. "
        f"Others that can be labelled: {len(found.unlabelled)}."
    )
    if problems:
        screen.print(f"Problems ({len(problems)}):")
    for sentence in problems[:_MAX_PROBLEMS]:
        screen.print(f"  {printable(sentence)}")
    if len(problems) > _MAX_PROBLEMS:
        screen.print("  ...")
    if count:
        screen.print(f"The {count} hairs to label next: {into / PAGE}")
        screen.print(f"The same as a table: {into / TABLE}")
