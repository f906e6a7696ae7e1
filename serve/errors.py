"""Packages of somebody else's that only some commands need."""

from collections.abc import Iterator
from contextlib import contextmanager

from serve.refused import RefusedError

_OURS = {"data", "model", "training", "serve"}


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Says which extra to install when a package of somebody else's is missing: RefusedError."""
    try:
        yield
    except ImportError as error:
        if error.name is not None and error.name.split(".")[0] in _OURS:
            raise
        raise RefusedError(
            f"This command needs packages that are not here; install 'shedlight[{extra}]'."
        ) from error
