"""``shedlight validate`` and ``shedlight compare``: looking at results that are there."""

from pathlib import Path
from typing import Annotated

import typer

from serve.errors import ExitStatus

_MOST_TOLD = 100


def validate(
    results: Annotated[Path, typer.Argument(help="A results.jsonl.", metavar="RESULTS")],
) -> None:
    """Checks that results are in the format, and says where they are not.

    Exit status:
    0 every line is in the format
    2 some are not
    1 the file cannot be read
    """
    from itertools import islice

    from serve.batch.validate import format_problems

    problems = [*islice(format_problems(results), _MOST_TOLD + 1)]
    for problem in problems[:_MOST_TOLD]:
        typer.echo(str(problem))
    if len(problems) > _MOST_TOLD:
        typer.echo("And more.")
    if problems:
        raise typer.Exit(ExitStatus.SOME_REFUSED)
    typer.echo("Every line is in the format.")


def compare(
    before: Annotated[Path, typer.Argument(help="Folder or results.jsonl of one run.")],
    after: Annotated[Path, typer.Argument(help="The same of another run on the same photos.")],
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("compare.html"),
) -> None:
    """Shows on one page, with pictures, what two runs say differently."""
    from data.io.files import atomic_writer
    from serve.batch import RESULTS
    from serve.batch.compare import compare_files, comparison_page

    files = [path / RESULTS if path.is_dir() else path for path in (before, after)]
    comparison = compare_files(*files)
    with atomic_writer(out) as file:
        file.write(comparison_page(comparison, *files))
    same = f"{comparison.same} of {comparison.both}"
    typer.echo(f"{same} photos have the same hairs with the same labels. See {out}")
