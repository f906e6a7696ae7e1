"""Pictures of the scored photos with their labels, beside the results."""

import logging
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path

from PIL import Image

from data.photo import Photo
from model.hair import Label
from model.report import PhotoReport
from serve.overlay import draw_overlay

FOLDER = "overlays"
_QUALITY = 88

_log = logging.getLogger(__name__)


class Overlays(StrEnum):
    """Of which photos a picture is drawn; ``doubtful`` are those with an unsure hair."""

    NONE = "none"
    DOUBTFUL = "doubtful"
    ALL = "all"


def overlay_drawer(which: Overlays, out: Path) -> Callable[[Photo, PhotoReport], None] | None:
    """What saves a photo's picture as ``out/overlays/NAME.jpg`` where one is wanted.

    It may be sent to other processes. None where no pictures are wanted.
    """
    return None if which is Overlays.NONE else partial(_save, which, out / FOLDER)


def _save(which: Overlays, folder: Path, photo: Photo, report: PhotoReport) -> None:
    """A disk that is full costs the picture, not the line."""
    if not _is_wanted(which, report):
        return
    file = folder / f"{report.photo}.jpg"
    picture = Image.fromarray(draw_overlay(photo, report)[:, :, ::-1])
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        picture.save(file, quality=_QUALITY)
    except OSError as error:
        _log.warning("The overlay %s cannot be written: %s.", file, error.strerror)


def _is_wanted(which: Overlays, report: PhotoReport) -> bool:
    unsure = any(hair.label is Label.UNSURE for hair in report.hairs)
    return bool(report.hairs) and (which is Overlays.ALL or unsure)
