"""``shedlight score``: files and folders into a folder of results."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from data.machine import free_memory, usable_cpus
from data.texts.catalogue import DEFAULT_LANGUAGE
from serve.cli.language import Language, checked_language
from serve.defaults import MODELS_FOLDER, ModelsFolder
from serve.errors import CommandError, require_extra

if TYPE_CHECKING:
    from data.images.photo import ReadLimits
    from data.scale.request import ScaleRequest
    from serve.batch.local_engine import StartEngine
    from serve.scoring.interfaces import MakeScorer

_MAX_DEFAULT_WORKERS = 8
"""Each takes about 400 MB for 12 megapixels (docs/batch.md)."""
_WORKER_BYTES, _WORKER_BYTES_PER_PIXEL = 300_000_000, 20
"""Memory of a worker: measured are 110 MB, and 6 bytes per pixel of a JPEG, 15 of a PNG, without a
picture of the labels."""
_MB = 1_000_000
Paths = Annotated[
    list[str],
    typer.Argument(
        help="Photos, folders and ZIP files of photos; s3://... with the extra 'ray'.",
        metavar="PATH...",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        help="Scoring processes; by default one per processor that may be used, at most 8.", min=1
    ),
]
RootsInView = Annotated[
    bool, typer.Option("--roots-in-view", help="The root ends of all hairs are in the picture.")
]
EngineName = Annotated[
    Literal["local", "ray"],
    typer.Option(help="Where to score: this machine, or a Ray cluster (needs the extra 'ray')."),
]
Address = Annotated[
    str | None,
    typer.Option(
        help="Ray cluster: HOST:PORT; 'auto' for the cluster of this machine; "
        "'local' to start one here.",
        show_default="auto",
    ),
]
ScaleText = Annotated[
    str,
    typer.Option(
        help="Where millimetres come from, for widths and lengths: auto (our card or the file), "
        "none, card, bank_card, ruler, coin=NAME, any, or the length of a pixel, such as 1.4um.",
        metavar="SCALE",
    ),
]
OverlayChoice = Annotated[
    Literal["none", "uncertain", "all"],
    typer.Option(help="Which photos get a labelled copy: none, those with an unsure hair, all."),
]
ContextJson = Annotated[
    str | None,
    typer.Option(
        help="Answers to the questionnaire, for advice; '{}' for no answers.", metavar="JSON"
    ),
]


def score(
    paths: Paths,
    out: Annotated[Path, typer.Option(help="Folder for the results; a new one for each run.")],
    workers: Workers = None,
    engine: EngineName = "local",
    address: Address = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue the run in OUT.")] = False,
    roots_in_view: RootsInView = False,
    scale: ScaleText = "auto",
    overlays: OverlayChoice = "all",
    groups: Annotated[
        Path | None,
        typer.Option(
            help="CSV with the columns photo, person, date; by default groups.csv in PATH."
        ),
    ] = None,
    context: ContextJson = None,
    near_duplicates: Annotated[
        Literal["count", "once"],
        typer.Option(
            help="Photos that show the same picture, saved again or resized: count all, or once."
        ),
    ] = "count",
    max_megapixels: Annotated[
        int, typer.Option(help="Photos with more megapixels are rejected.", min=1, max=1_000)
    ] = 52,
    max_file_mb: Annotated[
        int, typer.Option(help="Files with more megabytes are rejected.", min=1, max=10_000)
    ] = 25,
    heic: Annotated[
        bool, typer.Option(help="Whether HEIC photos are read (needs the extra 'heic').")
    ] = True,
    language: Language = DEFAULT_LANGUAGE,
    models: ModelsFolder = MODELS_FOLDER,
) -> None:
    """Scores photos: a verdict, one line per photo in OUT/results.jsonl, tables and a report.

    Exit status:
    0 all photos were scored or show no hairs
    2 some photos were rejected or failed
    1 no photo could be scored, or the command line is wrong
    130 stopped with Ctrl-C
    """
    from data.images.photo import ReadLimits
    from serve.batch import BatchRequest, Overlays
    from serve.cli.console import score_and_report
    from serve.inputs.paths import parse_path

    answers = None
    if context is not None:
        from serve.api.uploads import ScoringOptions, parse_options

        answers = parse_options(ScoringOptions, {"context": context}).context
    limits = ReadLimits(max_bytes=max_file_mb * _MB, max_pixels=max_megapixels * _MB, heic=heic)
    if engine == "local":
        _check_memory(limits, workers or default_workers())
    given = tuple(map(parse_path, paths))
    request = BatchRequest(
        given,
        out,
        roots_in_view,
        Overlays(overlays),
        resume,
        groups,
        limits,
        checked_language(language),
        near_duplicates == "once",
        parsed_scale(scale),
    )
    make_scorer, start = _scorer_and_engine(engine, models, workers, address)
    raise typer.Exit(score_and_report(request, make_scorer(), start, answers))


def parsed_scale(text: str) -> "ScaleRequest":
    """What ``--scale`` asks for; raises CommandError."""
    from data.scale.request import ScaleRequest

    try:
        return ScaleRequest.parse(text)
    except ValueError as error:
        raise CommandError(f"--scale: {error}.") from error


def default_workers() -> int:
    """The number of scoring processes unless one is asked for."""
    return min(_MAX_DEFAULT_WORKERS, usable_cpus())


def _check_memory(limits: "ReadLimits", workers: int) -> None:
    """Raises CommandError if limits above the default let photos in that memory does not hold."""
    from data.images.photo import ReadLimits

    needed, free = _WORKER_BYTES + _WORKER_BYTES_PER_PIXEL * limits.max_pixels, free_memory()
    if limits.max_pixels > ReadLimits().max_pixels and free is not None and workers * needed > free:
        raise CommandError(
            f"A photo of {limits.max_pixels / _MB:g} megapixels may take {needed / 1e9:.1f} GB in "
            f"each of {workers} workers, and {free / 1e9:.1f} GB of memory are free. "
            "Use fewer --workers or a lower --max-megapixels."
        )


def _scorer_and_engine(
    engine: str, models: Path, workers: int | None, address: str | None
) -> "tuple[MakeScorer, StartEngine]":
    """Returns a function that makes the scorer, and one that starts the engine."""
    from serve.scoring.model import load_active_scorer, portable_scorer_loader

    if engine == "local" and address is None:
        from serve.batch.local_engine import local_engine

        make_scorer = load_active_scorer(models)
        return make_scorer, partial(local_engine, make_scorer, workers or default_workers())
    if engine == "local" or workers is not None:
        raise CommandError("--workers goes with the local engine, --address with --engine ray.")
    with require_extra("ray"):
        from serve.batch.ray_engine import ray_engine

    make_scorer = portable_scorer_loader(models)
    return make_scorer, partial(ray_engine, make_scorer, address or "auto")
