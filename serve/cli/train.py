"""``shedlight render``, ``train`` and ``retrain``: synthetic photos, and models trained on them
or on people's labels."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGTERM, default_int_handler, signal
from typing import Annotated, Literal

import typer

from data.io.files import exclusive
from serve.cli.labels import check_out_is_apart
from serve.defaults import MODELS_FOLDER, ModelsFolder
from serve.errors import CommandError, ExitStatus, require_extra

Network = Literal["root", "line-finder", "width"]
Seed = Annotated[int, typer.Option(help="The same seed gives the same result.", min=0)]
Backgrounds = Annotated[
    Path | None, typer.Option(help="Folder of photographed backgrounds to draw hairs on.")
]


def render(
    out: Annotated[Path, typer.Argument(help="Folder for photos/ and truth.jsonl.")],
    count: Annotated[int, typer.Option(help="Number of photos.", min=1)],
    seed: Annotated[int, typer.Option(help="Another seed gives other photos.", min=0)] = 0,
    backgrounds: Backgrounds = None,
    regime: Annotated[
        list[str] | None,
        typer.Option(help="Only captures of this kind; may be repeated.", metavar="NAME"),
    ] = None,
    bare_backgrounds: Annotated[
        Path | None,
        typer.Option(help="Render nothing: photograph this folder's held-out backgrounds."),
    ] = None,
    marked_backgrounds: Annotated[
        Path | None,
        typer.Option(help="The same with its other backgrounds, most with print or pen marks."),
    ] = None,
    look: Annotated[
        Literal["usual", "second", "light-table"],
        typer.Option(help="How scenes are drawn. Use all but 'usual' to evaluate, not to train."),
    ] = "usual",
    maker: Annotated[
        Literal["mitsuba", "luxcore", "painter", "volume", "lookalikes"] | None,
        typer.Option(help="Render legible photos with label pictures, by this maker."),
    ] = None,
) -> None:
    """Renders training photos. A stopped run continues where it was."""
    from data.render import photograph_bare_grounds, render_dataset
    from data.render.makers import find_maker
    from serve.inputs.paths import require_paths

    hairless = bare_backgrounds or marked_backgrounds
    if hairless and (backgrounds or regime or (bare_backgrounds and marked_backgrounds)):
        raise CommandError(
            "Give --bare-backgrounds or --marked-backgrounds alone, "
            "without --backgrounds and --regime."
        )
    if maker and (hairless or look != "usual"):
        raise CommandError(
            "Give --maker without --bare-backgrounds, --marked-backgrounds and --look."
        )
    require_paths(filter(None, (backgrounds, hairless)))
    with _render_progress(count) as show:
        if maker:
            find_maker(maker)(out, count, seed, backgrounds, regime, show)
        elif hairless:
            to_train = marked_backgrounds is not None
            photograph_bare_grounds(out, count, seed, hairless, to_train, show)
        else:
            render_dataset(out, count, seed, backgrounds, regime, look, show)


@contextmanager
def _render_progress(count: int) -> Iterator[Callable[[int, int], None]]:
    """Yields a progress callback; raises CommandError for values that cannot be rendered."""
    from rich.console import Console

    from serve.cli.console import progress_bar

    with require_extra("render"), progress_bar(Console(stderr=True)) as bar:
        task = bar.add_task("Rendering", total=count, rate="")
        try:
            yield lambda done, _: bar.update(task, completed=done)
        except ValueError as error:
            raise CommandError(f"{error}.") from error


def train(
    synthetic: Annotated[
        list[Path],
        typer.Option(
            help="Folder of photos from 'shedlight render'; may be repeated, best one a maker.",
            metavar="DIR",
        ),
    ],
    out: Annotated[Path, typer.Option(help="Folder for the new version and its report.")],
    network: Annotated[
        Network,
        typer.Option(help="What to train: to classify roots, to find hairs or to measure widths."),
    ] = "root",
    backgrounds: Annotated[
        Path | None,
        typer.Option(help="Photographed backgrounds for painted tiles (line-finder only)."),
    ] = None,
    tune: Annotated[
        bool, typer.Option(help="Start from the shipped weights: a shorter fit.")
    ] = False,
    from_shipped: Annotated[
        bool,
        typer.Option(
            help="Start the root network of all makers from the shipped weights, not ImageNet's."
        ),
    ] = False,
    seed: Seed = 0,
) -> None:
    """Trains a network on synthetic photos. A stopped run continues where it was."""
    from serve.inputs.paths import require_paths, require_renders

    if backgrounds and network != "line-finder":
        raise CommandError("--backgrounds goes with --network line-finder.")
    if from_shipped and (tune or network != "root"):
        raise CommandError("--from-shipped goes with --network root, and without --tune.")
    signal(SIGTERM, default_int_handler)  # as Ctrl-C: checkpoints stay
    with require_extra("train"):
        from model.version import SHIPPED
        from training.line_finder.fit import LinePlan
        from training.line_finder.train import (
            PAINTED_TILES,
            TUNING,
            TUNING_TILES,
            train_line_net,
        )
        from training.shaft_width import train as widths
        from training.shaft_width.fit import WidthPlan
        from training.train import train_root_net
        from training.tune import tune_root_net

        require_renders(synthetic)
        require_paths(filter(None, (backgrounds,)))
        with exclusive(out):
            if network == "root" and tune:
                tune_root_net(synthetic, out, seed)
                typer.echo(f"Tuned. See {out / 'version' / 'model_card.md'}")
            elif network == "root":
                train_root_net(synthetic, out, seed, start=SHIPPED if from_shipped else None)
                typer.echo(f"Trained. See {out / 'report.html'}")
            else:
                if network == "width":
                    strips, copies = (
                        (widths.TUNING, widths.TUNING_COPIES)
                        if tune
                        else (WidthPlan(), widths.COPIES)
                    )
                    widths.train_width_nets(synthetic, out, seed, strips, copies, tune)
                else:
                    plan, tiles = (TUNING, TUNING_TILES) if tune else (LinePlan(), PAINTED_TILES)
                    train_line_net(synthetic, out, seed, plan, backgrounds, tiles, tune)
                typer.echo(f"Trained. The weights are in {out / 'version'}")


def retrain(
    labels: Annotated[
        list[Path],
        typer.Argument(help="Folders, zips, CSV, JSON and XML files.", metavar="LABELS..."),
    ],
    out: Annotated[Path, typer.Option(help="Folder for the new version and its report.")],
    arch: Annotated[
        Literal["rootnet", "mobilenet_v3_small", "resnet18"],
        typer.Option(help="The network. All but rootnet start from random weights."),
    ] = "rootnet",
    promote: Annotated[
        bool, typer.Option(help="Promote the new version if it is significantly better.")
    ] = True,
    seed: Seed = 0,
    models: ModelsFolder = MODELS_FOLDER,
) -> None:
    """Retrains the shipped model on people's labels. A stopped run continues where it was.

    The new version is promoted only if it is better on labels that it was not trained on.
    """
    from serve.inputs.paths import require_paths

    check_out_is_apart(out, labels)
    require_paths(labels)
    signal(SIGTERM, default_int_handler)  # as Ctrl-C: checkpoints stay
    with require_extra("train"):
        from training.retrain.command import retrain_and_report
        from training.retrain.retrain import RetrainConfig

        with exclusive(out):
            config = RetrainConfig(arch, promote, seed)
            outcome = retrain_and_report(labels, out, models, config)
    if outcome.challenger is None:
        raise typer.Exit(ExitStatus.FAILED)
