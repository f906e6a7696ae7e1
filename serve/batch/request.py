"""What became of a batch.

What was asked of a batch.
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from model.report import Status
from serve.batch.overlays import Overlays
from serve.batch.totals import RunSummary
from serve.errors import ExitStatus
from serve.inputs.remote_files import AnyPath


@dataclass(frozen=True)
class BatchResult:
    """What became of a batch.

    ``photos`` were to be scored and ``statuses`` counts those that were come to; fewer of them
    mean that the batch was stopped, and then there is no ``summary``. ``skipped`` files of the
    folders given were no pictures.
    """

    photos: int
    skipped: int
    statuses: Counter[Status]
    summary: RunSummary | None = None

    @property
    def stopped(self) -> bool:
        """Whether somebody stopped the batch before its end."""
        return self.statuses.total() < self.photos

    @property
    def exit_status(self) -> ExitStatus:
        """What a command that ran this batch ends with."""
        if self.stopped:
            return ExitStatus.STOPPED
        read = self.statuses[Status.SCORED] + self.statuses[Status.NO_HAIRS]
        if read == 0:
            return ExitStatus.FAILED
        return ExitStatus.OK if read == self.photos else ExitStatus.PARTIAL


@dataclass(frozen=True)
class BatchRequest:
    """Photos and folders to score into the folder ``out``.

    ``resume``: go on with the run that ``out`` holds. ``groups``: a CSV file of the photos' people
    and dates; without one, photos are grouped by the folder they lie in.
    """

    paths: tuple[AnyPath, ...]
    out: Path
    roots_in_view: bool = False
    overlays: Overlays = Overlays.ALL
    resume: bool = False
    groups: Path | None = None
