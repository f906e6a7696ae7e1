"""``/v1/training``: retraining on the labels that are kept, and which version is in force.

How a training goes on, as server-sent events.
"""

import json
from collections.abc import AsyncIterator, Callable

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from model.registry.registry import Registry
from serve.api.openapi import event_stream, failures, file_answer
from serve.api.permissions import Allowed
from serve.api.routes.events import EVENTS
from serve.api.sse import event_stream as stream
from serve.jobs.batches.queue import BatchQueueDep
from serve.jobs.state import TrainingStage, TrainingState
from serve.jobs.training.label_counts import MIN_LABELS, MIN_OF_KIND
from serve.jobs.training.manager import TrainingJobManager, TrainingJobsDep, training_conflict
from serve.jobs.training.promotion import can_roll_back, promote, roll_back
from serve.jobs.training.storage import TrainingFolder
from serve.resources import Resources, ResourcesDep


def events(folder: TrainingFolder, stopping: Callable[[], bool]) -> AsyncIterator[str]:
    """The ``event_stream`` of a training."""
    return stream(lambda _: folder.state(), _event, stopping)


def _event(name: str, state: TrainingState) -> str:
    return f"event: {name}\ndata: {json.dumps(state.as_json())}\n\n"


TRAINING = "/v1/training"
REPORT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "sandbox",
    )
)
"""The report holds names that people gave to files: it is shown, and may do nothing."""
router = APIRouter(tags=["training"], dependencies=[Allowed])

_EXAMPLE: dict[str, JsonValue] = {
    "labels": {"telogen": 41, "anagen": 23, "not_hair": 6},
    "waiting": 12,
    "needed": {"labels": 30, "of_kind": 5},
    "missing": None,
    "state": "done",
    "step": "Done",
    "done": 1.0,
    "message": None,
    "outcome": {
        "verdict": "not_better",
        "reason": "The gain may be chance.",
        "promoted": False,
        "champion": "24bd71e7",
        "challenger": "5e1f02aa",
        "labels": {"telogen": 41, "anagen": 23, "not_hair": 6},
        "photos": 9,
        "groups": 7,
        "gain": 0.01,
        "p_value": 0.21,
    },
    "champion": "24bd71e7",
    "can_roll_back": False,
}


class NeededLabels(BaseModel):
    """How many ``labels`` a training needs, and how many telogen and anagen ones each."""

    labels: int = MIN_LABELS
    of_kind: int = MIN_OF_KIND


class TrainingOutcome(BaseModel):
    """What came of a training; ``promoted``: the version it made is in force now."""

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


class TrainingStatus(BaseModel):
    """The labels there are, those ``waiting`` to be learned from, what is ``missing`` before a
    training is worth while, how far it is and what came of it, and which version is in force."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    labels: dict[str, int]
    waiting: int
    needed: NeededLabels = NeededLabels()
    missing: str | None
    state: TrainingStage
    step: str
    done: float = Field(ge=0, le=1)
    message: str | None
    outcome: TrainingOutcome | None
    champion: str
    can_roll_back: bool


class PromotionAsked(BaseModel):
    """Which version is meant, so that nobody promotes one that was not looked at."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"version": "5e1f02aa"}}
    )

    version: str


@router.get(TRAINING, responses=failures(403, 503))
def show_training(shared: ResourcesDep, jobs: TrainingJobsDep) -> TrainingStatus:
    """How many labels wait, how far a training is, and what came of the last one."""
    return _answer(shared, jobs)


@router.post(TRAINING, status_code=202, responses=failures(403, 409, 503))
def start_training(shared: ResourcesDep, jobs: TrainingJobsDep) -> TrainingStatus:
    """Start a training on all labels of photos that may improve the model.

    It is a process of its own, which ends with the server. Nothing is promoted by it.
    """
    jobs.start(shared.keeping.made())
    return _answer(shared, jobs)


@router.delete(TRAINING, status_code=204, response_class=Response, responses=failures(403))
def stop_training(jobs: TrainingJobsDep) -> None:
    """Stop the training, if one is running; it ends within some seconds."""
    jobs.stop()


@router.get(
    TRAINING + "/events",
    response_class=StreamingResponse,
    responses=event_stream(EVENTS, "TrainingProgress", "progress", "done") | failures(403),
)
async def watch_training(jobs: TrainingJobsDep, batches: BatchQueueDep) -> StreamingResponse:
    """How a training goes on: `progress` whenever something changes, and in the end `done`."""
    told = events(jobs.folder, lambda: batches.stopping)
    return StreamingResponse(told, media_type=EVENTS, headers={"X-Accel-Buffering": "no"})


@router.get(
    TRAINING + "/report",
    response_class=FileResponse,
    responses=file_answer("text/html") | failures(403, 409),
)
def fetch_training_report(jobs: TrainingJobsDep) -> FileResponse:
    """The report of the last training, once it is done."""
    if jobs.folder.outcome() is None or not jobs.folder.report.is_file():
        raise training_conflict("There is no report yet; wait until a training is done.")
    policy = {"Content-Security-Policy": REPORT_POLICY}
    return FileResponse(jobs.folder.report, media_type="text/html", headers=policy)


@router.post(TRAINING + "/promotion", responses=failures(403, 409, 422, 503))
def promote_challenger(
    asked: PromotionAsked, shared: ResourcesDep, jobs: TrainingJobsDep
) -> TrainingStatus:
    """Put the version that the last training made in force, if it was found to be better."""
    promote(_registry(shared), asked.version, jobs.folder.outcome())
    return _answer(shared, jobs)


@router.post("/v1/models/rollback", responses=failures(403, 409, 503))
def roll_model_back(shared: ResourcesDep, jobs: TrainingJobsDep) -> TrainingStatus:
    """Put the version of the model in force again that was before this one."""
    roll_back(_registry(shared))
    return _answer(shared, jobs)


def _answer(shared: Resources, jobs: TrainingJobManager) -> TrainingStatus:
    registry = _registry(shared)
    champion, outcome = registry.champion().name, jobs.folder.outcome()
    counts = jobs.counts(shared.keeping.made())
    told = outcome and outcome | {"promoted": outcome["challenger"] == champion}
    return TrainingStatus(
        **jobs.folder.state().as_json(),
        labels=counts.by_kind,
        waiting=counts.waiting,
        missing=counts.missing,
        outcome=TrainingOutcome.model_validate(told) if told else None,
        champion=champion,
        can_roll_back=can_roll_back(registry),
    )


def _registry(shared: Resources) -> Registry:
    return Registry(shared.settings.models)
