"""``shedlight train``: on rendered photos from nothing, or on labels from what is known."""

from pathlib import Path
from signal import SIGTERM, default_int_handler, signal
from typing import Annotated, Literal

import typer

from serve.cli.labels import refuse_within
from serve.defaults import MODELS_FOLDER, ModelsFolder
from serve.errors import CommandError, ExitStatus, require_extra


def train(
    out: Annotated[Path, typer.Option(help="Folder for the new version and its report.")],
    rendered: Annotated[
        Path | None, typer.Option(help="Folder that 'shedlight render' filled.")
    ] = None,
    labels: Annotated[
        list[Path] | None,
        typer.Option(help="Folder or zip with people's labels; may be repeated.", metavar="DIR"),
    ] = None,
    arch: Annotated[
        Literal["rootnet", "mobilenet_v3_small", "resnet18"],
        typer.Option(help="The network to teach; all but rootnet begin with nothing."),
    ] = "rootnet",
    promote: Annotated[
        bool, typer.Option(help="Put the new model in force if it is better for sure.")
    ] = True,
    seed: Annotated[int, typer.Option(help="For the same result again.", min=0)] = 0,
    models: ModelsFolder = MODELS_FOLDER,
) -> None:
    """Trains the model; a run that was stopped goes on where it was.

    With --labels it goes on from the model that comes with the package, and a new version is put
    in force only if it is better on labels that it had not seen.
    """
    if (rendered is None) == (not labels):
        raise CommandError("Give either --rendered or --labels.")
    refuse_within(out, labels or [])
    signal(SIGTERM, default_int_handler)  # as Ctrl-C: what was fitted stays
    with require_extra("train"):
        if rendered is not None:
            from training.train import train as train_model

            train_model(rendered, out, seed)
            typer.echo(f"Trained. See {out / 'report.html'}")
            return
        from model.registry.registry import RegistryError
        from training.retrain.command import retrain_and_report
        from training.retrain.retrain import RetrainConfig

        try:
            outcome = retrain_and_report(
                labels or [], out, models, RetrainConfig(arch, promote, seed)
            )
        except RegistryError as error:
            raise CommandError(str(error)) from error
        if outcome.challenger is None:
            raise typer.Exit(ExitStatus.NOTHING_DONE)
