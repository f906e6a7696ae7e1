"""Corrections in the database."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select

from serve.store.correction import Correction, CorrectionEvent, CorrectionKind, Point, at_fault
from serve.store.replay import current_labels
from serve.store.saved_photo import SavedPhoto
from serve.store.tables import CORRECTION


def events_of(connection: Connection, photo_id: str) -> tuple[CorrectionEvent, ...]:
    """All events of a photo in the order in which they were acknowledged."""
    asked = select(CORRECTION).where(CORRECTION.c.photo_id == photo_id)
    return tuple(map(_event, connection.execute(asked.order_by(CORRECTION.c.number))))


def append(
    connection: Connection, photo: SavedPhoto, correction: Correction, now: datetime, by: str | None
) -> CorrectionEvent:
    """Writes the next event of a photo; no other writer may be at it.

    Raises ShedlightError (INVALID_REQUEST) for a correction of what the photo does not have.
    """
    events = events_of(connection, photo.id)
    _check(correction, photo, events)
    event = CorrectionEvent(photo.id, len(events) + 1, correction, now, by, photo.model_version)
    connection.execute(insert(CORRECTION).values(_values(event)))
    return event


def _check(correction: Correction, photo: SavedPhoto, events: Sequence[CorrectionEvent]) -> None:
    hair, place = correction.hair, correction.place
    if hair is not None and not 0 <= hair < photo.hairs:
        if hair not in current_labels(events, photo.hairs):
            raise at_fault("hair", "the photo has no hair of that number")
        if correction.said is CorrectionKind.ROOT_MOVED:
            raise at_fault("hair", "of a root that was marked by hand no other end is known")
    if place and not place.is_within(photo.width, photo.height):
        raise at_fault("place", "it is not in the photo")
    if correction.undoes is not None and not 1 <= correction.undoes <= len(events):
        raise at_fault("undoes", "the photo has no event of that number")


def _values(event: CorrectionEvent) -> dict[str, object]:
    said = vars(event.correction).copy()
    place = said.pop("place")
    point = {"x": place and place.x, "y": place and place.y}
    rest = {name: value for name, value in vars(event).items() if name != "correction"}
    return said | point | rest


def _event(row: Row[tuple[object, ...]]) -> CorrectionEvent:
    place = None if row.x is None else Point(row.x, row.y)
    correction = Correction(CorrectionKind(row.said), row.hair, place, row.root_end, row.undoes)
    return CorrectionEvent(
        row.photo_id, row.number, correction, row.said_at, row.said_by, row.model_version
    )
