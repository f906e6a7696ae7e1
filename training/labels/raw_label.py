"""A label as somebody gave it, before the picture was looked at.

What the cells of a row of labels say.

The pictures of a folder or zip, to be found by what a table calls them.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import PurePosixPath

from data.images.limits import ReadLimits
from training.labels.csv_table import CellError, Row
from training.labels.issues import Issue, Location, shortened
from training.labels.label import HairLabel, parse_label
from training.labels.sources import Source, where_in

Place = tuple[float, float]
"""x, y in pixels of the upright photo."""


@dataclass(frozen=True)
class Picture:
    """A picture's file; nothing of it is read before it is asked for."""

    source: Source
    name: str

    @property
    def where(self) -> Location:
        """Where it lies."""
        return where_in(self.source, self.name)

    def read(self, limits: ReadLimits) -> bytes:
        """The file's bytes; raises ShedlightError."""
        return self.source.read(self.name, limits)


@dataclass(frozen=True)
class RawLabel:
    """What was ``said`` of a hair of a picture, or of the whole picture, and where that stands.

    ``places`` are near the root and, where it is known, at the hair's other end; without any the
    label is the whole picture's. With ``root_known`` False either place may be the root.
    ``person`` is whose hair it is, as ``person_called`` has it, empty if nobody says.
    """

    picture: Picture
    said: HairLabel
    where: Location
    person: str = ""
    places: tuple[Place, ...] = ()
    root_known: bool = True
    said_at: datetime | None = None


def person_called(name: str) -> str:
    """One name for a person, however it is spaced and capitalised."""
    return " ".join(name.casefold().split())


@dataclass(frozen=True)
class ParsedLabels:
    """What a reader understood of a folder or zip, its ``form`` in words, and what it did not."""

    form: str
    labels: tuple[RawLabel, ...] = ()
    problems: tuple[Issue, ...] = ()
    notes: tuple[Issue, ...] = ()


def label_in(row: Row) -> HairLabel:
    """Its label. Raises CellError."""
    name = row["label"]
    said = parse_label(name)
    if said is None:
        raise CellError(f"The label '{shortened(name)}' is no class that is known.")
    return said


def place_in(row: Row, x: str, y: str) -> Place:
    """The place that two of its columns give. Raises CellError."""
    return _pixels(row, x), _pixels(row, y)


def time_in(row: Row) -> datetime | None:
    """When it was said, if that is told; in UTC unless it says otherwise. Raises CellError."""
    text = row["said_at"]
    if not text:
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        sentence = f"The time '{shortened(text)}' is not like 2026-01-31T18:05:00."
        raise CellError(sentence) from error
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _pixels(row: Row, column: str) -> float:
    text = row[column]
    try:
        number = float(text.replace(",", "."))  # as half of Europe writes it
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise CellError(f"'{shortened(text)}' in {column} is no number of pixels.")
    return number


SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".heic", ".heif"})
"""Of files that are read."""


def is_picture(name: str) -> bool:
    """Whether a file is one by its name."""
    return PurePosixPath(name).suffix.lower() in SUFFIXES


class PictureNames:
    """Finds pictures among ``names``, and never anything else, whatever path a table gives."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(filter(is_picture, names))

    def find(self, called: str, folder: str) -> str:
        """The name of the picture ``called`` so in a table that lies in ``folder``.

        A path counts from the table's folder, or from the top; else its last part counts, if just
        one picture has that name. Raises CellError.
        """
        path = called.replace("\\", "/")
        for name in (str(PurePosixPath(folder, path)), str(PurePosixPath(path))):
            if name in self._names:
                return name
        same = self._by_last_part.get(_last_part(path), [])
        if len(same) == 1:
            return same[0]
        if same:
            raise CellError(f"'{called}' may be any of {len(same)} pictures; give its folder, too.")
        raise CellError(f"There is no picture '{called}' here.")

    @cached_property
    def _by_last_part(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in sorted(self._names):
            found.setdefault(_last_part(name), []).append(name)
        return found


def _last_part(path: str) -> str:
    return path.rpartition("/")[2].casefold()
