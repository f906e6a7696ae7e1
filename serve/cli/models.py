"""``shedlight models``: the versions of the model, and which of them is active."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.errors import ErrorCode, ShedlightError
from serve.cli.train import Seed
from serve.defaults import MODELS_FOLDER, ModelsFolder
from serve.errors import CommandError, require_extra

if TYPE_CHECKING:
    from model.registry.registry import Registry

Name = Annotated[str, typer.Argument(help="The version, as in its reports.", metavar="NAME")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

models_app = typer.Typer(
    no_args_is_help=True, help="Lists, adds, promotes and releases versions of the model."
)


@models_app.command("list")
def list_versions(models: ModelsFolder = MODELS_FOLDER, as_json: AsJson = False) -> None:
    """Lists all versions; a star marks the active one."""
    from serve.cli.models_format import version_json, version_table

    with _registry(models) as registry:
        entries = registry.versions()
        champion = registry.champion()
    if as_json:
        typer.echo(json.dumps([version_json(entry) for entry in entries], indent=2))
        return
    for line in version_table(entries):
        typer.echo(line)
    if champion.problem:
        typer.echo(champion.problem)


@models_app.command("show")
def show_version(name: Name, models: ModelsFolder = MODELS_FOLDER, as_json: AsJson = False) -> None:
    """Prints a version's origin, figures and history."""
    from serve.cli.models_format import details_of, version_json

    with _registry(models) as registry:
        registry.find(name)
        (entry,) = (each for each in registry.versions() if each.name == name)
        moves = [move for move in registry.events() if move.name == name]
    if as_json:
        typer.echo(json.dumps(version_json(entry) | {"moves": list(map(vars, moves))}, indent=2))
        return
    for line in details_of(entry, moves):
        typer.echo(line)


@models_app.command("add")
def add_version(
    version: Annotated[Path, typer.Argument(help="Folder of the version, as training writes it.")],
    models: ModelsFolder = MODELS_FOLDER,
) -> None:
    """Checks a version and copies it in, without promoting it."""
    with _registry(models) as registry:
        name = registry.add(version)
    typer.echo(f"Added {name}. To promote it: shedlight models promote {name}")


@models_app.command("promote")
def promote_version(
    name: Name,
    models: ModelsFolder = MODELS_FOLDER,
    reason: Annotated[str, typer.Option(help="Why, for the history.")] = "by hand; not measured",
) -> None:
    """Makes a version the active one, without measuring anything."""
    with _registry(models) as registry:
        before = registry.champion().name
        registry.promote(name, reason)
    typer.echo(f"{name} is active instead of {before}.")
    typer.echo("Nothing was measured: whether it is better on your photos is unknown.")
    typer.echo("To go back: shedlight models rollback")


@models_app.command("rollback")
def rollback(models: ModelsFolder = MODELS_FOLDER) -> None:
    """Makes the previous version active; repeat it to go back further."""
    with _registry(models) as registry:
        before = registry.champion().name
        name = registry.rollback()
    typer.echo(f"{name} is active again instead of {before}.")


@models_app.command("export")
def export(
    name: Name,
    out: Annotated[Path, typer.Argument(help="A new folder.", metavar="OUT")],
    models: ModelsFolder = MODELS_FOLDER,
) -> None:
    """Copies a version out, with a short program that runs it in plain ONNX Runtime."""
    from model.registry.export import README_FILE, export_version

    with _registry(models) as registry:
        export_version(registry, name, out)
    typer.echo(f"How to run it: {out / README_FILE}")


@models_app.command("ship", no_args_is_help=True)
def ship(
    run: Annotated[Path, typer.Argument(help="Run folder of 'shedlight train'.", metavar="RUN")],
    out: Annotated[
        Path | None, typer.Option(help="Folder to fill; by default the one in the package.")
    ] = None,
) -> None:
    """Copies the weights of a training run into the package, for a release."""
    with require_extra("train"):
        from training.export import ship as copy_weights

        folder = copy_weights(run, out)
    typer.echo(f"Copied to {folder}")


@models_app.command("recalibrate", no_args_is_help=True)
def recalibrate(
    version: Annotated[Path, typer.Argument(help="Folder of the version.")],
    out: Annotated[Path, typer.Argument(help="Folder for the recalibrated version.")],
    synthetic: Annotated[
        list[Path],
        typer.Option(
            help="Photos of 'shedlight render' it was not trained on; may be repeated.",
            metavar="DIR",
        ),
    ],
    finder_only: Annotated[
        bool, typer.Option(help="Only how likely the finder's strands and ends are false.")
    ] = False,
) -> None:
    """Sets a version's thresholds and error matrix again; the weights stay the same."""
    from serve.inputs.paths import require_paths, require_renders

    require_paths((version,))
    require_renders(synthetic)
    with require_extra("train"), _loadable(version):
        from training.train import recalibrate as recalibrate_version
        from training.train import recalibrate_finder

        if finder_only:
            recalibrate_finder(version, synthetic, out)
            typer.echo(f"Recalibrated. The version is in {out / 'version'}")
        else:
            recalibrate_version(version, synthetic, out)
            typer.echo(f"Recalibrated. See {out / 'report.html'}")


@models_app.command("replay-sets", no_args_is_help=True)
def replay_sets(
    run: Annotated[Path, typer.Argument(help="Run folder of 'shedlight train'.", metavar="RUN")],
    synthetic: Annotated[
        list[Path],
        typer.Option(help="Folder of photos it was trained on; may be repeated.", metavar="DIR"),
    ],
    out: Annotated[
        Path | None, typer.Option(help="Folder for the sets; by default the one in the package.")
    ] = None,
    seed: Seed = 0,
) -> None:
    """Fills the packaged replay and frozen sets, which retraining uses, for a release."""
    from serve.inputs.paths import require_renders

    require_renders(synthetic)
    with require_extra("train"):
        from training.datasets.replay import FOLDER, build_replay_sets

        try:
            manifests = build_replay_sets(synthetic, run, out or FOLDER, seed)
        except ValueError as error:
            raise CommandError(str(error)) from error
        for manifest in manifests:
            typer.echo(
                "{name}: {examples} examples, {crops} crops, {bytes} bytes".format(**manifest)
            )


@contextmanager
def _loadable(version: Path) -> Iterator[None]:
    """Raises CommandError where the folder of a version holds none that can be loaded."""
    try:
        yield
    except ShedlightError as error:
        if error.code is not ErrorCode.MODEL_REFUSED:
            raise
        raise CommandError(
            f"{version}: no version that can be loaded. Give a folder with manifest.json, "
            "rootnet.onnx and model_card.md."
        ) from error


@contextmanager
def _registry(folder: Path) -> Iterator["Registry"]:
    """Yields the registry; raises CommandError for a damaged version."""
    from model.registry.registry import Registry

    try:
        yield Registry(folder)
    except ShedlightError as error:
        if error.code is not ErrorCode.MODEL_REFUSED:
            raise
        raise CommandError(
            "The version is damaged, or this Shedlight cannot load it. Nothing was changed."
        ) from error
