"""Requests that have begun and not yet ended."""

from collections.abc import Iterator
from contextlib import contextmanager

from anyio import sleep

LOOK_S = 0.1
"""Seconds between two looks whether all have ended."""


class Visits:
    """Counts the requests that use something which is to be closed once none does any more.

    For the event loop's thread.
    """

    def __init__(self) -> None:
        self.inside = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """A request, from its beginning to its end."""
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1

    async def ended(self) -> None:
        """Waits until there is none."""
        while self.inside:
            await sleep(LOOK_S)
