"""The settings of the server, from the environment (``SHEDLIGHT_...``)."""

from pathlib import Path
from tempfile import gettempdir
from typing import Annotated, Self

from pydantic import Field, SecretStr, StringConstraints, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from data.machine import usable_cpus
from serve.defaults import MODELS_FOLDER
from serve.store.saved_photo import IMPROVE_DAYS, LINK_DAYS

MB = 1_000_000
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
MAX_DEFAULT_WORKERS = 4
"""Our assumption: each worker takes about 300 MB for 12 megapixels (docs/how-it-works/finding.md).
"""


ApiKeyText = Annotated[SecretStr, Field(min_length=16)]
UrlPath = Annotated[str, StringConstraints(pattern=r"^(/[A-Za-z0-9._~-]+)*$")]
Origin = Annotated[str, StringConstraints(pattern=r"^https?://[^/*\s]+$")]


class Settings(BaseSettings):
    """Address, limits and folders of the server; unsafe values are refused.

    The upper limits are our assumption: a 100-megapixel photo needs about 1 GB while it is scored.
    """

    model_config = SettingsConfigDict(
        env_prefix="SHEDLIGHT_", frozen=True, use_attribute_docstrings=True
    )

    host: str = "127.0.0.1"
    """Address to listen on; also the option `--host`."""
    port: Annotated[int, Field(ge=0, le=65_535)] = 8000
    """Port to listen on; also the option `--port`."""
    root_path: UrlPath = ""
    """Path in front of all addresses, such as `/shedlight`, where a proxy serves them."""
    workers: Annotated[int, Field(ge=1, le=64)] = Field(
        default_factory=lambda: min(MAX_DEFAULT_WORKERS, usable_cpus())
    )
    """Processes that score photos. Each needs about 300 MB for a photo of 12 megapixels."""
    models: Path = MODELS_FOLDER
    """Folder of the model's versions ([models.md](models.md)); also the option `--models`."""
    max_file_bytes: Annotated[int, Field(ge=1_000, le=100 * MB)] = 25 * MB
    """Maximum size of a photo, in bytes."""
    max_upload_bytes: Annotated[int, Field(ge=1_000, le=1_000 * MB)] = 200 * MB
    """Maximum size of a request, in bytes; at least `SHEDLIGHT_MAX_FILE_BYTES`."""
    max_pixels: Annotated[int, Field(ge=10_000, le=100 * MB)] = 52 * MB
    """Maximum number of pixels in a photo."""
    heic: bool = True
    """Whether HEIC photos are read, by a decoder in a separate process (extra `heic`)."""
    max_files: Annotated[int, Field(ge=1, le=100)] = 20
    """Maximum number of photos in a request."""
    waiting_requests: Annotated[int, Field(ge=0, le=1_000)] = 16
    """Requests that may wait for a worker; further ones get 503 with `Retry-After`."""
    photo_seconds: Annotated[float, Field(gt=0, le=3_600)] = 60
    """Time limit for scoring one photo, in seconds."""
    api_key: ApiKeyText | None = None
    """Key that every request below `/v1/` must send, 16 characters or more."""
    requests_per_minute: Annotated[int, Field(ge=0, le=100_000)] = 0
    """Requests per minute and client below `/v1/`; 0 for no limit."""
    cors_origins: Annotated[tuple[Origin, ...], NoDecode] = ()
    """Origins whose pages may send requests, separated by spaces."""
    store_url: Annotated[str, Field(repr=False)] = "sqlite:///shedlight-store/shedlight.db"
    """SQLAlchemy URL of the database of saved photos; its driver must be installed."""
    photo_folder: Path = Path("shedlight-store/photos")
    """Folder of saved photos, shared by all processes that use the database."""
    retention_days: Annotated[int, Field(ge=1, le=3_650)] = LINK_DAYS
    """Days until a photo saved for its link is deleted."""
    improve_days: Annotated[int, Field(ge=1, le=3_650)] = IMPROVE_DAYS
    """Days until a photo saved to improve the model is deleted."""
    training: bool | None = None
    """Whether the API may start trainings and promote versions; by default on loopback only."""
    training_folder: Path = Path("shedlight-store/training")
    """Folder of a training's state, report and, while it runs, labels."""
    batch_folder: Path = Field(default_factory=lambda: Path(gettempdir()))
    """Folder of batches until they are deleted."""
    batch_minutes: Annotated[float, Field(gt=0, le=10_080)] = 60
    """Minutes for which the results of a batch can be fetched."""
    waiting_batches: Annotated[int, Field(ge=0, le=100)] = 2
    """Batches that may wait or arrive while one is scored."""
    max_batch_photos: Annotated[int, Field(ge=1, le=10_000)] = 1_000
    """Maximum number of photos in a batch."""
    max_batch_bytes: Annotated[int, Field(ge=1_000, le=50_000 * MB)] = 2_000 * MB
    """Maximum size of a batch as sent, in bytes."""
    max_batch_unpacked_bytes: Annotated[int, Field(ge=1_000, le=50_000 * MB)] = 2_000 * MB
    """Maximum size of the unpacked ZIP files of a batch, in bytes."""

    @property
    def training_allowed(self) -> bool:
        """Whether the API may start trainings; by default only if the host is a loopback name."""
        return self.host in LOOPBACK_NAMES if self.training is None else self.training

    @field_validator("root_path", mode="before")
    @classmethod
    def _without_last_slash(cls, value: object) -> object:
        return value.rstrip("/") if isinstance(value, str) else value

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        return value.split() if isinstance(value, str) else value

    @model_validator(mode="after")
    def _a_file_fits_into_an_upload(self) -> Self:
        if self.max_upload_bytes < self.max_file_bytes:
            raise ValueError("max_upload_bytes must be at least max_file_bytes")
        return self
