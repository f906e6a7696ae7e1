"""Scoring files and folders into one results file."""

import json
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PIL import Image

from data.errors import ShedlightError
from data.photo import Photo
from data.read import read_bytes
from model.report import PhotoReport, Status, failed_report
from model.summary import Summary
from serve.exit_status import ExitStatus
from serve.overlay import draw_overlay
from serve.photo_scorer import PhotoScorer
from serve.photos import NamedPhoto, PhotoList, list_photos
from serve.scoring import Duplicates, HowToScore, score_file

RESULTS, OVERLAYS = "results.jsonl", "overlays"
_OVERLAY_QUALITY = 88

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BatchResult:
    """What became of a batch.

    ``photos`` were to be scored and ``statuses`` counts those that were come to; fewer of them
    mean that the batch was stopped. ``skipped`` files of the folders given were no pictures.
    """

    photos: int
    statuses: Counter[Status]
    skipped: int
    pooled: Summary

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
            return ExitStatus.NOTHING_DONE
        return ExitStatus.FINE if read == self.photos else ExitStatus.SOME_REFUSED


OnPhoto = Callable[[PhotoReport, int], None]
"""Is told each report and how many photos there are in all."""


def score_paths(
    paths: Sequence[Path],
    out: Path,
    scorer: PhotoScorer,
    roots_in_view: bool = False,
    overlays: bool = True,
    on_photo: OnPhoto = lambda report, total: None,
) -> BatchResult:
    """Scores photos and folders; every photo becomes one line of ``out/results.jsonl``, in order.

    Unless told otherwise, a picture of each scored photo with its labels goes to
    ``out/overlays/NAME.jpg``. A photo that cannot be scored becomes a line too; only an ``out``
    that cannot be written raises (OSError). A KeyboardInterrupt ends the batch early, with all
    that is done on disk.
    """
    listed = list_photos(paths, (out / OVERLAYS).resolve())
    out.mkdir(parents=True, exist_ok=True)
    batch = _Batch(scorer, roots_in_view, out / OVERLAYS if overlays else None)
    try:
        with (out / RESULTS).open("w", encoding="utf-8") as results:
            for named in listed.photos:
                report = batch.score(named)
                results.write(json.dumps(report.as_json(), allow_nan=False) + "\n")
                results.flush()
                on_photo(report, len(listed.photos))
    except KeyboardInterrupt:
        _log.info("Stopped by the user.")
    return batch.result(listed)


class _Batch:
    """The photos scored so far: what the next one, and the pool, need to know of them."""

    def __init__(self, scorer: PhotoScorer, roots_in_view: bool, overlays: Path | None) -> None:
        self._scorer = scorer
        draw = partial(_save_overlay, overlays) if overlays else None
        self._how = HowToScore(roots_in_view=roots_in_view, draw=draw)
        self._reports: list[PhotoReport] = []
        self._duplicates = Duplicates()

    def score(self, named: NamedPhoto) -> PhotoReport:
        """The report of a file, whatever happens to it."""
        try:
            raw = read_bytes(named.path, self._how.limits)
        except ShedlightError as error:
            report = failed_report(named.name, error, self._scorer.model)
        else:
            report = score_file(self._scorer, raw, named.name, self._how).report
        report = self._duplicates.mark(report)
        self._reports.append(report)
        return report

    def result(self, listed: PhotoList) -> BatchResult:
        """What became of the batch up to here."""
        statuses = Counter(report.status for report in self._reports)
        pooled = self._scorer.pool(self._reports)
        return BatchResult(len(listed.photos), statuses, listed.skipped, pooled)


def _save_overlay(folder: Path, photo: Photo, report: PhotoReport) -> None:
    """The overlay of a scored photo; a disk that is full costs the picture, not the line."""
    if report.status is not Status.SCORED:
        return
    file = folder / f"{report.photo}.jpg"
    picture = Image.fromarray(draw_overlay(photo, report)[:, :, ::-1])
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        picture.save(file, quality=_OVERLAY_QUALITY)
    except OSError as error:
        _log.warning("The overlay %s cannot be written: %s.", file, error.strerror)
