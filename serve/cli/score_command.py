"""``shedlight score``: files and folders into a folder of results."""

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from serve.defaults import MODELS_FOLDER, ModelsFolder
from serve.errors import needs
from serve.refused import RefusedError

if TYPE_CHECKING:
    from serve.batch.local_engine import StartEngine
    from serve.scoring.process import MakeScorer


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
Context = Annotated[
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
    context: Context = None,
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
    from serve.cli.score import score_and_tell
    from serve.inputs.remote_files import path_given

    told = None
    if context is not None:
        from serve.api.uploads import photo_options

        told = photo_options({"context": context}).context
    order = Order(
        tuple(map(path_given, paths)), out, roots_in_view, Overlays(overlays), resume, groups
    )
    make_scorer, start = _ready(engine, models, workers, address)
    raise typer.Exit(score_and_tell(order, make_scorer(), start, told))


def _ready(
    engine: str, models: Path, workers: int | None, address: str | None
) -> "tuple[MakeScorer, StartEngine]":
    """What makes a scorer, and what starts the engine that uses it."""
    from serve.scoring.model import scorer_in_force, scorer_to_send

    if engine == "local" and address is None:
        from serve.batch.local_engine import local_engine

        make_scorer = scorer_in_force(models)
        return make_scorer, partial(local_engine, make_scorer, workers or os.cpu_count() or 1)
    if engine == "local" or workers is not None:
        raise RefusedError("Give --workers without --engine ray, or --address with it.")
    with needs("ray"):
        from serve.batch.ray_engine import ray_engine

    make_scorer = scorer_to_send(models)
    return make_scorer, partial(ray_engine, make_scorer, address or "auto")
