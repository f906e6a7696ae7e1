"""A label as somebody gave it, before the picture was looked at."""

from dataclasses import dataclass
from datetime import datetime

from data.images.limits import ReadLimits
from training.labels.issues import Remark, Where
from training.labels.said import Said
from training.labels.sources import Source, where_in

Place = tuple[float, float]
"""x, y in pixels of the upright photo."""


@dataclass(frozen=True)
class Picture:
    """A picture's file; nothing of it is read before it is asked for."""

    source: Source
    name: str

    @property
    def where(self) -> Where:
        """Where it lies."""
        return where_in(self.source, self.name)

    def read(self, limits: ReadLimits) -> bytes:
        """The file's bytes; raises ShedlightError."""
        return self.source.read(self.name, limits)


@dataclass(frozen=True)
class GivenLabel:
    """What was ``said`` of a hair of a picture, or of the whole picture, and where that stands.

    ``places`` are near the root and, where it is known, at the hair's other end; without any the
    label is the whole picture's. With ``root_known`` False either place may be the root.
    ``person`` is whose hair it is, as ``person_called`` has it, empty if nobody says.
    """

    picture: Picture
    said: Said
    where: Where
    person: str = ""
    places: tuple[Place, ...] = ()
    root_known: bool = True
    said_at: datetime | None = None


def person_called(name: str) -> str:
    """One name for a person, however it is spaced and capitalised."""
    return " ".join(name.casefold().split())


@dataclass(frozen=True)
class Reading:
    """What a reader understood of a folder or zip, its ``form`` in words, and what it did not."""

    form: str
    labels: tuple[GivenLabel, ...] = ()
    problems: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()
