"""What a person said about a photo's hairs."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.errors import ShedlightError
from serve.error_codes import ServerError, ServerErrorCode

_CLIENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")
"""Nothing that a table program would take for a formula."""


class CorrectionKind(StrEnum):
    """What can be said: a label, that the root is at the other end, or that it was a mistake."""

    TELOGEN = "telogen"
    MISSHAPEN = "misshapen"
    NO_BULB = "no_bulb"
    ANAGEN = "anagen"
    NOT_HAIR = "not_hair"
    UNSURE = "unsure"
    ROOT_MOVED = "root_moved"
    UNDO = "undo"

    @property
    def is_label(self) -> bool:
        """Whether it may stand as a hair's ``corrected_label``."""
        return self not in (CorrectionKind.ROOT_MOVED, CorrectionKind.UNDO)


@dataclass(frozen=True)
class Point:
    """A point in pixels of the upright photo."""

    x: float
    y: float

    def is_within(self, width: int, height: int) -> bool:
        """Whether it lies in a photo of that size in pixels; what is no number lies nowhere."""
        return 0 <= self.x < width and 0 <= self.y < height

    def as_json(self) -> dict[str, float]:
        """As roots stand in a report."""
        return {"x": self.x, "y": self.y}


@dataclass(frozen=True)
class Correction:
    """One thing that was said. Each kind has what it needs and nothing else:

    - a label: the number of the ``hair``, or the ``place`` of a root that the finder missed
      (which is some kind of hair, so never ``not_hair``);
    - ``root_moved``: the ``hair`` and ``root_end``, 0 or 1, which of its two ``ends`` the root is;
    - ``undo``: the number of the event that it ``undoes``, be it an undo itself.

    Raises ShedlightError (INVALID_REQUEST) that names the part at fault.
    """

    said: CorrectionKind
    hair: int | None = None
    place: Point | None = None
    root_end: int | None = None
    undoes: int | None = None

    def __post_init__(self) -> None:
        needed = self._needed()
        for name in ("hair", "place", "root_end", "undoes"):
            if (getattr(self, name) is not None) != (name in needed):
                what = "is needed" if name in needed else "has no place"
                raise at_fault(name, f"it {what} with '{self.said}'")
        if self.said is CorrectionKind.NOT_HAIR and self.place:
            raise at_fault("said", "a root that was missed is a hair's")
        if self.root_end not in (None, 0, 1):
            raise at_fault("root_end", "a hair has the ends 0 and 1")

    def _needed(self) -> set[str]:
        if self.said is CorrectionKind.UNDO:
            return {"undoes"}
        if self.said is CorrectionKind.ROOT_MOVED:
            return {"hair", "root_end"}
        return {"place"} if self.hair is None and self.place else {"hair"}


@dataclass(frozen=True)
class CorrectionEvent:
    """A correction as it was acknowledged: never changed, never deleted but with its photo.

    ``number`` counts a photo's events from 1. ``said_by`` is the token of an anonymous client.
    ``model_version`` is that of the model that was corrected. Raises ShedlightError
    (INVALID_REQUEST) for a token that is not 1 to 64 letters, digits, ``_`` and, within, ``-``.
    """

    photo_id: str
    number: int
    correction: Correction
    said_at: datetime
    said_by: str | None
    model_version: str

    def __post_init__(self) -> None:
        if self.said_by is not None and not _CLIENT.fullmatch(self.said_by):
            raise at_fault("said_by", "1 to 64 letters and digits")


def at_fault(field: str, why: str) -> ShedlightError:
    """The error that names the part of a correction that is wrong, and says ``why``."""
    what = f"'{field}' ({why})"
    return ServerError(ServerErrorCode.INVALID_REQUEST, field=field, what=what, why=why)
