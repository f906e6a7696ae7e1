"""Packages of somebody else's that only some commands need.

What ends a command with one sentence.

What the command line's exit status means.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum


class CommandError(Exception):
    """A command cannot do what was asked; the message is one sentence for the user."""


_OURS = {"data", "model", "training", "serve"}


@contextmanager
def require_extra(extra: str) -> Iterator[None]:
    """Says which extra to install when a package of somebody else's is missing: RefusedError."""
    try:
        yield
    except ImportError as error:
        if error.name is not None and error.name.split(".")[0] in _OURS:
            raise
        raise CommandError(
            f"This command needs packages that are not here; install 'shedlight[{extra}]'."
        ) from error


class ExitStatus(IntEnum):
    """The exit statuses of ``shedlight``."""

    FINE = 0
    """All photos were scored, or show no hairs."""
    NOTHING_DONE = 1
    """No photo could be scored, or the command was not understood."""
    SOME_REFUSED = 2
    """Some photos were rejected or failed."""
    STOPPED = 130
    """Stopped with Ctrl-C (128 + SIGINT)."""
