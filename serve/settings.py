"""The settings of the server, from the environment (``SHEDLIGHT_...``)."""

import os
from pathlib import Path
from tempfile import gettempdir
from typing import Annotated, Self

from pydantic import Field, SecretStr, StringConstraints, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from serve.defaults import MODELS_FOLDER
from serve.loopback import is_loopback_name
from serve.store.retention import IMPROVE_DAYS, LINK_DAYS

MB = 1_000_000
MOST_WORKERS = 4
"""Workers unless told otherwise, on a machine with as many cores or more. Our assumption: each
takes about 300 MB while it reads 12 megapixels (docs/how-it-works/finding.md)."""


def _one_per_core() -> int:
    return min(MOST_WORKERS, os.cpu_count() or 1)


ApiKeyText = Annotated[SecretStr, Field(min_length=16)]
Origin = Annotated[str, StringConstraints(pattern=r"^https?://[^/*\s]+$")]


class Settings(BaseSettings):
    """How the server listens and how much it takes; values that could sink it are refused.

    The ceilings are our assumption: a 100-megapixel photo needs about 1 GB while it is read.
    """

    model_config = SettingsConfigDict(env_prefix="SHEDLIGHT_", frozen=True)

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8000
    max_file_bytes: Annotated[int, Field(ge=1_000, le=100 * MB)] = 25 * MB
    max_upload_bytes: Annotated[int, Field(ge=1_000, le=1_000 * MB)] = 200 * MB
    max_pixels: Annotated[int, Field(ge=10_000, le=100 * MB)] = 50 * MB
    max_files: Annotated[int, Field(ge=1, le=100)] = 20
    workers: Annotated[int, Field(ge=1, le=64)] = Field(default_factory=_one_per_core)
    waiting_requests: Annotated[int, Field(ge=0, le=1_000)] = 16
    photo_seconds: Annotated[float, Field(gt=0, le=3_600)] = 60
    api_key: ApiKeyText | None = None
    requests_per_minute: Annotated[int, Field(ge=0, le=100_000)] = 0
    cors_origins: Annotated[tuple[Origin, ...], NoDecode] = ()
    models: Path = MODELS_FOLDER
    store_url: Annotated[str, Field(repr=False)] = "sqlite:///shedlight-store/shedlight.db"
    photo_folder: Path = Path("shedlight-store/photos")
    retention_days: Annotated[int, Field(ge=1, le=3_650)] = LINK_DAYS
    improve_days: Annotated[int, Field(ge=1, le=3_650)] = IMPROVE_DAYS
    training: bool | None = None
    training_folder: Path = Path("shedlight-store/training")
    batch_folder: Path = Field(default_factory=lambda: Path(gettempdir()))
    batch_minutes: Annotated[float, Field(gt=0, le=10_080)] = 60
    waiting_batches: Annotated[int, Field(ge=0, le=100)] = 2
    max_batch_photos: Annotated[int, Field(ge=1, le=10_000)] = 1_000
    max_batch_bytes: Annotated[int, Field(ge=1_000, le=50_000 * MB)] = 2_000 * MB
    max_batch_unpacked_bytes: Annotated[int, Field(ge=1_000, le=50_000 * MB)] = 2_000 * MB

    @property
    def training_allowed(self) -> bool:
        """Whether the API may start trainings; by default only if the host is a loopback name."""
        return is_loopback_name(self.host) if self.training is None else self.training

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _origins_from_words(cls, told: object) -> object:
        return told.split() if isinstance(told, str) else told

    @model_validator(mode="after")
    def _one_file_fits_into_an_upload(self) -> Self:
        if self.max_upload_bytes < self.max_file_bytes:
            raise ValueError("max_upload_bytes must be at least max_file_bytes")
        return self
