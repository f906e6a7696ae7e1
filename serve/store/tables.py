"""The current tables of the store."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
)

METADATA = MetaData()
ID_LENGTH = 22
"""Characters of 16 random bytes in URL-safe base64."""


class UtcTime(TypeDecorator[datetime]):
    """A time in UTC, also in a database without time zones (SQLite)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Converts for the database; raises ValueError for a time without a time zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a time needs a time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Converts from the database."""
        return value and (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)


def _of_photo() -> ForeignKey:
    return ForeignKey("photo.id", ondelete="CASCADE")


IDENTITY = Table(
    "identity",
    METADATA,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("name", String(32), nullable=False),
)
"""One row: the random name that the folder of pictures holds, too. Writers lock it."""

PHOTO = Table(
    "photo",
    METADATA,
    Column("id", String(ID_LENGTH), primary_key=True),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("roots_in_view", Boolean, nullable=False),
    Column("improve", Boolean, nullable=False),
    Column("report", JSON, nullable=False),
    Column("client_sha256", String(64)),
)

CORRECTION = Table(
    "correction",
    METADATA,
    Column("photo_id", String(ID_LENGTH), _of_photo(), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("hair", Integer),
    Column("x", Double),
    Column("y", Double),
    Column("root_end", Integer),
    Column("undoes", Integer),
    Column("created_at", UtcTime, nullable=False),
    Column("client", String(64)),
    Column("model_version", String(100), nullable=False),
)

REQUEST = Table(
    "request",
    METADATA,
    Column("key_sha256", String(64), primary_key=True),
    Column("request_sha256", String(64), nullable=False),
    Column("photo_id", String(ID_LENGTH), _of_photo(), nullable=False, index=True),
    Column("created_at", UtcTime, nullable=False),
)
