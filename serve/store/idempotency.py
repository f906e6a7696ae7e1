"""Idempotency keys: a request that is sent twice is carried out once."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from serve.error_codes import ServerError, ServerErrorCode
from serve.store.tables import REQUEST

KEY_LIFETIME = timedelta(days=1)
"""Our assumption: a client repeats a request on the same day."""


@dataclass(frozen=True)
class RequestKey:
    """The key that a client chose for a request, and the SHA-256 of the request in hex.

    ``key`` should hold what distinguishes clients, since two may choose the same. A request with
    several photos needs a key for each (``key/0``, ``key/1``).
    """

    key: str
    request_sha256: str

    @property
    def key_sha256(self) -> str:
        """The stored form of the key, whose length does not depend on the client."""
        return hashlib.sha256(self.key.encode("utf-8", "surrogatepass")).hexdigest()


def find_request(connection: Connection, request: RequestKey, now: datetime) -> str | None:
    """The id of the photo with which the request was answered less than a day ago, if any.

    Raises ShedlightError (INVALID_REQUEST) if the key came with another request.
    """
    row = connection.execute(
        select(REQUEST.c.request_sha256, REQUEST.c.photo_id).where(
            REQUEST.c.key_sha256 == request.key_sha256, REQUEST.c.created_at > now - KEY_LIFETIME
        )
    ).one_or_none()
    if row is None:
        return None
    if row.request_sha256 != request.request_sha256:
        what = "the idempotency key (it came with another request)"
        raise ServerError(ServerErrorCode.INVALID_REQUEST, field="idempotency-key", what=what)
    return str(row.photo_id)


def store_request(
    connection: Connection, request: RequestKey, photo_id: str, now: datetime
) -> None:
    """Stores the photo that answers this request from now on."""
    connection.execute(delete(REQUEST).where(REQUEST.c.key_sha256 == request.key_sha256))
    connection.execute(
        insert(REQUEST).values(
            key_sha256=request.key_sha256,
            request_sha256=request.request_sha256,
            photo_id=photo_id,
            created_at=now,
        )
    )


def expire_requests(connection: Connection, now: datetime) -> None:
    """Deletes the requests that are older than a day."""
    connection.execute(delete(REQUEST).where(REQUEST.c.created_at <= now - KEY_LIFETIME))
