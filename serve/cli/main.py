"""The command line. Heavy packages are imported by the commands that need them."""

import sys
import warnings
from collections.abc import Callable
from io import TextIOWrapper

import typer

from serve.cli.card import card
from serve.cli.labels import check_labels, labels_app, suggest
from serve.cli.models import models_app
from serve.cli.results import compare, explain, glossary, validate
from serve.cli.score import score
from serve.cli.server import about, serve
from serve.cli.study import study_app
from serve.cli.train import render, retrain, train
from serve.errors import message_and_status

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Labels the roots of shed hairs in photos: telogen club, or a hair torn while growing?",
)

_COMMANDS: list[Callable[..., None]] = [score, explain, validate, compare]
_COMMANDS += [card, check_labels, suggest, retrain, render, train]
for command in _COMMANDS:
    app.command(no_args_is_help=True)(command)
app.add_typer(labels_app, name="labels")
app.add_typer(models_app, name="models")
app.add_typer(study_app, name="study")
for command in (serve, glossary, about):
    app.command()(command)


def main() -> None:
    """Entry point. Prints errors as one line, without a traceback, and exits with the status.

    Letters that the encoding of the output lacks are replaced.
    """
    warnings.filterwarnings("ignore", module=r"PIL\.")  # remarks on damaged files
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # None or another stream where there is no console
            stream.reconfigure(errors="replace")
    try:
        status = app(standalone_mode=False)
    except (Exception, KeyboardInterrupt) as error:
        message, status = message_and_status(error)
        typer.echo(message, err=True)
    sys.exit(status)
