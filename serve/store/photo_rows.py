"""Kept photos in the database."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from serve.error_codes import ServerError, ServerErrorCode
from serve.store.saved_photo import SavedPhoto
from serve.store.tables import CORRECTION, PHOTO

_IMPROVING = select(PHOTO.c.id).where(PHOTO.c.improve).order_by(PHOTO.c.created_at, PHOTO.c.id)


def write(connection: Connection, photo: SavedPhoto) -> None:
    """Adds a photo."""
    connection.execute(insert(PHOTO).values(vars(photo)))


def read(connection: Connection, photo_id: str) -> SavedPhoto:
    """A photo; raises ShedlightError (PHOTO_NOT_FOUND)."""
    row = connection.execute(select(PHOTO).where(PHOTO.c.id == photo_id)).one_or_none()
    if row is None:
        raise ServerError(ServerErrorCode.PHOTO_NOT_FOUND)
    return SavedPhoto(**row._mapping)


def erase(connection: Connection, photo_id: str) -> None:
    """Deletes a photo with its corrections; raises ShedlightError (PHOTO_NOT_FOUND)."""
    if not connection.execute(delete(PHOTO).where(PHOTO.c.id == photo_id)).rowcount:
        raise ServerError(ServerErrorCode.PHOTO_NOT_FOUND)


def all_ids(connection: Connection) -> set[str]:
    """The ids of all photos."""
    return set(connection.scalars(select(PHOTO.c.id)))


def expired_ids(connection: Connection, now: datetime) -> list[str]:
    """The ids of the photos whose time is up."""
    return list(connection.scalars(select(PHOTO.c.id).where(PHOTO.c.expires_at <= now)))


def corrected_ids(connection: Connection) -> list[str]:
    """The ids of the photos that may improve the model and were corrected, oldest first."""
    corrected = select(CORRECTION.c.photo_id)
    return list(connection.scalars(_IMPROVING.where(PHOTO.c.id.in_(corrected))))


def improving_ids(connection: Connection) -> list[str]:
    """The ids of the photos that may improve the model, oldest first."""
    return list(connection.scalars(_IMPROVING))
