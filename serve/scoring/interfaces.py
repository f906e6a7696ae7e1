"""Who does the heavy work of the server, off its event loop.

What batch and server need of a scorer.
"""

from collections.abc import Callable, Iterable
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from data.images.photo import Photo
from model.report import ModelName, PhotoReport
from model.share.counts import HairCounts
from model.share.summary import Summary


class PhotoScorer(Protocol):
    """What ``model.scorer.Scorer`` offers, without the runtime that it loads."""

    @property
    def model(self) -> ModelName:
        """Which model speaks."""

    def score(self, photo: Photo, roots_in_view: bool = False) -> PhotoReport:
        """The report of one photo."""

    def pool(self, reports: Iterable[PhotoReport]) -> Summary:
        """The summary of several photos together; one that was sent twice counts once."""

    def summary_of(self, tally: HairCounts) -> Summary:
        """The summary of hairs that were counted."""


MakeScorer = Callable[[], PhotoScorer]
"""Loads a scorer; a function or method that another process can import."""
Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
Job = Callable[Concatenate[PhotoScorer, Asked], Answer]
"""What a worker does with its scorer and some arguments: a function that it can import."""


class Workers(Protocol):
    """Some workers, each with a scorer: processes (``serve.scoring.pool``), or threads."""

    @property
    def up(self) -> int:
        """How many could take a job or are at one."""

    @property
    def restarts(self) -> int:
        """How many were replaced so far because they crashed or hung."""

    def run(self, job: Job[Asked, Answer], *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        """What the job returns; blocks. Raises ShedlightError and nothing else for processes."""

    def start(self) -> None:
        """Lets them come; does not wait for them."""

    def close(self) -> None:
        """Ends them."""


class ThreadWorkers:
    """Does each job in the thread that asks for it, with a scorer that a caller has.

    Such a scorer may live in this process alone (one made for a test, one with a device behind
    it), so it cannot be sent to others. A crash then ends the server, and a hang is not ended.
    """

    restarts = 0

    def __init__(self, scorer: PhotoScorer, count: int) -> None:
        """``count`` threads at most are to ask at a time."""
        self._scorer = scorer
        self.up = count

    def run(self, job: Job[Asked, Answer], *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        """What the job returns or raises."""
        return job(self._scorer, *args, **kwargs)

    def start(self) -> None:
        """There is nothing to start."""

    def close(self) -> None:
        """There is nothing to end."""
