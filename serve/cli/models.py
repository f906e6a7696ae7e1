"""``shedlight models``: the versions of the model, and which of them is in force."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.errors import ErrorCode, ShedlightError
from serve.defaults import MODELS_FOLDER, ModelsFolder
from serve.errors import CommandError

if TYPE_CHECKING:
    from model.registry.registry import Registry

Name = Annotated[str, typer.Argument(help="The version, as its reports name it.", metavar="NAME")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]

models_app = typer.Typer(
    no_args_is_help=True, help="The versions of the model: which there are, which is in force."
)


@models_app.command("list")
def list_versions(models: ModelsFolder = MODELS_FOLDER, as_json: AsJson = False) -> None:
    """Lists all versions; the one in force has a star."""
    from serve.cli.models_format import table_of, version_json

    with _registry(models) as registry:
        entries = registry.versions()
        champion = registry.champion()
    if as_json:
        typer.echo(json.dumps([version_json(entry) for entry in entries], indent=2))
        return
    for line in table_of(entries):
        typer.echo(line)
    if champion.trouble:
        typer.echo(champion.trouble)


@models_app.command("show")
def show_version(name: Name, models: ModelsFolder = MODELS_FOLDER, as_json: AsJson = False) -> None:
    """Tells what is known of a version: where it comes from, its figures, when it was in force."""
    from serve.cli.models_format import details_of, version_json

    with _registry(models) as registry:
        registry.find(name)
        (entry,) = (each for each in registry.versions() if each.name == name)
        moves = [move for move in registry.moves() if move.name == name]
    if as_json:
        told = version_json(entry) | {"moves": [vars(move) for move in moves]}
        typer.echo(json.dumps(told, indent=2))
        return
    for line in details_of(entry, moves):
        typer.echo(line)


@models_app.command("add")
def add_version(
    version: Annotated[Path, typer.Argument(help="Folder of the version, as training writes it.")],
    models: ModelsFolder = MODELS_FOLDER,
) -> None:
    """Copies a version in, checked; it is not yet in force."""
    with _registry(models) as registry:
        name = registry.add(version)
    typer.echo(f"Added {name}. To put it in force: shedlight models promote {name}")


@models_app.command("promote")
def promote_version(
    name: Name,
    models: ModelsFolder = MODELS_FOLDER,
    reason: Annotated[str, typer.Option(help="Why, for the history.")] = "by hand; not measured",
) -> None:
    """Puts a version in force, on your word: nothing is measured."""
    with _registry(models) as registry:
        before = registry.champion().name
        registry.promote(name, reason)
    typer.echo(f"{name} is in force; before, it was {before}.")
    typer.echo("Nothing was measured: whether it is better on your photos is unknown.")
    typer.echo("To go back: shedlight models rollback")


@models_app.command("rollback")
def roll_back(models: ModelsFolder = MODELS_FOLDER) -> None:
    """Puts the version in force again that was before; again, the one before that."""
    with _registry(models) as registry:
        before = registry.champion().name
        name = registry.rollback()
    typer.echo(f"{name} is in force again instead of {before}.")


@models_app.command("export")
def export(
    name: Name,
    out: Annotated[Path, typer.Argument(help="A new folder.", metavar="OUT")],
    models: ModelsFolder = MODELS_FOLDER,
) -> None:
    """Copies a version out, with ten lines that run it in plain ONNX Runtime."""
    from model.registry.export import README_FILE, export_version

    with _registry(models) as registry:
        export_version(registry, name, out)
    typer.echo(f"How to run it: {out / README_FILE}")


@contextmanager
def _registry(folder: Path) -> Iterator["Registry"]:
    """The registry; what it refuses ends the command with one sentence."""
    from model.registry.registry import Registry, RegistryError

    try:
        yield Registry(folder)
    except RegistryError as error:
        raise CommandError(str(error)) from error
    except ShedlightError as error:
        if error.code is not ErrorCode.MODEL_REFUSED:
            raise
        raise CommandError(
            "The version is damaged, or not one that this Shedlight reads; nothing was changed."
        ) from error
