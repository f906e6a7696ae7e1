"""The store: photos that people asked to keep, and what they said about their hairs."""

import logging
import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from sqlalchemy import select

from data.errors import ShedlightError
from serve.error_codes import ServerError, ServerErrorCode
from serve.store import correction_rows as event_rows
from serve.store import photo_rows
from serve.store.correction import Correction, CorrectionEvent, CorrectionKind, at_fault
from serve.store.database import Database
from serve.store.idempotency import RequestKey, answered, forget_old, remember
from serve.store.images import PictureFolder
from serve.store.replay import corrected_report, in_force
from serve.store.retention import IMPROVE_DAYS, LINK_DAYS, RetentionDays
from serve.store.saved_photo import SavedPhoto
from serve.store.tables import IDENTITY
from serve.store.training_labels import LabelledPhoto, TrainingLabel, final_labels

_ID_BYTES = 16
_NOT_OF_THE_MACHINE = frozenset({"duplicate_of", "overlay"})

_log = logging.getLogger(__name__)


class Store:
    """Keeps photos, reports and corrections; safe to use from several threads and processes.

    What a method has returned is on the disk and survives the end of the process at any moment.
    Every ``now`` needs a time zone. Every method may raise ShedlightError: STORE_UNAVAILABLE,
    and PHOTO_NOT_FOUND for an id of which nothing is kept.
    """

    def __init__(
        self, database: Database, pictures: PictureFolder, retention: RetentionDays
    ) -> None:
        self._database = database
        self._pictures = pictures
        self._retention = retention

    @classmethod
    def open(
        cls,
        url: str,
        folder: Path,
        retention_days: int = LINK_DAYS,
        improve_days: int = IMPROVE_DAYS,
    ) -> Self:
        """The store with tables up to date and without what a killed process left half done.

        ``url`` is SQLAlchemy's, ``folder`` that of the pictures, one for each store; both are made
        if need be. Photos are kept for ``retention_days`` when only their link was asked for, and
        for ``improve_days`` when they may improve the model. Open it after forking, not before.
        Raises ShedlightError: STORE_TOO_NEW, or STORE_UNAVAILABLE, too, for another's folder.
        """
        retention = RetentionDays(retention_days, improve_days)
        store = cls(Database.open(url), PictureFolder(folder), retention)
        try:
            store._tidy(may_claim=True)
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Gives back the connections; the store may not be used any more."""
        self._database.close()

    def save(
        self,
        jpeg: bytes,
        report: Mapping[str, Any],
        roots_in_view: bool,
        improve: bool,
        now: datetime,
        request: RequestKey | None = None,
    ) -> SavedPhoto:
        """Saves a photo, re-encoded as ``jpeg``, with its report (a ``shedlight/1`` object).

        Returns the photo saved earlier if the same ``request`` was answered less than a day ago.
        Raises ShedlightError (INVALID_REQUEST) if its key came with another request.
        """
        kept = self._new(report, roots_in_view, improve, now)
        with self._database.writing() as connection:
            earlier = request and answered(connection, request, now)
            if earlier:
                return photo_rows.read(connection, earlier)
            photo_rows.write(connection, kept)
            if request:
                remember(connection, request, kept.id, now)
            self._pictures.put(kept.id, jpeg)  # before the commit, so that no row lacks its file
        return kept

    def get(self, photo_id: str) -> SavedPhoto:
        """A photo's row."""
        with self._database.reading() as connection:
            return photo_rows.read(connection, photo_id)

    def picture(self, photo_id: str) -> bytes:
        """A photo's picture as JPEG."""
        kept = self.get(photo_id)  # so that the file's name is one of ours
        try:
            return self._pictures.get(kept.id)
        except FileNotFoundError as error:  # deleted since
            raise ServerError(ServerErrorCode.PHOTO_NOT_FOUND) from error
        except OSError as error:
            raise ServerError(ServerErrorCode.STORE_UNAVAILABLE) from error

    def add(
        self, photo_id: str, correction: Correction, now: datetime, said_by: str | None = None
    ) -> CorrectionEvent:
        """Acknowledges a correction; ``said_by`` is the token of an anonymous client, if any.

        Raises ShedlightError (INVALID_REQUEST) for a correction of what the photo does not have.
        """
        with self._database.writing() as connection:
            photo = photo_rows.read(connection, photo_id)
            return event_rows.append(connection, photo, correction, now, said_by)

    def undo_last(
        self, photo_id: str, now: datetime, said_by: str | None = None
    ) -> CorrectionEvent:
        """Takes back the last event that is still in force, whoever said it.

        Raises ShedlightError (INVALID_REQUEST) when there is none.
        """
        with self._database.writing() as connection:
            photo = photo_rows.read(connection, photo_id)
            standing = in_force(event_rows.events_of(connection, photo_id))
            if not standing:
                raise at_fault("undoes", "there is nothing to undo")
            undo = Correction(CorrectionKind.UNDO, undoes=standing[-1].number)
            return event_rows.append(connection, photo, undo, now, said_by)

    def history(self, photo_id: str) -> tuple[SavedPhoto, tuple[CorrectionEvent, ...]]:
        """A photo's row and all that was said about it, of the same moment."""
        with self._database.reading() as connection:
            photo = photo_rows.read(connection, photo_id)
            return photo, event_rows.events_of(connection, photo_id)

    def events(self, photo_id: str) -> tuple[CorrectionEvent, ...]:
        """All that was said about a photo, in order, undone or not."""
        return self.history(photo_id)[1]

    def corrected(self, photo_id: str) -> dict[str, Any]:
        """The report with what people said beside it; see ``replay.corrected_report``."""
        photo, events = self.history(photo_id)
        return corrected_report(photo.report, events)

    def labels(self, photo_id: str) -> tuple[TrainingLabel, ...]:
        """The hairs that people said something of, with what stands in the end."""
        return final_labels(*self.history(photo_id))

    def export(self) -> Iterator[LabelledPhoto]:
        """The photos that may improve the model and have labels by people, oldest first.

        One that is deleted meanwhile is left out; fetch the pictures with ``picture``.
        """
        with self._database.reading() as connection:
            ids = photo_rows.corrected_ids(connection)
        for photo, events in self._histories(ids):
            if labels := final_labels(photo, events):
                yield LabelledPhoto(photo, labels)

    def improving(self) -> Iterator[tuple[SavedPhoto, tuple[CorrectionEvent, ...]]]:
        """The photos that may improve the model, oldest first, each with all that was said of it.

        One that is deleted meanwhile is left out.
        """
        with self._database.reading() as connection:
            ids = photo_rows.improving_ids(connection)
        return self._histories(ids)

    def delete(self, photo_id: str) -> None:
        """Deletes a photo: its row, its picture and all that was said about it."""
        with self._database.writing() as connection:
            photo_rows.erase(connection, photo_id)
            self._pictures.remove(photo_id)  # before the commit, so that a failure can be retried
        self._database.scrub()

    def expire(self, now: datetime) -> int:
        """Deletes the photos whose time is up, and returns how many; call it every hour or so.

        It also forgets old requests, and deletes pictures whose ``keep`` failed half way.
        """
        with self._database.writing() as connection:
            forget_old(connection, now)
            over = photo_rows.expired_ids(connection, now)
            for photo_id in over:
                photo_rows.erase(connection, photo_id)
                self._pictures.remove(photo_id)
        self._tidy()
        self._database.scrub()
        return len(over)

    def _histories(
        self, ids: Iterable[str]
    ) -> Iterator[tuple[SavedPhoto, tuple[CorrectionEvent, ...]]]:
        """Those that are still there."""
        for photo_id in ids:
            try:
                yield self.history(photo_id)
            except ShedlightError as error:
                if error.code is not ServerErrorCode.PHOTO_NOT_FOUND:
                    raise

    def _new(
        self, report: Mapping[str, Any], roots_in_view: bool, improve: bool, now: datetime
    ) -> SavedPhoto:
        photo_id = secrets.token_urlsafe(_ID_BYTES)
        said = {name: part for name, part in report.items() if name not in _NOT_OF_THE_MACHINE}
        return SavedPhoto(
            id=photo_id,
            created_at=now.astimezone(UTC),
            expires_at=self._retention.end(now.astimezone(UTC), improve),
            width=report["width"],
            height=report["height"],
            sha256=report["sha256"],
            roots_in_view=roots_in_view,
            improve=improve,
            report=said | {"photo": photo_id},
        )

    def _tidy(self, may_claim: bool = False) -> None:
        """Deletes pictures without a row, and rows without a picture, while nobody writes."""
        with self._database.writing() as connection:
            name = connection.scalars(select(IDENTITY.c.name)).one()
            ids = photo_rows.all_ids(connection)
            if may_claim and not ids:
                self._pictures.claim(name)
            self._pictures.check(name)
            for photo_id in self._pictures.tidy(ids):
                _log.warning("The picture of a kept photo is gone; so is the photo now.")
                photo_rows.erase(connection, photo_id)
