"""What the handlers share: settings, the loaded scorer, the threads that score."""

from dataclasses import dataclass
from typing import Annotated, cast

from anyio import CapacityLimiter
from fastapi import Depends, Request

from data.limits import ReadLimits
from serve.photo_scorer import PhotoScorer
from serve.settings import Settings


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
