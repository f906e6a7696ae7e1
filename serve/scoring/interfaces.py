"""What scoring needs from a scorer and from the workers that run it, off the event loop."""

from collections.abc import Callable, Iterable
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from data.images.photo import Photo
from data.scale.request import AUTO, ScaleRequest
from model.report import ModelName, PhotoReport
from model.share.counts import HairCounts
from model.share.summary import Summary


class PhotoScorer(Protocol):
    """The interface of ``model.scorer.Scorer``, without the runtime that it loads."""

    @property
    def model(self) -> ModelName:
        """Name and version of the model."""

    def score(
        self, photo: Photo, roots_in_view: bool = False, scale: ScaleRequest = AUTO
    ) -> PhotoReport:
        """Returns the report of one photo."""

    def pool(self, reports: Iterable[PhotoReport]) -> Summary:
        """Returns the summary of several photos together; a photo sent twice counts once."""

    def summary_of(self, tally: HairCounts) -> Summary:
        """Returns the summary of counted hairs."""


MakeScorer = Callable[[], PhotoScorer]
"""Loads a scorer; a function or method that another process can import."""
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Job = Callable[Concatenate[PhotoScorer, Arguments], Result]
"""What a worker does with its scorer and some arguments: a function that it can import."""


class Workers(Protocol):
    """Workers, each with a scorer: processes (``serve.scoring.pool``) or threads."""

    @property
    def up(self) -> int:
        """Number of workers that are idle or at work."""

    @property
    def restarts(self) -> int:
        """Number of workers replaced so far because they crashed or hung."""

    def run(
        self, job: Job[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        """Returns the job's result; blocks. Processes raise ShedlightError and nothing else."""

    def start(self) -> None:
        """Starts the workers without waiting for them."""

    def close(self) -> None:
        """Ends the workers."""


class ThreadWorkers:
    """Runs each job in the thread that asks for it, with the caller's scorer.

    For a scorer that cannot be sent to another process: one made for a test, or one with a device
    behind it. A crash ends the server, and a job that hangs is not ended.
    """

    restarts = 0

    def __init__(self, scorer: PhotoScorer, count: int) -> None:
        """At most ``count`` threads may run jobs at a time."""
        self._scorer = scorer
        self.up = count

    def run(
        self, job: Job[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        """Returns what the job returns and raises what it raises."""
        return job(self._scorer, *args, **kwargs)

    def start(self) -> None:
        """Does nothing: there is nothing to start."""

    def close(self) -> None:
        """Does nothing: there is nothing to end."""
