"""The command line. What is heavy is imported by the command that needs it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal, cast

import typer

from data.errors import ShedlightError
from data.io.jsonl import JsonLinesError
from serve.cli.label_queue import label_next
from serve.cli.labels import labels
from serve.cli.models import models_app
from serve.cli.results import compare, validate
from serve.cli.score import score
from serve.cli.train import train
from serve.defaults import MODELS_FOLDER, ModelsFolder
from serve.errors import CommandError, ExitStatus, require_extra

_USAGE_ERROR: type[Exception] = typer.BadParameter.mro()[1]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Reads the roots of shed hairs from photos: telogen club, or a hair torn while growing?",
)


def main() -> None:
    """Runs the command line and exits with its status; nobody meets a traceback."""
    try:
        status = app(standalone_mode=False)
    except _USAGE_ERROR as error:
        status = _say(cast(typer.BadParameter, error).format_message())
    except ShedlightError as error:
        status = _say(error.message)
    except (CommandError, JsonLinesError) as error:
        status = _say(str(error))
    except OSError as error:
        status = _say(f"{error.filename or 'A file'}: {error.strerror or error}.")
    except (KeyboardInterrupt, typer.Abort):
        status = _say("Stopped.", ExitStatus.STOPPED)
    sys.exit(status)


for command in (score, validate, compare):
    app.command(no_args_is_help=True)(command)
app.command(no_args_is_help=True)(labels)
app.command(no_args_is_help=True)(label_next)
app.command(no_args_is_help=True)(train)
app.add_typer(models_app, name="models")


@app.command()
def words() -> None:
    """Explains the words of a result, one line each."""
    from serve.advice.summary_text import glossary

    for word, meaning in glossary().items():
        typer.echo(f"{word}: {meaning}")


@app.command(no_args_is_help=True)
def explain(
    photo: Annotated[Path, typer.Argument(help="The photo to look into.")],
    out: Annotated[Path, typer.Option(help="Folder for the pictures.")],
    roots_in_view: Annotated[
        bool, typer.Option(help="The root ends of all hairs were laid in the picture.")
    ] = False,
    models: ModelsFolder = MODELS_FOLDER,
) -> None:
    """Draws every stage of one photo, to show where a hair was lost."""
    from model.inference.line_finder import shipped_line_detector
    from serve.drawing.explain import explain_file
    from serve.scoring.model import load_active_scorer

    scorer = load_active_scorer(models)()
    for picture in explain_file(photo, out, scorer, shipped_line_detector(), roots_in_view):
        typer.echo(picture)


@app.command()
def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on.", envvar="SHEDLIGHT_HOST")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Port to listen on.", envvar="SHEDLIGHT_PORT", min=0, max=65_535)
    ] = 8000,
    models: ModelsFolder = MODELS_FOLDER,
) -> None:
    """Starts the page and the API on this machine."""
    from pydantic import ValidationError

    from serve.api.server import serve_http
    from serve.app import create_app
    from serve.model_reload import ModelReloader
    from serve.settings import Settings

    try:
        settings = Settings(host=host, port=port, models=models)
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(["shedlight", *map(str, first["loc"])]).upper()
        raise CommandError(f"The setting {name} is wrong: {first['msg']}.") from error
    served = create_app(settings, succession=ModelReloader(settings))
    serve_http(served, host, port)


@app.command(no_args_is_help=True)
def render(
    out: Annotated[Path, typer.Argument(help="Folder for photos/ and truth.jsonl.")],
    count: Annotated[int, typer.Option(help="How many photos there shall be.", min=1)],
    seed: Annotated[int, typer.Option(help="Another seed gives other photos.", min=0)] = 0,
    grounds: Annotated[
        Path | None, typer.Option(help="Folder of photographed grounds to lay hairs on.")
    ] = None,
    regime: Annotated[
        list[str] | None,
        typer.Option(help="Only captures of this kind; may be repeated.", metavar="NAME"),
    ] = None,
    bare_grounds: Annotated[
        Path | None,
        typer.Option(help="No rendering: photos of this folder's held-out grounds, without hair."),
    ] = None,
    marked_grounds: Annotated[
        Path | None,
        typer.Option(help="The same of its other grounds, most with print or pen: to train on."),
    ] = None,
    look: Annotated[
        Literal["usual", "second", "light-table"],
        typer.Option(help="Anything but usual is by other means: for measuring, not to train on."),
    ] = "usual",
) -> None:
    """Renders training photos; a run that was stopped goes on where it was."""
    from data.render import photograph_bare_grounds, render_dataset

    hairless = bare_grounds or marked_grounds
    if hairless and (grounds or regime or (bare_grounds and marked_grounds)):
        raise CommandError(
            "Give --bare-grounds or --marked-grounds alone, without --grounds and --regime."
        )
    with _rendering(count) as show:
        if hairless:
            to_train = marked_grounds is not None
            photograph_bare_grounds(out, count, seed, hairless, to_train, show)
        else:
            render_dataset(out, count, seed, grounds, regime, look, show)


@contextmanager
def _rendering(count: int) -> Iterator[Callable[[int, int], None]]:
    """What shows how many are done; a value that cannot be rendered is one sentence."""
    from rich.console import Console

    from serve.cli.score import progress_bar

    with require_extra("render"), progress_bar(Console(stderr=True)) as bar:
        task = bar.add_task("Rendering", total=count, rate="")
        try:
            yield lambda done, _: bar.update(task, completed=done)
        except ValueError as error:
            raise CommandError(f"{error}.") from error


@app.command(no_args_is_help=True)
def train_finder(
    rendered: Annotated[Path, typer.Option(help="Folder that 'shedlight render' filled.")],
    out: Annotated[Path, typer.Option(help="Folder for the new weights and what they came from.")],
    seed: Annotated[int, typer.Option(help="For the same result again.", min=0)] = 0,
    grounds: Annotated[
        Path | None, typer.Option(help="Folder of photographed grounds to draw hairs on.")
    ] = None,
) -> None:
    """Trains the network that sees where hairs run; a stopped run goes on where it was."""
    with require_extra("train"):
        from training.line_finder.train import train_lines

        train_lines(rendered, out, seed, grounds=grounds)
    typer.echo(f"Trained. The weights are in {out / 'version'}")


def _say(sentence: str, status: ExitStatus = ExitStatus.NOTHING_DONE) -> ExitStatus:
    typer.echo(sentence, err=True)
    return status
