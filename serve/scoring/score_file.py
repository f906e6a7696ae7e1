"""Scores one file of any content."""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from data.errors import ErrorCode, ShedlightError
from data.images.encode import data_url, encode_jpeg
from data.images.photo import Photo, ReadLimits
from data.images.read import read_photo
from data.scale.request import AUTO, ScaleRequest
from data.texts.catalogue import DEFAULT_LANGUAGE, texts_in
from model.report import ModelName, PhotoReport, failed_report
from serve.drawing.overlay import draw_overlay
from serve.error_codes import ServerError, ServerErrorCode
from serve.scoring.interfaces import PhotoScorer

OVERLAY_PX = 1600
"""Long side of the overlay for the page: enough for a phone's screen, zoomed in once."""
OVERLAY_JPEG_QUALITY = 82
SAVED_JPEG_QUALITY = 95
"""Our assumption: at this quality a root of 4 px and more looks as it did."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ScoredPhoto:
    """A report and what ``ScoreOptions`` asked for beside it.

    ``overlay`` is a ``data:`` URL of the photo with its hairs drawn in, ``picture`` one of the
    photo itself, ``jpeg`` the photo re-encoded. ``error`` is the cause of a report without hairs
    that failed or was rejected.
    """

    report: PhotoReport
    overlay: str | None = None
    picture: str | None = None
    jpeg: bytes | None = None
    error: ShedlightError | None = None


Draw = Callable[[Photo, PhotoReport], str | None]
"""Draws a scored photo; returns the URL of the picture if it has one."""


@dataclass(frozen=True)
class ScoreOptions:
    """How to score, the same for all files of a request or a batch.

    ``picture``: return the photo as a URL. ``encode``: the photo is to be saved, so return it
    re-encoded.
    """

    limits: ReadLimits = field(default_factory=ReadLimits)
    roots_in_view: bool = False
    scale: ScaleRequest = AUTO
    draw: Draw | None = None
    picture: bool = False
    encode: bool = False


def score_file(scorer: PhotoScorer, raw: bytes, name: str, how: ScoreOptions) -> ScoredPhoto:
    """Scores one file. Never raises: a bad file or an error of ours is in the report."""
    try:
        photo = read_photo(raw, how.limits)
        report = scorer.score(photo, how.roots_in_view, how.scale).named(name)
        overlay = how.draw(photo, report) if how.draw else None
        jpeg = _reencoded(photo) if how.encode or how.picture else None
        picture = data_url(jpeg, "image/jpeg") if jpeg and how.picture else None
        return ScoredPhoto(report, overlay, picture, jpeg if how.encode else None)
    except ShedlightError as error:
        return failed(scorer.model, raw, name, error)
    except Exception:  # one photo must not stop the others
        _log.exception("A photo could not be scored.")
        return failed(scorer.model, raw, name, ShedlightError(ErrorCode.INTERNAL))


def failed(model: ModelName, raw: bytes, name: str, error: ShedlightError) -> ScoredPhoto:
    """The result for a file that could not be scored."""
    sha256 = hashlib.sha256(raw).hexdigest()
    return ScoredPhoto(failed_report(name, error, model, sha256), error=error)


class Duplicates:
    """Finds photos with the same bytes, so that each counts once."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def mark(self, report: PhotoReport) -> PhotoReport:
        """The report, with ``duplicate_of`` set if an earlier photo had the same bytes."""
        if report.sha256 is None:
            return report
        name = self._first.setdefault(report.sha256, report.photo)
        return report if name == report.photo else replace(report, duplicate_of=name)


def overlay_url(photo: Photo, report: PhotoReport, language: str = DEFAULT_LANGUAGE) -> str:
    """The photo with its hairs drawn in, at most OVERLAY_PX on the long side, as a JPEG URL."""
    drawn = draw_overlay(photo, report, texts_in(language))
    scale = OVERLAY_PX / max(drawn.shape[:2])
    if scale < 1:
        small = cv2.resize(drawn, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        drawn = np.asarray(small, np.uint8)
    return data_url(encode_jpeg(drawn, OVERLAY_JPEG_QUALITY), "image/jpeg")


def _reencoded(photo: Photo) -> bytes:
    """A JPEG of the pixels alone: no metadata (place, camera) of the sent file survives.

    Raises ShedlightError (INVALID_REQUEST) for a photo that is longer than a JPEG can be.
    """
    try:
        return encode_jpeg(photo.pixels, SAVED_JPEG_QUALITY)
    except ValueError as error:
        what = "'files' (a photo is too long to be saved)"
        raise ServerError(ServerErrorCode.INVALID_REQUEST, field="files", what=what) from error
