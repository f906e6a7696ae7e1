"""What the server is, and whether it is well."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from serve.resources import Shared

REAL_ROOTS = (
    "How often it is right on real roots has not been measured yet. "
    "Its answers are not a diagnosis."
)
PRIVACY = "Photos are read in memory or a temporary file and are gone once the answer is sent."
router = APIRouter(tags=["about"])


class UploadLimits(BaseModel):
    """What ``POST /v1/photos`` takes."""

    max_files: int
    max_file_bytes: int
    max_upload_bytes: int
    max_pixels: int


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
                },
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


class Health(BaseModel):
    """``ok`` once the model is loaded."""

    status: str = "ok"


@router.get("/v1/model")
def describe_model(shared: Shared) -> AboutModel:
    """Which model answers, what it learned from, and how much it takes at a time."""
    limits = UploadLimits.model_validate(shared.settings, from_attributes=True)
    return AboutModel(**vars(shared.scorer.model), limits=limits)


@router.get("/healthz")
def check_health() -> Health:
    """Answers once the model is loaded: before that, the server does not listen."""
    return Health()
