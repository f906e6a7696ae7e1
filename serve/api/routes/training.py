"""``/v1/training`` and ``/v1/models``: retraining on saved labels, promotion and rollback."""

from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.responses import FileResponse, Response
from fastapi.sse import ServerSentEvent

from model.registry.registry import Registry
from serve.api.errors import errors
from serve.api.job_schemas import (
    PromotionRequest,
    TrainingOutcome,
    TrainingProgress,
    TrainingStatus,
)
from serve.api.openapi import file_response
from serve.api.permissions import RequireTraining
from serve.api.sse import EventStream, state_events
from serve.jobs.batches.queue import BatchQueueDep
from serve.jobs.training.manager import TrainingJobManager, TrainingJobsDep, training_conflict
from serve.jobs.training.promotion import can_roll_back, promote, roll_back
from serve.resources import Resources, ResourcesDep

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
"""The report contains file names from users, so it may be displayed and nothing else."""
router = APIRouter(tags=["training"], dependencies=[RequireTraining], responses=errors(403))


@router.get(TRAINING, responses=errors(503))
def show_training(shared: ResourcesDep, jobs: TrainingJobsDep) -> TrainingStatus:
    """The labels available, the progress of a training, and the outcome of the last one."""
    return _status(shared, jobs)


@router.post(TRAINING, status_code=202, responses=errors(409, 503))
def start_training(shared: ResourcesDep, jobs: TrainingJobsDep) -> TrainingStatus:
    """Start a training on all labels of photos saved to improve the model.

    It runs in a separate process, which ends with the server. It does not promote its result.
    """
    jobs.start(shared.photo_service.store_if_exists())
    return _status(shared, jobs)


@router.delete(TRAINING, status_code=204, response_class=Response)
def stop_training(jobs: TrainingJobsDep) -> None:
    """Stop the training, if one is running. It ends within some seconds."""
    jobs.stop()


@router.get(TRAINING + "/events", response_class=EventStream)
async def watch_training(
    jobs: TrainingJobsDep, batches: BatchQueueDep
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events: `progress` after every change, and `done` at the end.

    The data of each event is `state`, `step`, `done` and `message` of `GET /v1/training`.
    """
    async for event, state in state_events(jobs.folder.state, lambda: batches.stopping):
        yield ServerSentEvent(data=TrainingProgress(**state.as_json()), event=event)


@router.get(
    TRAINING + "/report",
    response_class=FileResponse,
    responses=file_response("text/html") | errors(409),
)
def fetch_training_report(jobs: TrainingJobsDep) -> FileResponse:
    """The report of the last training, once it is done."""
    if jobs.folder.outcome() is None or not jobs.folder.report.is_file():
        raise training_conflict("There is no report yet. Wait until a training is done.")
    policy = {"Content-Security-Policy": REPORT_POLICY}
    return FileResponse(jobs.folder.report, media_type="text/html", headers=policy)


@router.post(TRAINING + "/promotion", responses=errors(400, 409, 413, 422, 503))
def promote_challenger(
    request: PromotionRequest, shared: ResourcesDep, jobs: TrainingJobsDep
) -> TrainingStatus:
    """Promote the version that the last training made, if it is significantly better."""
    promote(_registry(shared), request.version, jobs.folder.outcome())
    return _status(shared, jobs)


@router.post("/v1/models/rollback", responses=errors(409, 503))
def roll_model_back(shared: ResourcesDep, jobs: TrainingJobsDep) -> TrainingStatus:
    """Promote the version of the model that was active before the current one."""
    roll_back(_registry(shared))
    return _status(shared, jobs)


def _status(shared: Resources, jobs: TrainingJobManager) -> TrainingStatus:
    registry = _registry(shared)
    champion, outcome = registry.champion().name, jobs.folder.outcome()
    counts = jobs.counts(shared.photo_service.store_if_exists())
    if outcome:
        outcome |= {"promoted": outcome["challenger"] == champion}
    return TrainingStatus(
        **jobs.folder.state().as_json(),
        labels=counts.by_kind,
        waiting=counts.waiting,
        missing=counts.missing,
        outcome=TrainingOutcome.model_validate(outcome) if outcome else None,
        champion=champion,
        can_roll_back=can_roll_back(registry),
    )


def _registry(shared: Resources) -> Registry:
    return Registry(shared.settings.models)
