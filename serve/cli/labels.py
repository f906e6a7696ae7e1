"""``shedlight labels``: what is understood of labels, before anything is trained on them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from serve.errors import CommandError, ExitStatus

SHEET = "labels.png"


def labels(
    paths: Annotated[
        list[Path], typer.Argument(help="Folders and zips with labels.", metavar="DIR...")
    ],
    out: Annotated[
        Path | None, typer.Option(help=f"Folder for {SHEET}, the labelled crops to look through.")
    ] = None,
) -> None:
    """Tells what is understood of labels; nothing is trained, and nothing of theirs changed.

    Exit status:
    0 all labels can be trained on
    2 there are problems; each is told with its file and row
    1 no label can be trained on
    """
    from rich.console import Console
    from rich.progress import track

    from model.inference.line_finder import shipped_finder
    from training.labels.folds import split
    from training.labels.label_set import load_labels
    from training.labels.preview import in_words

    refuse_within(out, paths)
    errors, screen = Console(stderr=True), Console(highlight=False, markup=False, soft_wrap=True)
    understood = load_labels(
        paths,
        shipped_finder(),
        lambda files: track(
            files, "Looking at pictures", console=errors, disable=not errors.is_terminal
        ),
    )
    for line in in_words(understood, split(understood.hairs, understood.groups)):
        screen.print(line)
    if out and understood.hairs:
        from training.labels.preview import draw_sheet

        out.mkdir(parents=True, exist_ok=True)
        draw_sheet(understood.hairs).save(out / SHEET)
        screen.print(f"The labelled crops: {out / SHEET}")
    if not understood.hairs:
        raise typer.Exit(ExitStatus.NOTHING_DONE)
    raise typer.Exit(ExitStatus.SOME_REFUSED if understood.problems else ExitStatus.FINE)


def refuse_within(out: Path | None, paths: Sequence[Path]) -> None:
    """Raises RefusedError if ``out`` is one of ``paths``, or within one."""
    if out and any(path.resolve() in (out.resolve(), *out.resolve().parents) for path in paths):
        raise CommandError("Give a folder for --out that is not among the labels.")
