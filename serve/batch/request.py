"""What a batch scores, and how it ended."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from data.images.photo import ReadLimits
from data.scale.request import AUTO, ScaleRequest
from data.texts.catalogue import DEFAULT_LANGUAGE
from model.report import Status
from serve.batch.groups import Groups, ListedPhoto
from serve.batch.overlays import Overlays
from serve.batch.totals import RunSummary
from serve.errors import ExitStatus
from serve.inputs.paths import AnyPath


@dataclass(frozen=True)
class BatchRequest:
    """Photos and folders to score into the folder ``out``.

    ``resume``: continue the run that ``out`` holds. ``groups``: a CSV file with people and dates of
    the photos, or what it holds; without one, photos are grouped by folder. ``language``: that of
    the report. ``count_copies_once``: of photos that show the same picture, saved again or resized,
    only the largest counts. ``scale``: where to take millimetres from.
    """

    paths: tuple[AnyPath, ...]
    out: Path
    roots_in_view: bool = False
    overlays: Overlays = Overlays.ALL
    resume: bool = False
    groups: Path | Groups | None = None
    limits: ReadLimits = field(default_factory=ReadLimits)
    language: str = DEFAULT_LANGUAGE
    count_copies_once: bool = False
    scale: ScaleRequest = AUTO


@dataclass(frozen=True)
class BatchResult:
    """How a batch ended.

    ``photos`` counts the photos to score, ``statuses`` those scored. A batch that was stopped has
    scored fewer, and has no ``summary``. ``skipped`` counts files of the folders without an image
    suffix, ``left_out`` files that are no photos by their place (``LeftOutFiles.as_json``).
    ``unmatched`` are the rows of a list of groups that no photo matches.
    """

    photos: int
    skipped: int
    left_out: Mapping[str, int]
    statuses: Counter[Status]
    summary: RunSummary | None = None
    unmatched: tuple[ListedPhoto, ...] = ()

    @property
    def stopped(self) -> bool:
        """Whether the batch was stopped before its end."""
        return self.statuses.total() < self.photos

    @property
    def exit_status(self) -> ExitStatus:
        """The exit status of a command that ran this batch."""
        if self.stopped:
            return ExitStatus.STOPPED
        good = self.statuses[Status.SCORED] + self.statuses[Status.NO_HAIRS]
        if good == 0:
            return ExitStatus.FAILED
        return ExitStatus.OK if good == self.photos else ExitStatus.PARTIAL
