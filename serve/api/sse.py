"""Server-sent events of something that goes on until it has ended."""

from collections.abc import AsyncIterator, Callable
from time import monotonic
from typing import Protocol, TypeVar

from anyio import sleep, to_thread

LOOK_S = 0.3
"""Seconds between two looks: any server may be the one that goes on with it."""
HEARTBEAT_S = 15.0
"""Proxies take a line on which nothing is said for broken, many after 30 or 60 seconds."""


class Watched(Protocol):
    """How far something is."""

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will change."""


State = TypeVar("State", bound=Watched)


async def event_stream(
    look: Callable[[State | None], State],
    tell: Callable[[str, State], str],
    stopping: Callable[[], bool],
) -> AsyncIterator[str]:
    """``progress`` now and whenever something changes, then ``done`` once, however it ended.

    ``look`` gets the state that was told last, None at first. Who comes back later gets the state
    as it is by then, so none needs to be told twice.
    """
    last, spoke_s = None, monotonic()
    while not stopping():
        state = await to_thread.run_sync(look, last)
        if state != last:
            yield tell("done" if state.has_ended else "progress", state)
        elif monotonic() - spoke_s > HEARTBEAT_S:
            yield ": still here\n\n"
        else:
            await sleep(LOOK_S)
            continue
        last, spoke_s = state, monotonic()
        if state.has_ended:
            return
