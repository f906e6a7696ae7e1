"""Corrections of a photo's hairs by people."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.errors import ShedlightError
from serve.error_codes import ServerError, ServerErrorCode

_CLIENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")
"""No spreadsheet takes it for a formula."""


class CorrectionKind(StrEnum):
    """What a correction does: set a label, move the root to the other end, or undo."""

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
        """Whether it may become a hair's ``corrected_label``."""
        return self not in (CorrectionKind.ROOT_MOVED, CorrectionKind.UNDO)


@dataclass(frozen=True)
class Point:
    """A point in pixels of the upright photo."""

    x: float
    y: float

    def is_within(self, width: int, height: int) -> bool:
        """Whether it lies in a photo of that size in pixels; False for NaN."""
        return 0 <= self.x < width and 0 <= self.y < height

    def as_json(self) -> dict[str, float]:
        """The JSON object of a root in reports."""
        return {"x": self.x, "y": self.y}


@dataclass(frozen=True)
class Correction:
    """One correction. Each kind has the fields that it needs and no others:

    - a label: the number of the ``hair``, or the ``place`` of a root that the model missed
      (``not_hair`` needs a hair);
    - ``root_moved``: the ``hair`` and ``root_end``, 0 or 1: which of its two ``ends`` is the root;
    - ``undo``: the number of the event that it ``undoes``, which may be an undo itself.

    Raises ShedlightError (INVALID_REQUEST) that names the wrong field.
    """

    kind: CorrectionKind
    hair: int | None = None
    place: Point | None = None
    root_end: int | None = None
    undoes: int | None = None

    def __post_init__(self) -> None:
        needed = self._needed_fields()
        for name in ("hair", "place", "root_end", "undoes"):
            if (getattr(self, name) is not None) != (name in needed):
                what = "is needed" if name in needed else "is not allowed"
                raise invalid_correction(name, f"it {what} with '{self.kind}'")
        if self.kind is CorrectionKind.NOT_HAIR and self.place:
            raise invalid_correction("kind", "a missed root belongs to a hair")
        if self.root_end not in (None, 0, 1):
            raise invalid_correction("root_end", "a hair has the ends 0 and 1")

    def _needed_fields(self) -> set[str]:
        if self.kind is CorrectionKind.UNDO:
            return {"undoes"}
        if self.kind is CorrectionKind.ROOT_MOVED:
            return {"hair", "root_end"}
        return {"place"} if self.hair is None and self.place else {"hair"}


@dataclass(frozen=True)
class CorrectionEvent:
    """A stored correction: never changed, and deleted only with its photo.

    ``number`` counts a photo's events from 1. ``client`` is the token of an anonymous client.
    ``model_version`` is that of the corrected model. Raises ShedlightError (INVALID_REQUEST) for a
    token that is not 1 to 64 letters, digits, ``_`` or (not as the first character) ``-``.
    """

    photo_id: str
    number: int
    correction: Correction
    created_at: datetime
    client: str | None
    model_version: str

    def __post_init__(self) -> None:
        if self.client is not None and not _CLIENT.fullmatch(self.client):
            raise invalid_correction("client", "1 to 64 letters and digits")


def invalid_correction(field: str, why: str) -> ShedlightError:
    """The error that names the wrong field of a correction and the reason."""
    what = f"'{field}' ({why})"
    return ServerError(ServerErrorCode.INVALID_REQUEST, field=field, what=what, why=why)
