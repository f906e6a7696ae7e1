"""One file scored, whatever is in it."""

import base64
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import cv2
import numpy as np

from data.errors import ErrorCode, ShedlightError
from data.images.limits import ReadLimits
from data.images.photo import Photo
from data.images.read import read_photo
from model.report import ModelName, PhotoReport, failed_report
from serve.drawing.overlay import draw_overlay
from serve.scoring.interfaces import PhotoScorer
from serve.store.images import as_jpeg
from serve.store.saved_photo import SavedPhoto

OVERLAY_PX = 1600
"""Long side of the picture for the page: enough for a phone's screen, zoomed in once."""
OVERLAY_JPEG_QUALITY = 82

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ScoredPhoto:
    """A report, and the photo with its hairs drawn in as a ``data:`` URL if that was asked for.

    ``error`` is the one that the report tells of, if any. ``jpeg`` is the photo re-encoded, if it
    is to be kept, and ``kept`` what was kept of it.
    """

    report: PhotoReport
    overlay: str | None = None
    error: ShedlightError | None = None
    jpeg: bytes | None = None
    kept: SavedPhoto | None = None

    def as_json(self) -> dict[str, Any]:
        """The photo's object of the output format, with ``overlay``, and what was kept, added."""
        record = self.report.as_json()
        if self.overlay is not None:
            record["overlay"] = self.overlay
        if self.kept is not None:
            record |= {"id": self.kept.id, "expires_at": self.kept.expires_at.isoformat()}
        return record


Draw = Callable[[Photo, PhotoReport], str | None]
"""Makes a picture of a scored photo; returns its URL if it has one."""


@dataclass(frozen=True)
class ScoreOptions:
    """What was asked for, the same for all files of a request or a batch."""

    limits: ReadLimits = field(default_factory=ReadLimits)
    roots_in_view: bool = False
    draw: Draw | None = None
    encode: bool = False
    """Whether the photo is to be kept: then it comes back re-encoded."""


def score_file(scorer: PhotoScorer, raw: bytes, name: str, how: ScoreOptions) -> ScoredPhoto:
    """The answer for one file. Never raises: a bad file, or a fault of ours, is in the report."""
    try:
        photo = read_photo(raw, how.limits)
        report = scorer.score(photo, how.roots_in_view).named(name)
        overlay = how.draw(photo, report) if how.draw else None
        return ScoredPhoto(report, overlay, jpeg=as_jpeg(photo) if how.encode else None)
    except ShedlightError as error:
        return failed(scorer.model, raw, name, error)
    except Exception:  # one photo that trips us must not take the others with it
        _log.exception("A photo could not be scored.")
        return failed(scorer.model, raw, name, ShedlightError(ErrorCode.INTERNAL))


def failed(model: ModelName, raw: bytes, name: str, error: ShedlightError) -> ScoredPhoto:
    """The answer for a file that could not be scored."""
    sha256 = hashlib.sha256(raw).hexdigest()
    return ScoredPhoto(failed_report(name, error, model, sha256), error=error)


class Duplicates:
    """Knows the bytes of the photos so far, so that each counts once."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def mark(self, report: PhotoReport) -> PhotoReport:
        """The report, pointing at the first photo with the same bytes if there was one."""
        if report.sha256 is None:
            return report
        name = self._first.setdefault(report.sha256, report.photo)
        return report if name == report.photo else replace(report, duplicate_of=name)


def overlay_url(photo: Photo, report: PhotoReport) -> str:
    """The photo with its hairs drawn in, at most 1600 px on the long side, as a JPEG URL."""
    drawn = draw_overlay(photo, report)
    scale = OVERLAY_PX / max(drawn.shape[:2])
    if scale < 1:
        small = cv2.resize(drawn, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        drawn = np.asarray(small, np.uint8)
    _, jpeg = cv2.imencode(".jpg", drawn, [cv2.IMWRITE_JPEG_QUALITY, OVERLAY_JPEG_QUALITY])
    return "data:image/jpeg;base64," + base64.b64encode(jpeg.tobytes()).decode("ascii")
