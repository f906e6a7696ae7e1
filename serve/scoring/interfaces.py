"""Who does the heavy work of the server, off its event loop."""

from typing import Protocol

from serve.scoring.photo_scorer import PhotoScorer
from serve.scoring.process import Answer, Asked, Job


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
