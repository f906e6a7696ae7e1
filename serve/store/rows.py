"""Saved photos and their corrections as rows of the database."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, delete, insert, select

from serve.error_codes import ServerError, ServerErrorCode
from serve.store.correction import (
    Correction,
    CorrectionEvent,
    CorrectionKind,
    Point,
    invalid_correction,
)
from serve.store.replay import current_labels
from serve.store.saved_photo import SavedPhoto
from serve.store.tables import CORRECTION, PHOTO

_IMPROVING = select(PHOTO.c.id).where(PHOTO.c.improve).order_by(PHOTO.c.created_at, PHOTO.c.id)


def insert_photo(connection: Connection, photo: SavedPhoto) -> None:
    """Adds a photo."""
    connection.execute(insert(PHOTO).values(vars(photo)))


def get_photo(connection: Connection, photo_id: str) -> SavedPhoto:
    """A photo; raises ShedlightError (PHOTO_NOT_FOUND)."""
    row = connection.execute(select(PHOTO).where(PHOTO.c.id == photo_id)).one_or_none()
    if row is None:
        raise ServerError(ServerErrorCode.PHOTO_NOT_FOUND)
    return SavedPhoto(**row._mapping)


def delete_photo(connection: Connection, photo_id: str) -> None:
    """Deletes a photo with its corrections; raises ShedlightError (PHOTO_NOT_FOUND)."""
    if not connection.execute(delete(PHOTO).where(PHOTO.c.id == photo_id)).rowcount:
        raise ServerError(ServerErrorCode.PHOTO_NOT_FOUND)


def all_ids(connection: Connection) -> set[str]:
    """The ids of all photos."""
    return set(connection.scalars(select(PHOTO.c.id)))


def expired_ids(connection: Connection, now: datetime) -> list[str]:
    """The ids of the expired photos."""
    return list(connection.scalars(select(PHOTO.c.id).where(PHOTO.c.expires_at <= now)))


def corrected_ids(connection: Connection) -> list[str]:
    """The ids of the photos that may improve the model and were corrected, oldest first."""
    corrected = select(CORRECTION.c.photo_id)
    return list(connection.scalars(_IMPROVING.where(PHOTO.c.id.in_(corrected))))


def improving_ids(connection: Connection) -> list[str]:
    """The ids of the photos that may improve the model, oldest first."""
    return list(connection.scalars(_IMPROVING))


def get_events(connection: Connection, photo_id: str) -> tuple[CorrectionEvent, ...]:
    """All events of a photo in the order in which they were stored."""
    query = select(CORRECTION).where(CORRECTION.c.photo_id == photo_id)
    return tuple(map(_event, connection.execute(query.order_by(CORRECTION.c.number))))


def append_event(
    connection: Connection,
    photo: SavedPhoto,
    correction: Correction,
    now: datetime,
    client: str | None,
) -> CorrectionEvent:
    """Writes the next event of a photo; no other writer may do so at the same time.

    Raises ShedlightError (INVALID_REQUEST) for a correction of what the photo does not have.
    """
    events = get_events(connection, photo.id)
    _check(correction, photo, events)
    number = len(events) + 1
    event = CorrectionEvent(photo.id, number, correction, now, client, photo.model_version)
    connection.execute(insert(CORRECTION).values(_values(event)))
    return event


def _check(correction: Correction, photo: SavedPhoto, events: Sequence[CorrectionEvent]) -> None:
    hair, place = correction.hair, correction.place
    if hair is not None and not 0 <= hair < photo.hairs:
        if hair not in current_labels(events, photo.hairs):
            raise invalid_correction("hair", "the photo has no hair of that number")
        if correction.kind is CorrectionKind.ROOT_MOVED:
            raise invalid_correction("hair", "a root that a person marked has no other end")
    if place and not place.is_within(photo.width, photo.height):
        raise invalid_correction("place", "it is not in the photo")
    if correction.undoes is not None and not 1 <= correction.undoes <= len(events):
        raise invalid_correction("undoes", "the photo has no event of that number")


def _values(event: CorrectionEvent) -> dict[str, object]:
    values = vars(event) | vars(event.correction)
    del values["correction"]
    place = values.pop("place")
    return values | {"x": place and place.x, "y": place and place.y}


def _event(row: Row[tuple[object, ...]]) -> CorrectionEvent:
    place = None if row.x is None else Point(row.x, row.y)
    correction = Correction(CorrectionKind(row.kind), row.hair, place, row.root_end, row.undoes)
    return CorrectionEvent(
        row.photo_id, row.number, correction, row.created_at, row.client, row.model_version
    )
