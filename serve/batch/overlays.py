"""Pictures of the scored photos with their labels, beside the results."""

import logging
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import Path

from PIL import Image

from data.images.photo import Photo
from data.texts.catalogue import DEFAULT_LANGUAGE, texts_in
from model.labelling.hair import Label
from model.report import PhotoReport
from serve.drawing.overlay import draw_overlay

FOLDER = "overlays"
_QUALITY = 88

_log = logging.getLogger(__name__)


class Overlays(StrEnum):
    """Which photos get a picture; ``uncertain`` ones have an unsure hair."""

    NONE = "none"
    UNCERTAIN = "uncertain"
    ALL = "all"


@dataclass(frozen=True)
class OverlayDrawer:
    """Saves a photo's picture as ``out/overlays/NAME.jpg`` if it is one of ``which``.

    Can be pickled and sent to other processes.
    """

    which: Overlays
    out: Path
    language: str = DEFAULT_LANGUAGE

    def __call__(self, photo: Photo, report: PhotoReport) -> None:
        """Draws and saves the picture if it is wanted."""
        is_uncertain = any(hair.label is Label.UNSURE for hair in report.hairs)
        if report.hairs and (is_uncertain or self.which is Overlays.ALL):
            jpeg = BytesIO()
            drawn = draw_overlay(photo, report, texts_in(self.language))
            picture = Image.fromarray(drawn[:, :, ::-1])
            picture.save(jpeg, "jpeg", quality=_QUALITY)
            self.save(report.photo, jpeg.getvalue())

    def save(self, photo: str, jpeg: bytes) -> None:
        """Saves the picture of the photo of that name. Logs a warning if the disk is full."""
        file = self._file(photo)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(jpeg)
        except OSError as error:
            _log.warning("The overlay %s cannot be written: %s.", file, error.strerror)

    def saved(self, photo: str) -> bytes | None:
        """The saved picture of the photo of that name, None if there is none."""
        file = self._file(photo)
        return file.read_bytes() if file.exists() else None

    def _file(self, photo: str) -> Path:
        return self.out / FOLDER / f"{photo}.jpg"


def overlay_drawer(which: Overlays, out: Path, language: str) -> OverlayDrawer | None:
    """The function that saves overlays, None for ``Overlays.NONE``."""
    return None if which is Overlays.NONE else OverlayDrawer(which, out, language)
