"""Errors of the command line, with the sentence and the exit status of each."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import cast

import typer

from data.errors import ShedlightError
from data.io.jsonl import JsonLinesError

_PACKAGES = {"data", "model", "training", "serve"}
_USAGE_ERROR: type[Exception] = typer.BadParameter.mro()[1]


class CommandError(Exception):
    """A command cannot run as requested; the message is one or two sentences for the user."""


class ExitStatus(IntEnum):
    """The exit statuses of ``shedlight``."""

    OK = 0
    """All photos were scored, or show no hairs."""
    FAILED = 1
    """Nothing was done: no photo could be scored, or the command line is wrong."""
    PARTIAL = 2
    """Some photos were rejected or failed, or some labels have problems."""
    STOPPED = 130
    """Stopped with Ctrl-C (128 + SIGINT)."""


@contextmanager
def require_extra(extra: str) -> Iterator[None]:
    """Raises CommandError that names the ``extra`` to install when a package is missing."""
    try:
        yield
    except ImportError as error:
        if error.name is not None and error.name.split(".")[0] in _PACKAGES:
            raise
        raise CommandError(
            f"This command needs packages that are not installed. Install 'shedlight[{extra}]'."
        ) from error


def message_and_status(error: BaseException) -> tuple[str, ExitStatus]:
    """The sentence and the exit status of an expected error; raises any other error again."""
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return "Stopped.", ExitStatus.STOPPED
    if isinstance(error, _USAGE_ERROR):
        return cast(typer.BadParameter, error).format_message(), ExitStatus.FAILED
    if isinstance(error, ShedlightError):
        return error.message, ExitStatus.FAILED
    if isinstance(error, OSError):
        return f"{error.filename or 'A file'}: {error.strerror or error}.", ExitStatus.FAILED
    from model.registry.registry import RegistryError  # late: --help loads no model

    if isinstance(error, CommandError | JsonLinesError | RegistryError):
        return str(error), ExitStatus.FAILED
    raise error
