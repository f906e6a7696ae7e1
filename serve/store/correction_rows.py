"""Corrections in the database."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select

from serve.store.correction import Correction, Event, Place, Said, at_fault
from serve.store.replay import opinions
from serve.store.saved_photo import KeptPhoto
from serve.store.tables import CORRECTION


def events_of(connection: Connection, photo_id: str) -> tuple[Event, ...]:
    """All events of a photo in the order in which they were acknowledged."""
    asked = select(CORRECTION).where(CORRECTION.c.photo_id == photo_id)
    return tuple(map(_event, connection.execute(asked.order_by(CORRECTION.c.number))))


def append(
    connection: Connection, photo: KeptPhoto, correction: Correction, now: datetime, by: str | None
) -> Event:
    """Writes the next event of a photo; no other writer may be at it.

    Raises ShedlightError (INVALID_REQUEST) for a correction of what the photo does not have.
    """
    events = events_of(connection, photo.id)
    _check(correction, photo, events)
    event = Event(photo.id, len(events) + 1, correction, now, by, photo.model_version)
    connection.execute(insert(CORRECTION).values(_values(event)))
    return event


def _check(correction: Correction, photo: KeptPhoto, events: Sequence[Event]) -> None:
    hair, place = correction.hair, correction.place
    if hair is not None and not 0 <= hair < photo.hairs:
        if hair not in opinions(events, photo.hairs):
            raise at_fault("hair", "the photo has no hair of that number")
        if correction.said is Said.ROOT_MOVED:
            raise at_fault("hair", "of a root that was marked by hand no other end is known")
    if place and not place.is_within(photo.width, photo.height):
        raise at_fault("place", "it is not in the photo")
    if correction.undoes is not None and not 1 <= correction.undoes <= len(events):
        raise at_fault("undoes", "the photo has no event of that number")


def _values(event: Event) -> dict[str, object]:
    said = vars(event.correction).copy()
    place = said.pop("place")
    point = {"x": place and place.x, "y": place and place.y}
    rest = {name: value for name, value in vars(event).items() if name != "correction"}
    return said | point | rest


def _event(row: Row[tuple[object, ...]]) -> Event:
    place = None if row.x is None else Place(row.x, row.y)
    correction = Correction(Said(row.said), row.hair, place, row.root_end, row.undoes)
    return Event(row.photo_id, row.number, correction, row.said_at, row.said_by, row.model_version)
