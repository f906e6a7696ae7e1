"""``shedlight study``: the measurements behind the documentation. All need the extra 'train'."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from serve.cli.train import Seed
from serve.errors import CommandError, require_extra

study_app = typer.Typer(
    no_args_is_help=True, help="Measures models on synthetic photos, as in the documentation."
)

Unseen = Annotated[
    Path, typer.Argument(help="Photos of 'shedlight render' that the version was not trained on.")
]


class LabelOrder(StrEnum):
    """In which order a simulated person labels hairs (``training.simulation.simulate.ORDERS``)."""

    RANDOM = "random"
    MISTAKEN = "mistaken"
    ACTIVE = "active"
    SHUFFLED = "shuffled"
    SCATTERED = "scattered"


@study_app.command("no-hair", no_args_is_help=True)
def no_hair(
    folders: Annotated[
        list[Path], typer.Argument(help="Folders of photos without hair.", metavar="FOLDER...")
    ],
    version: Annotated[
        Path | None, typer.Option(help="Folder of a version; by default the shipped one.")
    ] = None,
) -> None:
    """Counts false hairs: strands proposed, listed and labelled in photos without hair."""
    from rich.console import Console

    with require_extra("train"):
        from model.scorer import Scorer
        from training.studies.no_hair import count_false_hairs, counts_table

        scorer = Scorer.load(version) if version else Scorer.shipped()
        try:
            counts = count_false_hairs(folders, scorer)
        except ValueError as error:
            raise CommandError(f"{error}.") from error
    screen = Console(highlight=False)
    screen.print(counts_table(counts))
    screen.print(f"{counts.photos_with_a_label} photos have a labelled hair.")


@study_app.command("lookalikes", no_args_is_help=True)
def lookalikes(
    out: Annotated[Path, typer.Argument(help="Folder for the scenes; those in it are used.")],
    per_kind: Annotated[int, typer.Option(help="Scenes of each kind.", min=1)] = 30,
    seed: Annotated[
        int, typer.Option(help="Seed of the scenes; from 900 on they are never trained on.", min=0)
    ] = 901,
    version: Annotated[
        Path | None, typer.Option(help="Folder of a version; by default the shipped one.")
    ] = None,
    line_net: Annotated[
        Path | None, typer.Option(help="Folder of a line network; by default the shipped one.")
    ] = None,
) -> None:
    """Draws scale bars, rulers, print, paper, skin and the like; counts what is taken for hair."""
    from rich.console import Console

    with require_extra("train"):
        from data.render.lookalikes.dataset import KINDS, draw_lookalikes
        from model.inference.line_finder import StrandFinder, load_line_detector
        from model.inference.width_meter import shipped_width_meter
        from model.scorer import Scorer
        from model.version import SHIPPED
        from training.studies.lookalikes import count_lookalikes, counts_table

        meter = shipped_width_meter()
        finder = StrandFinder(load_line_detector(line_net), meter) if line_net else None
        scorer = Scorer.load(version or SHIPPED, finder)
        draw_lookalikes(out, per_kind * len(KINDS), seed)
        counts = count_lookalikes(out, scorer, per_kind)
    Console(highlight=False, width=140).print(counts_table(counts))


@study_app.command("held-out", no_args_is_help=True)
def held_out(
    version: Annotated[Path, typer.Argument(help="Folder of the version.")],
    synthetic: Unseen,
    out: Annotated[Path, typer.Argument(help="Folder for held_out_photos.csv.")],
) -> None:
    """Counts the labels that a version gives to held-out hairs, photo by photo."""
    from serve.inputs.paths import require_renders

    require_renders((synthetic,))
    with require_extra("train"):
        from training.studies.held_out import write_held_out_counts

        typer.echo(write_held_out_counts(version, synthetic, out))


@study_app.command("baselines", no_args_is_help=True)
def baselines(
    synthetic: Annotated[Path, typer.Argument(help="Folder of photos from 'shedlight render'.")],
    out: Annotated[Path, typer.Argument(help="Folder for the networks and their comparison.")],
    epochs: Annotated[
        int | None, typer.Option(help="Epochs for each; by default as in training.", min=1)
    ] = None,
    seed: Seed = 0,
) -> None:
    """Trains well-known networks like the root network, and compares them."""
    from serve.inputs.paths import require_renders

    require_renders((synthetic,))
    with require_extra("train"):
        from training.fitting.root_net import FitPlan
        from training.studies.baselines import compare_networks

        plan = FitPlan(epochs=epochs or FitPlan.epochs, seed=seed)
        compare_networks(synthetic, out, plan)
    typer.echo(f"Compared. See {out / 'comparison.md'}")


@study_app.command("photo-quality", no_args_is_help=True)
def photo_quality(
    synthetic: Annotated[
        Path, typer.Argument(help="Photos of 'shedlight render'; only held-out ones are used.")
    ],
    out: Annotated[Path, typer.Argument(help="Folder for retake.json and retake.png.")],
) -> None:
    """Measures at which photo quality each finding fires, and what the labels are worth there."""
    from serve.inputs.paths import require_renders

    require_renders((synthetic,))
    with require_extra("train"):
        from training.studies.photo_quality.study import results_table, write_study

        typer.echo(results_table(write_study(synthetic, out)), nl=False)


@study_app.command("scale")
def scale(
    photos: Annotated[
        int, typer.Option(help="Photos to draw of each reference and tilt.", min=1)
    ] = 100,
    without: Annotated[int, typer.Option(help="Photos to draw without a reference.", min=0)] = 200,
    seed: Seed = 0,
) -> None:
    """Measures the scale found in drawn photos with a card, coin or ruler, and in some without."""
    from rich.console import Console
    from rich.table import Table

    with require_extra("train"):
        from training.studies.measures.scale_study import (
            ROW_HEADS,
            all_errors,
            errors_row,
            invented_scales,
        )

        table = Table(*ROW_HEADS)
        for result in all_errors(photos, seed):
            table.add_row(*errors_row(result))
        invented = list(invented_scales(without, seed))
    screen = Console(highlight=False)
    screen.print(table)
    screen.print(f"A scale was invented in {len(invented)} of {without} photos without one.")
    for things, source in invented:
        screen.print(f"{source.value} in: {things}")


@study_app.command("simulation", no_args_is_help=True)
def simulation(
    pool: Annotated[Path, typer.Argument(help="Photos of 'shedlight render' to label.")],
    test: Annotated[Path, typer.Argument(help="Photos of 'shedlight render' to test on.")],
    out: Annotated[Path, typer.Argument(help="Folder for runs.jsonl.")],
    order: Annotated[
        list[LabelOrder] | None,
        typer.Option(help="In which order labels are taken; may be repeated.  [default: random]"),
    ] = None,
    seed: Annotated[
        list[int] | None, typer.Option(help="May be repeated.  [default: 0 1 2 3 4]")
    ] = None,
    size: Annotated[
        list[int] | None,
        typer.Option(help="Number of labels; may be repeated.  [default: 25 50 100 200 400]"),
    ] = None,
) -> None:
    """Simulates a person who labels hairs and retrains; counts the errors that remain.

    Runs that OUT/runs.jsonl holds are not repeated.
    """
    with require_extra("train"):
        from training.simulation.simulate import SEEDS, SIZES, simulate

        for line in simulate(pool, test, out, order or ["random"], seed or SEEDS, size or SIZES):
            typer.echo(line)


@study_app.command("width", no_args_is_help=True)
def width(
    folders: Annotated[
        list[Path],
        typer.Argument(
            help="Folders of 'shedlight render' that no network was trained on.",
            metavar="FOLDER...",
        ),
    ],
    photos: Annotated[int, typer.Option(help="Photos of each folder.", min=1)] = 40,
    skeleton: Annotated[
        bool,
        typer.Option(help="Compare with a skeleton and a distance transform (needs scikit-image)."),
    ] = True,
) -> None:
    """Measures how true widths in micrometres are, by the width in pixels and blur."""
    from rich.console import Console
    from rich.table import Table

    with require_extra("train"):
        from model.inference.line_finder import shipped_finder
        from model.inference.width_meter import shipped_width_meter
        from training.studies.measures.width_study import (
            ROW_HEADS,
            errors_by_bin,
            errors_row,
            measured_widths,
        )

        finder, meter = shipped_finder(), shipped_width_meter()
        widths = [
            width
            for folder in folders
            for width in measured_widths(folder, finder, meter, photos, skeleton)
        ]
    table = Table(*ROW_HEADS)
    for errors in errors_by_bin(widths):
        table.add_row(*errors_row(errors))
    Console(highlight=False, width=140).print(table)


@study_app.command("change")
def change(
    people: Annotated[int, typer.Option(help="Simulated people of each kind.", min=1)] = 1000,
    seed: Seed = 0,
) -> None:
    """Counts false alarms and found changes over time, on simulated people."""
    from rich.console import Console
    from rich.table import Table

    with require_extra("train"):
        from training.studies.measures.change_study import (
            CHANGES,
            NO_CHANGE,
            ROW_HEADS,
            count_verdicts,
            counts_row,
        )

    for title, sudden in (("Over time", False), ("Before and after", True)):
        table = Table(*ROW_HEADS, title=title)
        for true in (NO_CHANGE, *CHANGES):
            for collections in (6, 8, 12, 24):
                table.add_row(*counts_row(count_verdicts(true, collections, people, seed, sudden)))
        Console(highlight=False, width=120).print(table)
