"""State of a batch or a training, as its folder stores it and the API reports it.

All state of a job lies in its folder, so that every server on the same disk can answer.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Self

from pydantic import Field, TypeAdapter

from data.io.jsonl import Json

_NOT_ENDED = frozenset({"waiting", "running"})


class JobState:
    """Base of the states of jobs: frozen dataclasses with a ``stage``, called ``state`` in JSON."""

    stage: StrEnum

    @property
    def has_ended(self) -> bool:
        """Whether the job is neither waiting nor running."""
        return self.stage not in _NOT_ENDED

    def as_json(self) -> Json:
        """The JSON object that is stored and answered; times in ISO 8601."""
        record: Json = asdict(self)  # type: ignore[call-overload]  # every subclass is a dataclass
        times = {name: t.isoformat() for name, t in record.items() if isinstance(t, datetime)}
        return {"state": record.pop("stage").value} | record | times

    @classmethod
    def parse(cls, text: str | bytes) -> Self:
        """The state that ``as_json`` wrote; raises ValueError."""
        state: Self = cls._adapter().validate_json(text)
        return state

    @classmethod
    @cache
    def _adapter(cls) -> TypeAdapter[Any]:
        return TypeAdapter(cls)


class BatchStage(StrEnum):
    """Stage of a batch."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True)
class BatchState(JobState):
    """Progress of a batch. ``done`` of its ``photos`` have a line in the results.

    ``rejected`` and ``failed`` are those among them without hairs for these reasons. ``skipped``
    files of zips are not pictures by their names. ``error`` is the reason why a batch
    was stopped early, and ``answer`` summarizes all photos once they are done.
    """

    stage: Annotated[BatchStage, Field(alias="state")]
    photos: int
    skipped: int = 0
    done: int = 0
    rejected: int = 0
    failed: int = 0
    expires_at: datetime | None = None
    error: Json | None = None
    answer: Json | None = None


class TrainingStage(StrEnum):
    """Stage of a training; ``idle`` before the first one."""

    IDLE = "idle"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class TrainingState(JobState):
    """Progress of a training: the current ``step`` in words and the share ``done``, 0 to 1.

    ``message`` is the reason why it failed.
    """

    stage: Annotated[TrainingStage, Field(alias="state")]
    step: str = ""
    done: float = 0.0
    message: str | None = None
