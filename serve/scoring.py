"""One uploaded file scored, whatever is in it."""

import base64
import hashlib
import logging
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from data.errors import ErrorCode, ShedlightError
from data.limits import ReadLimits
from data.photo import Photo
from data.read import read_photo
from model.report import PhotoReport, failed_report
from serve.overlay import draw_overlay
from serve.photo_scorer import PhotoScorer

OVERLAY_PX = 1600
"""Long side of the picture for the page: enough for a phone's screen, zoomed in once."""
OVERLAY_JPEG_QUALITY = 82

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Scored:
    """A report, and the photo with its hairs drawn in as a ``data:`` URL if that was asked for.

    ``error`` is the one that the report tells of, if any.
    """

    report: PhotoReport
    overlay: str | None = None
    error: ShedlightError | None = None

    def as_json(self) -> dict[str, Any]:
        """The photo's object of the output format, with ``overlay`` added."""
        record = self.report.as_json()
        return record if self.overlay is None else record | {"overlay": self.overlay}


@dataclass(frozen=True)
class HowToScore:
    """What was asked for, the same for all files of a request."""

    limits: ReadLimits
    roots_in_view: bool = False
    overlay: bool = False


def score_file(scorer: PhotoScorer, raw: bytes, name: str, how: HowToScore) -> Scored:
    """The answer for one file. Never raises: a bad file, or a fault of ours, is in the report."""
    try:
        photo = read_photo(raw, how.limits)
        report = scorer.score(photo, how.roots_in_view).named(name)
        return Scored(report, overlay_url(photo, report) if how.overlay else None)
    except ShedlightError as error:
        return _failed(scorer, raw, name, error)
    except Exception:  # one photo must not take the others down
        _log.exception("a photo could not be scored")
        return _failed(scorer, raw, name, ShedlightError(ErrorCode.INTERNAL))


def overlay_url(photo: Photo, report: PhotoReport) -> str:
    """The photo with its hairs drawn in, at most 1600 px on the long side, as a JPEG URL."""
    drawn = draw_overlay(photo, report)
    scale = OVERLAY_PX / max(drawn.shape[:2])
    if scale < 1:
        small = cv2.resize(drawn, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        drawn = np.asarray(small, np.uint8)
    _, jpeg = cv2.imencode(".jpg", drawn, [cv2.IMWRITE_JPEG_QUALITY, OVERLAY_JPEG_QUALITY])
    return "data:image/jpeg;base64," + base64.b64encode(jpeg.tobytes()).decode("ascii")


def mark_duplicates(photos: list[Scored]) -> list[Scored]:
    """Later photos with the bytes of an earlier one point at it, so that they count once."""
    first: dict[str, str] = {}
    return [_marked(scored, first) for scored in photos]


def _marked(scored: Scored, first: dict[str, str]) -> Scored:
    report = scored.report
    if report.sha256 is None:
        return scored
    name = first.setdefault(report.sha256, report.photo)
    if name == report.photo:
        return scored
    return replace(scored, report=replace(report, duplicate_of=name))


def _failed(scorer: PhotoScorer, raw: bytes, name: str, error: ShedlightError) -> Scored:
    sha256 = hashlib.sha256(raw).hexdigest()
    return Scored(failed_report(name, error, scorer.model, sha256), error=error)
