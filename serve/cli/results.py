"""Commands on photos and results that exist: validate, compare, explain and glossary."""

from pathlib import Path
from typing import Annotated

import typer

from data.texts.catalogue import DEFAULT_LANGUAGE, texts_in
from serve.cli.language import Language, checked_language
from serve.cli.score import RootsInView, ScaleText, parsed_scale
from serve.defaults import MODELS_FOLDER, ModelsFolder
from serve.errors import ExitStatus

_MAX_PROBLEMS = 100


def validate(
    results: Annotated[Path, typer.Argument(help="A results.jsonl.", metavar="RESULTS")],
) -> None:
    """Checks that results have the documented format, and lists where they do not.

    Exit status:
    0 every line has the format
    2 some lines do not
    1 the file cannot be read
    """
    from itertools import islice

    from serve.batch.validate import format_problems

    problems = [*islice(format_problems(results), _MAX_PROBLEMS + 1)]
    for problem in problems[:_MAX_PROBLEMS]:
        typer.echo(str(problem))
    if len(problems) > _MAX_PROBLEMS:
        typer.echo("And more.")
    if problems:
        raise typer.Exit(ExitStatus.PARTIAL)
    typer.echo("Every line is in the format.")


def compare(
    before: Annotated[Path, typer.Argument(help="Folder or results.jsonl of one run.")],
    after: Annotated[Path, typer.Argument(help="The same of another run on the same photos.")],
    out: Annotated[Path, typer.Option(help="The page to write.")] = Path("compare.html"),
) -> None:
    """Writes a page with pictures of all differences between two runs."""
    from data.io.files import atomic_writer
    from serve.batch import RESULTS
    from serve.batch.compare import compare_files, comparison_page

    files = [path / RESULTS if path.is_dir() else path for path in (before, after)]
    comparison = compare_files(*files)
    with atomic_writer(out) as file:
        file.write(comparison_page(comparison, *files))
    same = f"{comparison.same} of {comparison.both}"
    typer.echo(f"{same} photos have the same hairs with the same labels. See {out}")


def explain(
    photo: Annotated[Path, typer.Argument(help="The photo to analyse.")],
    out: Annotated[Path, typer.Option(help="Folder for the pictures.")],
    roots_in_view: RootsInView = False,
    scale: ScaleText = "auto",
    models: ModelsFolder = MODELS_FOLDER,
) -> None:
    """Draws every stage of one photo, to show where a hair was lost."""
    from model.inference.line_finder import shipped_finder
    from serve.drawing.explain import explain_file
    from serve.inputs.paths import require_paths
    from serve.scoring.model import load_active_scorer

    require_paths([photo])
    wanted = parsed_scale(scale)
    scorer = load_active_scorer(models)()
    for picture in explain_file(photo, out, scorer, shipped_finder(), roots_in_view, wanted):
        typer.echo(picture)


def glossary(language: Language = DEFAULT_LANGUAGE) -> None:
    """Explains the terms in a result, one line each."""
    from serve.advice.in_words import glossary as terms

    for term, meaning in terms(texts_in(checked_language(language))).items():
        typer.echo(f"{term}: {meaning}")
