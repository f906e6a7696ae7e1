"""The settings of the server, from the environment (``SHEDLIGHT_...``)."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from serve.store.retention import IMPROVE_DAYS, LINK_DAYS

MB = 1_000_000


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
    scoring_threads: Annotated[int, Field(ge=1, le=64)] = 2
    store_url: Annotated[str, Field(repr=False)] = "sqlite:///shedlight-store/shedlight.db"
    photo_folder: Path = Path("shedlight-store/photos")
    retention_days: Annotated[int, Field(ge=1, le=3_650)] = LINK_DAYS
    improve_days: Annotated[int, Field(ge=1, le=3_650)] = IMPROVE_DAYS

    @model_validator(mode="after")
    def _one_file_fits_into_an_upload(self) -> Self:
        if self.max_upload_bytes < self.max_file_bytes:
            raise ValueError("max_upload_bytes must be at least max_file_bytes")
        return self
