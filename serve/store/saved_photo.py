"""A photo that somebody asked to keep."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class SavedPhoto:
    """The row of a photo; its picture lies in a file.

    ``id`` cannot be guessed (16 random bytes), so who knows it may see and delete the photo.
    ``width`` and ``height`` are pixels of the upright photo, ``sha256`` is that of the bytes that
    were sent: the same photo kept twice has it twice. ``improve``: the sender agreed that it
    improves the model; otherwise it is kept for its link alone. ``report`` is what the machine
    said, in the format ``shedlight/1``, with the id as the photo's name: what people call their
    files is theirs.
    """

    id: str
    created_at: datetime
    expires_at: datetime
    width: int
    height: int
    sha256: str
    roots_in_view: bool
    improve: bool
    report: dict[str, Any]

    @property
    def model_version(self) -> str:
        """The version of the model that made the report."""
        return str(self.report["model"]["version"])

    @property
    def hairs(self) -> int:
        """How many hairs the machine listed; they are numbered from 0."""
        return len(self.report["hairs"])
