"""How a training goes on, as server-sent events."""

import json
from collections.abc import AsyncIterator, Callable
from time import monotonic

from anyio import sleep, to_thread

from serve.batches.events import HEARTBEAT_S, LOOK_S
from serve.teaching.folder import TeachingFolder
from serve.teaching.state import TeachingState


async def events(folder: TeachingFolder, stopping: Callable[[], bool]) -> AsyncIterator[str]:
    """``progress`` now and whenever something changes, then ``done`` once, however it ended."""
    last, spoke_s = None, monotonic()
    while not stopping():
        state = await to_thread.run_sync(folder.state)
        if state != last:
            yield _event(state)
        elif monotonic() - spoke_s > HEARTBEAT_S:
            yield ": still here\n\n"
        else:
            await sleep(LOOK_S)
            continue
        last, spoke_s = state, monotonic()
        if state.has_ended:
            return


def _event(state: TeachingState) -> str:
    name = "done" if state.has_ended else "progress"
    return f"event: {name}\ndata: {json.dumps(state.as_json())}\n\n"
