"""What the handlers share: settings, the loaded scorer, the workers and the line before them.

Requests that have begun and not yet ended.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Annotated, cast

from anyio import sleep
from fastapi import Depends, Request

from data.images.limits import ReadLimits
from serve.metrics import Metrics
from serve.saved_photos.service import PhotoService
from serve.scoring.interfaces import PhotoScorer, Workers
from serve.scoring.request_limit import RequestLimiter
from serve.settings import Settings

LOOK_S = 0.1
"""Seconds between two looks whether all have ended."""


class ActiveRequests:
    """Counts the requests that use something which is to be closed once none does any more.

    For the event loop's thread.
    """

    def __init__(self) -> None:
        self.inside = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """A request, from its beginning to its end."""
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1

    async def ended(self) -> None:
        """Waits until there is none."""
        while self.inside:
            await sleep(LOOK_S)


@dataclass(frozen=True)
class Resources:
    """Loaded when the server starts, or takes up another version; of a request nothing is kept.

    ``scorer`` says which model speaks and pools reports; photos are for the ``workers``, and those
    that people ask to keep are in the store behind ``keeping``. ``notice`` says what is wrong with
    the version that should speak. A request has the same resources from beginning to end, so that
    one version answers all of it; ``visits`` counts those.
    """

    settings: Settings
    scorer: PhotoScorer
    workers: Workers
    line: RequestLimiter
    metrics: Metrics
    keeping: PhotoService
    notice: str | None = None
    visits: ActiveRequests = field(default_factory=ActiveRequests)

    @classmethod
    def of(cls, settings: Settings, scorer: PhotoScorer, workers: Workers) -> "Resources":
        """With a line as long as the settings say. Call it where the event loop runs."""
        line = RequestLimiter(settings.workers, settings.waiting_requests)
        return cls(settings, scorer, workers, line, Metrics(line, workers), PhotoService(settings))

    def spoken_by(self, scorer: PhotoScorer, workers: Workers) -> "Resources":
        """The same with another version of the model, for requests that begin from now on."""
        self.metrics.follow(workers)
        return replace(self, scorer=scorer, workers=workers, visits=ActiveRequests())

    @property
    def limits(self) -> ReadLimits:
        """How large a file and a picture may be."""
        return ReadLimits(
            max_bytes=self.settings.max_file_bytes, max_pixels=self.settings.max_pixels
        )


async def _resources(request: Request) -> AsyncIterator[Resources]:
    resources = cast(Resources, request.app.state.resources)
    with resources.visits.one():
        yield resources


ResourcesDep = Annotated[Resources, Depends(_resources)]
