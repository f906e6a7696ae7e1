"""How far a batch is, as its folder tells."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from data.io.jsonl import Json


class BatchStage(StrEnum):
    """Where a batch is on its way."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True)
class BatchState:
    """How many of ``photos`` have a line in the results, and of those how many were no use.

    ``skipped`` files of zips were no pictures by their names. ``error`` says why a batch was
    stopped before its end, and ``answer`` what all photos say together once they are done.
    """

    stage: BatchStage
    photos: int
    skipped: int = 0
    done: int = 0
    rejected: int = 0
    failed: int = 0
    expires_at: datetime | None = None
    error: Json | None = None
    answer: Json | None = None

    @property
    def has_ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.stage in (BatchStage.DONE, BatchStage.STOPPED)

    def as_json(self) -> Json:
        """As it is written, and answered."""
        told = asdict(self)
        end = self.expires_at and self.expires_at.isoformat()
        return {"state": told.pop("stage").value} | told | {"expires_at": end}

    @classmethod
    def of_json(cls, told: Json) -> "BatchState":
        """The state that was written."""
        end = told["expires_at"] and datetime.fromisoformat(told["expires_at"])
        rest = {name: value for name, value in told.items() if name != "state"}
        return cls(BatchStage(told["state"]), **(rest | {"expires_at": end}))
