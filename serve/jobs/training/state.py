"""How far a training is, as its folder tells."""

from dataclasses import dataclass
from enum import StrEnum

from data.io.jsonl import Json


class TrainingStage(StrEnum):
    """Where a training is on its way; ``idle`` where there was none yet."""

    IDLE = "idle"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True)
class TrainingState:
    """``step`` is what it is at, in words, and ``done`` the part that is behind it, 0 to 1;
    ``message`` says why it failed."""

    stage: TrainingStage
    step: str = ""
    done: float = 0.0
    message: str | None = None

    @property
    def has_ended(self) -> bool:
        """Whether nothing will change any more until the next one starts."""
        return self.stage is not TrainingStage.RUNNING

    def as_json(self) -> Json:
        """As it is answered, and written."""
        return {
            "state": self.stage.value,
            "step": self.step,
            "done": self.done,
            "message": self.message,
        }

    @classmethod
    def of_json(cls, told: Json) -> "TrainingState":
        """The state that was written."""
        return cls(TrainingStage(told["state"]), told["step"], float(told["done"]), told["message"])
