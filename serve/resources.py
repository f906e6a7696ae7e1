"""What the handlers share: settings, the loaded scorer, the workers and the line before them."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from data.limits import ReadLimits
from serve.keeping import Keeping
from serve.metrics import Metrics
from serve.photo_scorer import PhotoScorer
from serve.settings import Settings
from serve.waiting_line import WaitingLine
from serve.workers import Workers


@dataclass(frozen=True)
class Resources:
    """Loaded once, when the server starts; nothing of a request is kept here.

    ``scorer`` says which model speaks and pools reports; photos are for the ``workers``, and those
    that people ask to keep are in the store behind ``keeping``.
    """

    settings: Settings
    scorer: PhotoScorer
    workers: Workers
    line: WaitingLine
    metrics: Metrics
    keeping: Keeping

    @classmethod
    def of(cls, settings: Settings, scorer: PhotoScorer, workers: Workers) -> "Resources":
        """With a line as long as the settings say. Call it where the event loop runs."""
        line = WaitingLine(settings.workers, settings.waiting_requests)
        return cls(settings, scorer, workers, line, Metrics(line, workers), Keeping(settings))

    @property
    def limits(self) -> ReadLimits:
        """How large a file and a picture may be."""
        return ReadLimits(
            max_bytes=self.settings.max_file_bytes, max_pixels=self.settings.max_pixels
        )


def _resources(request: Request) -> Resources:
    return cast(Resources, request.app.state.resources)


Shared = Annotated[Resources, Depends(_resources)]
