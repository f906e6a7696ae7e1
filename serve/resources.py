"""What the handlers share: settings, the loaded scorer, the threads that score."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Protocol, cast

from anyio import CapacityLimiter
from fastapi import Depends, Request

from data.limits import ReadLimits
from data.photo import Photo
from model.report import ModelName, PhotoReport
from model.summary import Summary
from serve.settings import Settings


class PhotoScorer(Protocol):
    """What the server needs of ``model.scorer.Scorer``."""

    @property
    def model(self) -> ModelName:
        """Which model speaks."""

    def score(self, photo: Photo, roots_in_view: bool = False) -> PhotoReport:
        """The report of one photo."""

    def pool(self, reports: Iterable[PhotoReport]) -> Summary:
        """The summary of several photos together."""


@dataclass(frozen=True)
class Resources:
    """Loaded once, when the server starts; nothing of a request is kept here."""

    settings: Settings
    scorer: PhotoScorer
    threads: CapacityLimiter

    @property
    def limits(self) -> ReadLimits:
        """How large a file and a picture may be."""
        return ReadLimits(
            max_bytes=self.settings.max_file_bytes, max_pixels=self.settings.max_pixels
        )


def _resources(request: Request) -> Resources:
    return cast(Resources, request.app.state.resources)


Shared = Annotated[Resources, Depends(_resources)]
