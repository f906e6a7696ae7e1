"""A photo that its sender asked to save, and how long it is retained."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

LINK_DAYS = 30
"""For a photo saved for its link alone. Our assumption: time enough to show it."""
IMPROVE_DAYS = 365
"""For a photo that may improve the model. Our assumption: time enough to train on it, and an end
for people who lost the link, without which they cannot delete it."""


class Retention(StrEnum):
    """Whether photos are saved: not at all, for a link to the result, or to improve the model."""

    NO = "no"
    LINK = "link"
    IMPROVE = "improve"


@dataclass(frozen=True)
class RetentionDays:
    """Days for each of the two reasons to save a photo."""

    link_days: int = LINK_DAYS
    improve_days: int = IMPROVE_DAYS

    def expiry(self, created_at: datetime, improve: bool) -> datetime:
        """The time at which a photo is deleted."""
        return created_at + timedelta(days=self.improve_days if improve else self.link_days)


@dataclass(frozen=True)
class SavedPhoto:
    """The row of a photo; its picture is a file.

    ``id`` is unguessable (16 random bytes): anyone who has it can see and correct the photo.
    ``client_sha256`` is the hash of the token of the client that saved it, the only one that may
    delete it; None if there was no token, and anyone who has the id may.
    ``width`` and ``height`` are pixels of the upright photo, ``sha256`` is that of the uploaded
    bytes: the same photo saved twice has it twice. ``improve``: the sender agreed that the photo
    improves the model; otherwise it is saved for its link alone. ``report`` is the model's, in the
    format ``shedlight/1``, with the id as the photo's name: file names of people are not stored.
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
    client_sha256: str | None = None

    def may_be_deleted_by(self, client: str | None) -> bool:
        """Whether the client with this token may delete the photo."""
        return self.client_sha256 in (None, client_hash(client))

    @property
    def model_version(self) -> str:
        """The version of the model that made the report."""
        return str(self.report["model"]["version"])

    @property
    def hairs(self) -> int:
        """Number of hairs that the model listed; they are numbered from 0."""
        return len(self.report["hairs"])


def client_hash(client: str | None) -> str | None:
    """The SHA-256 of a client's token; None without a token."""
    return None if client is None else hashlib.sha256(client.encode()).hexdigest()
