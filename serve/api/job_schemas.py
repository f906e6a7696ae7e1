"""Answers about batches and trainings, as the API documents and validates them."""

from pydantic import BaseModel, ConfigDict, Field

from serve.advice.advise import Advice
from serve.advice.in_words import InWords
from serve.api.schemas import SummaryAnswer, Timestamp
from serve.jobs.state import BatchStage, BatchState, TrainingStage
from serve.jobs.training.label_counts import MIN_LABELS, MIN_OF_KIND

BATCHES = "/v1/batches"
BATCH = BATCHES + "/{batch_id}"
BATCH_ID = "Unguessable id. Anyone who has it can read and delete this batch."


class RetakeCount(BaseModel):
    """A finding about the quality of photos, and the number of photos that have it."""

    code: str
    photos: int = Field(ge=0)
    message: str


class BatchOutcome(BaseModel):
    """The summary of all photos of a batch, the advice on it, and what to photograph again."""

    pool: SummaryAnswer
    in_words: InWords
    advice: list[Advice]
    common_findings: list[str] = Field(description="codes that half of the photos or more have")
    retake: list[RetakeCount]


class BatchError(BaseModel):
    """Why a batch was stopped."""

    code: str
    message: str


class BatchLinks(BaseModel):
    """The addresses of a batch."""

    self: str
    events: str
    results: str


class BatchAnswer(BaseModel):
    """The state of a batch; ``answer`` is null until it is done."""

    id: str = Field(description=BATCH_ID)
    state: BatchStage
    photos: int = Field(ge=0, description="photos that get a line in the results")
    skipped: int = Field(ge=0, description="files of zips that are not images by their names")
    done: int = Field(ge=0)
    rejected: int = Field(ge=0, description="of those done")
    failed: int = Field(ge=0, description="of those done")
    expires_at: Timestamp | None = Field(description="when it is deleted; null until it ends")
    error: BatchError | None
    answer: BatchOutcome | None
    links: BatchLinks

    @classmethod
    def of(cls, batch_id: str, state: BatchState, root_path: str) -> "BatchAnswer":
        """The answer about a batch in this state."""
        here = root_path + BATCH.format(batch_id=batch_id)
        links = BatchLinks(self=here, events=f"{here}/events", results=f"{here}/results")
        return cls(id=batch_id, **state.as_json(), links=links)


class NeededLabels(BaseModel):
    """The labels that a training needs: in total, and of telogen and of anagen each."""

    labels: int = MIN_LABELS
    of_kind: int = MIN_OF_KIND


class TrainingOutcome(BaseModel):
    """The result of a training; ``promoted`` means that its version is active."""

    verdict: str
    reason: str
    promoted: bool
    champion: str
    challenger: str | None
    labels: dict[str, int]
    photos: int
    groups: int
    gain: float | None
    p_value: float | None


class TrainingProgress(BaseModel):
    """How far a training is."""

    state: TrainingStage
    step: str = Field(description="the current step")
    done: float = Field(ge=0, le=1)
    message: str | None = Field(description="why the training failed")


class TrainingStatus(BaseModel):
    """The labels, the last training and its outcome, and the active version of the model."""

    labels: dict[str, int] = Field(description="labels by kind")
    waiting: int = Field(description="labels that no finished training has used")
    needed: NeededLabels = NeededLabels()
    missing: str | None = Field(description="what is missing before a training can start")
    state: TrainingStage
    step: str = Field(description="the current step")
    done: float = Field(ge=0, le=1)
    message: str | None = Field(description="why the training failed")
    outcome: TrainingOutcome | None
    champion: str = Field(description="the active version of the model")
    can_roll_back: bool


class PromotionRequest(BaseModel):
    """The version to promote; it has to be that of the last training."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"version": "5e1f02aa"}}
    )

    version: str
