"""What the handlers share: settings, the loaded scorer, its workers and the limit on requests."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Annotated, cast

from anyio import sleep
from fastapi import Depends, Request

from data.images.photo import ReadLimits
from serve.metrics import Metrics
from serve.saved_photos.service import PhotoService
from serve.scoring.interfaces import PhotoScorer, Workers
from serve.scoring.request_limit import RequestLimiter
from serve.settings import Settings

POLL_INTERVAL_S = 0.1
"""Seconds between two checks whether all requests have ended."""


class ActiveRequests:
    """Counts the requests that use a resource, which is closed once none does.

    For the event loop's thread.
    """

    def __init__(self) -> None:
        self.count = 0

    @contextmanager
    def track(self) -> Iterator[None]:
        """Counts a request for the block."""
        self.count += 1
        try:
            yield
        finally:
            self.count -= 1

    async def wait_idle(self) -> None:
        """Waits until there is no active request."""
        while self.count:
            await sleep(POLL_INTERVAL_S)


@dataclass(frozen=True)
class Resources:
    """Made when the server starts or another version becomes active; holds no data of requests.

    ``scorer`` names the model and pools reports, the ``workers`` score photos, and
    ``photo_service`` holds the store of saved photos. ``notice`` describes what is wrong with the
    version that should be active. A request has the same resources from beginning to end, so that
    one version answers all of it; ``active_requests`` counts these requests.
    """

    settings: Settings
    scorer: PhotoScorer
    workers: Workers
    limiter: RequestLimiter
    metrics: Metrics
    photo_service: PhotoService
    notice: str | None = None
    active_requests: ActiveRequests = field(default_factory=ActiveRequests)

    @classmethod
    def of(cls, settings: Settings, scorer: PhotoScorer, workers: Workers) -> "Resources":
        """Makes what the settings ask for. Call it where the event loop runs."""
        limiter = RequestLimiter(settings.workers, settings.waiting_requests)
        metrics = Metrics(limiter, workers)
        return cls(settings, scorer, workers, limiter, metrics, PhotoService(settings))

    def with_scorer(self, scorer: PhotoScorer, workers: Workers) -> "Resources":
        """The same with another version of the model, for requests that begin from now on."""
        self.metrics.follow(workers)
        return replace(self, scorer=scorer, workers=workers, active_requests=ActiveRequests())

    @property
    def limits(self) -> ReadLimits:
        """How large a file and a picture may be."""
        return ReadLimits(
            max_bytes=self.settings.max_file_bytes,
            max_pixels=self.settings.max_pixels,
            heic=self.settings.heic,
        )


async def get_resources(request: Request) -> AsyncIterator[Resources]:
    """The server's resources, counted as in use until the request has ended."""
    resources = cast(Resources, request.app.state.resources)
    with resources.active_requests.track():
        yield resources


ResourcesDep = Annotated[Resources, Depends(get_resources)]
