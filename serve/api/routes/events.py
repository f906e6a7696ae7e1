"""How a batch goes on, as server-sent events."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from data.errors import ShedlightError
from data.io.jsonl import Json
from serve.api.sse import event_stream
from serve.jobs.batches.storage import BatchFolder
from serve.jobs.state import BatchStage, BatchState

EVENTS = "text/event-stream"


def events(
    folder: BatchFolder, told: Callable[[BatchState], Json], stopping: Callable[[], bool]
) -> AsyncIterator[str]:
    """The ``event_stream`` of a batch."""

    def look(last: BatchState | None) -> BatchState:
        return _state(folder, last)

    def tell(name: str, state: BatchState) -> str:
        return _event(name, told(state))

    return event_stream(look, tell, stopping)


def _state(folder: BatchFolder, last: BatchState | None) -> BatchState:
    """Raises BATCH_NOT_FOUND for one that was never seen; one that is deleted has stopped."""
    try:
        return folder.state()
    except ShedlightError:
        if last is None:
            raise
        return replace(last, stage=BatchStage.STOPPED)


def _event(name: str, told: Json) -> str:
    return f"event: {name}\nid: {told['done']}\ndata: {json.dumps(told)}\n\n"
