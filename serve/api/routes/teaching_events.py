"""How a training goes on, as server-sent events."""

import json
from collections.abc import AsyncIterator, Callable

from serve.api.sse import event_stream
from serve.jobs.training.state import TeachingState
from serve.jobs.training.storage import TeachingFolder


def events(folder: TeachingFolder, stopping: Callable[[], bool]) -> AsyncIterator[str]:
    """The ``event_stream`` of a training."""
    return event_stream(lambda _: folder.state(), _event, stopping)


def _event(name: str, state: TeachingState) -> str:
    return f"event: {name}\ndata: {json.dumps(state.as_json())}\n\n"
