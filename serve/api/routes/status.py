"""What the server is, and whether it is well."""

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from pydantic import BaseModel, ConfigDict, Field

from serve.api.openapi import failures
from serve.api.permissions import require_training
from serve.error_codes import ServerError, ServerErrorCode
from serve.resources import ResourcesDep

REAL_ROOTS = (
    "How often it is right on real roots has not been measured yet. "
    "Its answers are not a diagnosis."
)
PRIVACY = (
    "Photos are read in memory or a temporary file and are gone once the answer is sent, "
    "unless you ask to keep them. Those of a batch are gone once they are read, and its results "
    "after a while or when you delete them."
)
router = APIRouter(tags=["about"])


class UploadLimits(BaseModel):
    """What ``POST /v1/photos`` takes, and ``POST /v1/batches``."""

    max_files: int
    max_file_bytes: int
    max_upload_bytes: int
    max_pixels: int
    max_batch_photos: int
    max_batch_bytes: int


class AboutModel(BaseModel):
    """Which model answers, in plain words."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "name": "shedlight-ends",
                "version": "1",
                "sha256": "0" * 64,
                "trained_on": "rendered hairs",
                "accuracy_on_real_roots": REAL_ROOTS,
                "privacy": PRIVACY,
                "limits": {
                    "max_files": 20,
                    "max_file_bytes": 25_000_000,
                    "max_upload_bytes": 200_000_000,
                    "max_pixels": 50_000_000,
                    "max_batch_photos": 1_000,
                    "max_batch_bytes": 2_000_000_000,
                },
                "training": True,
            }
        }
    )

    name: str
    version: str
    sha256: str
    trained_on: str
    accuracy_on_real_roots: str = REAL_ROOTS
    privacy: str = PRIVACY
    limits: UploadLimits
    training: bool = Field(description="whether who asks may start a training")
    notice: str | None = Field(None, description="what is wrong with the version in force, if any")


class Health(BaseModel):
    """``ok`` while the server is alive."""

    status: str = "ok"


class Readiness(BaseModel):
    """Ready while at least one worker is up: it is alive and has the model loaded."""

    status: str = "ready"
    workers_up: int
    workers: int


@router.get("/v1/model")
def describe_model(request: Request, shared: ResourcesDep) -> AboutModel:
    """Which model answers, what it learned from, and how much it takes at a time."""
    limits = UploadLimits.model_validate(shared.settings, from_attributes=True)
    return AboutModel(
        **vars(shared.scorer.model),
        limits=limits,
        training=require_training(request, shared.settings),
        notice=shared.notice,
    )


@router.get("/healthz")
def check_health() -> Health:
    """Answers while the server is alive: if not, start it anew."""
    return Health()


@router.get("/readyz", responses=failures(503))
def check_readiness(shared: ResourcesDep) -> Readiness:
    """Answers 200 when photos can be read now: if not, send them elsewhere or later."""
    up = shared.workers.up
    if not up:
        raise ServerError(ServerErrorCode.NOT_READY, retry_s=1)
    return Readiness(workers_up=up, workers=shared.settings.workers)


@router.get("/metrics", response_class=PlainTextResponse)
def read_metrics(shared: ResourcesDep) -> Response:
    """Counts since the server started, for Prometheus; nothing of a photo or a person."""
    return Response(shared.metrics.text(), media_type=CONTENT_TYPE_LATEST)
