"""Which model the server uses, whether it is healthy, and its metrics."""

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from pydantic import BaseModel, Field

from data.images.heic import is_heic_installed
from serve.api.errors import errors
from serve.api.permissions import may_train
from serve.error_codes import ServerError, ServerErrorCode
from serve.resources import ResourcesDep

REAL_ROOTS = (
    "How often it is right on real roots has not been measured yet. "
    "Its answers are not a diagnosis."
)
PRIVACY = (
    "Photos are held in memory or a temporary file and deleted once the answer is sent, unless "
    "you ask to save them. Photos of a batch are deleted once they are scored; its results are "
    "deleted after a while, or when you delete them."
)
router = APIRouter(tags=["status"])
health_router = APIRouter(tags=["status"])
"""For monitoring: outside of /v1/, so that it needs no key."""


class UploadLimits(BaseModel):
    """The limits of ``POST /v1/photos`` and ``POST /v1/batches``."""

    max_files: int
    max_file_bytes: int
    max_upload_bytes: int
    max_pixels: int
    max_batch_photos: int
    max_batch_bytes: int


class ModelAnswer(BaseModel):
    """The active model, what is known about its accuracy, and the limits of uploads."""

    name: str
    version: str
    sha256: str
    trained_on: str
    accuracy_on_real_roots: str = REAL_ROOTS
    privacy: str = PRIVACY
    limits: UploadLimits
    heic: bool = Field(description="whether this server reads HEIC photos")
    link_days: int = Field(description="days until a photo saved for its link is deleted")
    improve_days: int = Field(
        description="days until a photo saved to improve the model is deleted"
    )
    training: bool = Field(description="whether this client may start a training")
    notice: str | None = Field(None, description="a problem with the active version, if any")


class Health(BaseModel):
    """``ok`` while the process responds."""

    status: str = "ok"


class Readiness(BaseModel):
    """Ready while at least one worker has the model loaded."""

    status: str = "ready"
    workers_up: int
    workers: int


@router.get("/v1/model")
def describe_model(request: Request, shared: ResourcesDep) -> ModelAnswer:
    """Model name, version, training data and upload limits."""
    return ModelAnswer(
        **vars(shared.scorer.model),
        limits=UploadLimits.model_validate(shared.settings, from_attributes=True),
        heic=shared.settings.heic and is_heic_installed(),
        link_days=shared.settings.retention_days,
        improve_days=shared.settings.improve_days,
        training=may_train(request, shared.settings),
        notice=shared.notice,
    )


@health_router.get("/healthz")
def check_health() -> Health:
    """200 while the process responds. Restart the process if this fails."""
    return Health()


@health_router.get("/readyz", responses=errors(503))
def check_readiness(shared: ResourcesDep) -> Readiness:
    """200 while photos can be scored. Send photos elsewhere, or later, if this fails."""
    workers_up = shared.workers.up
    if not workers_up:
        raise ServerError(ServerErrorCode.NOT_READY, retry_s=1)
    return Readiness(workers_up=workers_up, workers=shared.settings.workers)


@health_router.get("/metrics", response_class=PlainTextResponse)
def show_metrics(shared: ResourcesDep) -> Response:
    """Counts since the server started, for Prometheus. They hold nothing of photos or people."""
    return Response(shared.metrics.text(), media_type=CONTENT_TYPE_LATEST)
