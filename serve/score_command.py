"""``shedlight score``: files and folders into a folder of results."""

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from serve.models_folder import MODELS_FOLDER, ModelsFolder


def score(
    paths: Annotated[
        list[str],
        typer.Argument(
            help="Photos, and folders of photos; s3://... with the extra 'ray'.", metavar="PATH..."
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder for the results; a new one for each run.")],
    workers: Annotated[
        int | None, typer.Option(help="Processes that score; one per core unless told.", min=1)
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run that OUT holds.")
    ] = False,
    roots_in_view: Annotated[
        bool, typer.Option(help="The root ends of all hairs were laid in the picture.")
    ] = False,
    overlays: Annotated[
        Literal["none", "doubtful", "all"],
        typer.Option(help="Draw the labels onto copies: of no photo, of those with an unsure hair"),
    ] = "all",
    groups: Annotated[
        Path | None,
        typer.Option(help="CSV of photo, person, date; else a groups.csv in a folder given."),
    ] = None,
    context: Annotated[
        str | None,
        typer.Option(
            help="The questionnaire, for advice on what to look at next; '{}' for no answers.",
            metavar="JSON",
        ),
    ] = None,
    models: ModelsFolder = MODELS_FOLDER,
) -> None:
    """Scores photos: a verdict, one line per photo in OUT/results.jsonl, tables and a report.

    Exit status:
    0 all photos were scored or show no hairs
    2 some were rejected or failed
    1 none could be scored, or bad usage
    130 stopped with Ctrl-C
    """
    from serve.batch import Order, Overlays
    from serve.champion import scorer_in_force
    from serve.console import score_and_tell
    from serve.remote_path import path_given

    told = None
    if context is not None:
        from serve.upload import photo_options

        told = photo_options({"context": context}).context
    order = Order(
        tuple(map(path_given, paths)), out, roots_in_view, Overlays(overlays), resume, groups
    )
    count = workers or os.cpu_count() or 1
    raise typer.Exit(score_and_tell(order, scorer_in_force(models), count, told))
