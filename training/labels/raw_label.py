"""A label as its file gives it, before its picture is read, and the picture that it names."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from data.images.photo import ReadLimits
from data.images.sniff import IMAGE_SUFFIXES
from data.io.photo_names import PhotoNames
from training.labels.issues import CellError, Location
from training.labels.label import HairLabel
from training.labels.sources import LabelSource, location_in

Point = tuple[float, float]
"""x, y in pixels of the upright photo."""


@dataclass(frozen=True)
class Picture:
    """A picture's file in a source; it is read only on request."""

    source: LabelSource
    name: str

    @property
    def where(self) -> Location:
        """The file's location."""
        return location_in(self.source, self.name)

    def read(self, limits: ReadLimits) -> bytes:
        """The file's bytes; raises ShedlightError."""
        return self.source.read(self.name, limits)


@dataclass(frozen=True)
class RawLabel:
    """The label of one hair of a picture, or of the whole picture, and its location.

    ``points`` are near the root and, if known, at the hair's other end; without points the label
    is about the whole picture. If ``root_known`` is False, either point may be the root.
    ``person`` names whose hair it is (see ``normalized_name``), empty if unknown.
    """

    picture: Picture
    label: HairLabel
    where: Location
    person: str = ""
    points: tuple[Point, ...] = ()
    root_known: bool = True
    labelled_at: datetime | None = None


def normalized_name(name: str) -> str:
    """A person's name in lower case with single spaces, so that spellings compare equal."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def is_picture(name: str) -> bool:
    """Whether a file is a picture, by its suffix."""
    return PurePosixPath(name).suffix.lower() in IMAGE_SUFFIXES


def find_picture(pictures: PhotoNames, path: str, folder: str) -> str:
    """The name of the picture that a table in ``folder`` calls ``path``.

    A path is relative to the table's folder or to the top. Otherwise its last part counts, if
    exactly one picture has that name. It may also be an address, or written as in one ("%20").
    Raises CellError.
    """
    same_name: list[str] = []
    for written in dict.fromkeys((path, unquote(urlsplit(path).path if "://" in path else path))):
        if name := pictures.find(written, folder):
            return name
        same_name = same_name or pictures.with_last_part(written)
        if len(same_name) == 1:
            return same_name[0]
    if same_name:
        raise CellError(f"{len(same_name)} pictures are called '{path}'. Give the folder too.")
    raise CellError(f"There is no picture '{path}'.")
