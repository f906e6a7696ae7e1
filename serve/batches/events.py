"""How a batch goes on, as server-sent events."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from time import monotonic

from anyio import sleep, to_thread

from data.errors import ShedlightError
from serve.batches.folder import BatchFolder
from serve.batches.state import BatchState, Json, Stage

LOOK_S = 0.3
"""Seconds between two looks at the folder: any server may be the one that scores."""
HEARTBEAT_S = 15.0
"""Proxies take a line on which nothing is said for broken, many after 30 or 60 seconds."""
EVENTS = "text/event-stream"


async def events(
    folder: BatchFolder, told: Callable[[BatchState], Json], stopping: Callable[[], bool]
) -> AsyncIterator[str]:
    """``progress`` now and whenever something changes, then ``done`` once. Who comes back later
    gets the state as it is by then, so none needs to be told twice."""
    last, spoke_s = None, monotonic()
    while not stopping():
        state = await to_thread.run_sync(_state, folder, last)
        if state != last:
            yield _event("done" if state.has_ended else "progress", told(state))
        elif monotonic() - spoke_s > HEARTBEAT_S:
            yield ": still here\n\n"
        else:
            await sleep(LOOK_S)
            continue
        last, spoke_s = state, monotonic()
        if state.has_ended:
            return


def _state(folder: BatchFolder, last: BatchState | None) -> BatchState:
    """Raises BATCH_NOT_FOUND for one that was never seen; one that is deleted has stopped."""
    try:
        return folder.state()
    except ShedlightError:
        if last is None:
            raise
        return replace(last, stage=Stage.STOPPED)


def _event(name: str, told: Json) -> str:
    return f"event: {name}\nid: {told['done']}\ndata: {json.dumps(told)}\n\n"
