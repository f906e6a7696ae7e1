"""Requests that were sent twice and must be carried out once."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from serve.error_codes import ServerError, ServerErrorCode
from serve.store.tables import REQUEST

REMEMBERED = timedelta(days=1)
"""Our assumption: who repeats a request does so the same day."""


@dataclass(frozen=True)
class RequestKey:
    """The key that a client chose for a request, and the sha256 of the request in hex.

    Two clients may choose the same ``key``, so it should hold what tells clients apart. A request
    with several photos needs a key for each (``key/0``, ``key/1``).
    """

    key: str
    request_sha256: str

    @property
    def key_sha256(self) -> str:
        """What is stored of the key: of one length, whatever clients send."""
        return hashlib.sha256(self.key.encode("utf-8", "surrogatepass")).hexdigest()


def answered(connection: Connection, request: RequestKey, now: datetime) -> str | None:
    """The id of the photo that the request was answered with less than a day ago, if any.

    Raises ShedlightError (INVALID_REQUEST) when the key came with another request.
    """
    row = connection.execute(
        select(REQUEST.c.request_sha256, REQUEST.c.photo_id).where(
            REQUEST.c.key_sha256 == request.key_sha256, REQUEST.c.created_at > now - REMEMBERED
        )
    ).one_or_none()
    if row is None:
        return None
    if row.request_sha256 != request.request_sha256:
        what = "the idempotency key (it came with another request)"
        raise ServerError(ServerErrorCode.INVALID_REQUEST, field="idempotency-key", what=what)
    return str(row.photo_id)


def remember(connection: Connection, request: RequestKey, photo_id: str, now: datetime) -> None:
    """Lets ``answered`` know the photo from now on."""
    connection.execute(delete(REQUEST).where(REQUEST.c.key_sha256 == request.key_sha256))
    connection.execute(
        insert(REQUEST).values(
            key_sha256=request.key_sha256,
            request_sha256=request.request_sha256,
            photo_id=photo_id,
            created_at=now,
        )
    )


def forget_old(connection: Connection, now: datetime) -> None:
    """Deletes what is remembered for longer than a day."""
    connection.execute(delete(REQUEST).where(REQUEST.c.created_at <= now - REMEMBERED))
