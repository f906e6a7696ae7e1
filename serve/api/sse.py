"""Server-sent events about a job, from its state on disk."""

from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from anyio import sleep, to_thread
from fastapi.sse import EventSourceResponse

from serve.jobs.state import JobState

POLL_INTERVAL_S = 0.3
"""Any server may run the job, so its state is polled."""


class EventStream(EventSourceResponse):
    """Response class of routes that yield server-sent events; FastAPI pings every 15 s."""

    # Else FastAPI documents the errors of these routes as event streams, too.
    media_type = None  # type: ignore[assignment]


State = TypeVar("State", bound=JobState)


async def state_events(
    state: Callable[[], State], stopping: Callable[[], bool]
) -> AsyncIterator[tuple[str, State]]:
    """Yields ("progress", state) now and after every change, and ("done", state) at the end.

    Stops without "done" when the server is ``stopping``. ``state`` may block.
    """
    last = None
    while not stopping():
        now = await to_thread.run_sync(state)
        if now.has_ended:
            yield "done", now
            return
        if now != last:
            yield "progress", now
        last = now
        await sleep(POLL_INTERVAL_S)
