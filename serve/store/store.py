"""The store: photos that people asked to save, and the corrections of their hairs."""

import logging
import secrets
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from sqlalchemy import select

from data.errors import ShedlightError
from serve.error_codes import ServerError, ServerErrorCode
from serve.store import rows
from serve.store.correction import Correction, CorrectionEvent, CorrectionKind, invalid_correction
from serve.store.database import Database
from serve.store.idempotency import RequestKey, expire_requests, find_request, store_request
from serve.store.images import PictureFolder
from serve.store.replay import active_events, corrected_report
from serve.store.saved_photo import (
    IMPROVE_DAYS,
    LINK_DAYS,
    RetentionDays,
    SavedPhoto,
    client_hash,
)
from serve.store.tables import IDENTITY
from serve.store.training_labels import LabelledPhoto, training_labels

_ID_BYTES = 16
_ANSWER_FIELDS = frozenset({"duplicate_of", "overlay", "picture"})
"""Fields of an answer that depend on the request and are not stored."""

_log = logging.getLogger(__name__)


class Store:
    """Stores photos, reports and corrections; safe to use from several threads and processes.

    What a method has returned is on the disk and survives the end of the process at any moment.
    Every ``now`` needs a time zone. Every method may raise ShedlightError: STORE_UNAVAILABLE, and
    PHOTO_NOT_FOUND for an unknown id.
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
        """Opens the store, migrates its tables and removes what a killed process left unfinished.

        ``url`` is SQLAlchemy's, ``folder`` that of the pictures, one for each store; both are made
        if need be. Photos are retained for ``retention_days`` if they are saved for their link
        alone, and for ``improve_days`` if they may improve the model. Open it after forking, not
        before. Raises ShedlightError: STORE_TOO_NEW, or STORE_UNAVAILABLE, also for the folder of
        another store.
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
        """Closes the connections; the store cannot be used any more."""
        self._database.close()

    def save(
        self,
        jpeg: bytes,
        report: Mapping[str, Any],
        roots_in_view: bool,
        improve: bool,
        now: datetime,
        request: RequestKey | None = None,
        client: str | None = None,
    ) -> SavedPhoto:
        """Saves a photo, re-encoded as ``jpeg``, with its report (a ``shedlight/1`` object).

        ``client`` is the token of the client, if any; then only it may delete the photo. Returns
        the photo saved earlier if the same ``request`` was answered less than a day ago.
        Raises ShedlightError (INVALID_REQUEST) if its key came with another request.
        """
        photo = self._new_photo(report, roots_in_view, improve, now, client)
        with self._database.writing() as connection:
            earlier = request and find_request(connection, request, now)
            if earlier:
                return rows.get_photo(connection, earlier)
            rows.insert_photo(connection, photo)
            if request:
                store_request(connection, request, photo.id, now)
            self._pictures.put(photo.id, jpeg)  # before the commit, so that no row lacks its file
        return photo

    def get(self, photo_id: str) -> SavedPhoto:
        """A photo's row."""
        with self._database.reading() as connection:
            return rows.get_photo(connection, photo_id)

    def picture(self, photo_id: str) -> bytes:
        """A photo's picture as JPEG."""
        photo = self.get(photo_id)  # so that the file name is one of the store's
        try:
            return self._pictures.get(photo.id)
        except FileNotFoundError as error:  # deleted since
            raise ServerError(ServerErrorCode.PHOTO_NOT_FOUND) from error
        except OSError as error:
            raise ServerError(ServerErrorCode.STORE_UNAVAILABLE) from error

    def add(
        self, photo_id: str, correction: Correction, now: datetime, client: str | None = None
    ) -> CorrectionEvent:
        """Stores a correction; ``client`` is the token of an anonymous client, if any.

        Raises ShedlightError (INVALID_REQUEST) for a correction of what the photo does not have.
        """
        with self._database.writing() as connection:
            photo = rows.get_photo(connection, photo_id)
            return rows.append_event(connection, photo, correction, now, client)

    def undo_last(self, photo_id: str, now: datetime, client: str | None = None) -> CorrectionEvent:
        """Undoes the last active event, of any client.

        Raises ShedlightError (INVALID_REQUEST) if there is none.
        """
        with self._database.writing() as connection:
            photo = rows.get_photo(connection, photo_id)
            active = active_events(rows.get_events(connection, photo_id))
            if not active:
                raise invalid_correction("undoes", "there is nothing to undo")
            undo = Correction(CorrectionKind.UNDO, undoes=active[-1].number)
            return rows.append_event(connection, photo, undo, now, client)

    def history(self, photo_id: str) -> tuple[SavedPhoto, tuple[CorrectionEvent, ...]]:
        """A photo's row and all its events in order, undone or not, of the same moment."""
        with self._database.reading() as connection:
            photo = rows.get_photo(connection, photo_id)
            return photo, rows.get_events(connection, photo_id)

    def corrected(self, photo_id: str) -> dict[str, Any]:
        """The report with corrections added; see ``replay.corrected_report``."""
        photo, events = self.history(photo_id)
        return corrected_report(photo.report, events)

    def labelled_photos(self) -> Iterator[LabelledPhoto]:
        """The photos that may improve the model and have labels by people, oldest first.

        Skips photos that are deleted meanwhile; fetch the pictures with ``picture``.
        """
        with self._database.reading() as connection:
            ids = rows.corrected_ids(connection)
        for photo, events in self._histories(ids):
            if labels := training_labels(photo, events):
                yield LabelledPhoto(photo, labels)

    def improving_photos(self) -> Iterator[tuple[SavedPhoto, tuple[CorrectionEvent, ...]]]:
        """The photos that may improve the model, oldest first, each with all its events.

        Skips photos that are deleted meanwhile.
        """
        with self._database.reading() as connection:
            ids = rows.improving_ids(connection)
        return self._histories(ids)

    def delete(self, photo_id: str, client: str | None = None) -> None:
        """Deletes a photo: its row, its picture and its corrections.

        Raises ShedlightError (NOT_YOUR_PHOTO) if another ``client`` saved it.
        """
        with self._database.writing() as connection:
            if not rows.get_photo(connection, photo_id).may_be_deleted_by(client):
                raise ServerError(ServerErrorCode.NOT_YOUR_PHOTO)
            rows.delete_photo(connection, photo_id)
            self._pictures.remove(photo_id)  # before the commit, so that a failure can be retried
        self._database.truncate_log()

    def expire(self, now: datetime) -> int:
        """Deletes the expired photos and returns their number; call it every hour or so.

        Also deletes old idempotency keys, and pictures whose ``save`` was interrupted.
        """
        with self._database.writing() as connection:
            expire_requests(connection, now)
            expired = rows.expired_ids(connection, now)
            for photo_id in expired:
                rows.delete_photo(connection, photo_id)
                self._pictures.remove(photo_id)
        self._tidy()
        self._database.truncate_log()
        return len(expired)

    def _histories(
        self, ids: Iterable[str]
    ) -> Iterator[tuple[SavedPhoto, tuple[CorrectionEvent, ...]]]:
        for photo_id in ids:
            try:
                yield self.history(photo_id)
            except ShedlightError as error:
                if error.code is not ServerErrorCode.PHOTO_NOT_FOUND:
                    raise

    def _new_photo(
        self,
        report: Mapping[str, Any],
        roots_in_view: bool,
        improve: bool,
        now: datetime,
        client: str | None,
    ) -> SavedPhoto:
        photo_id = secrets.token_urlsafe(_ID_BYTES)
        stored = {name: value for name, value in report.items() if name not in _ANSWER_FIELDS}
        return SavedPhoto(
            id=photo_id,
            created_at=now.astimezone(UTC),
            expires_at=self._retention.expiry(now.astimezone(UTC), improve),
            width=report["width"],
            height=report["height"],
            sha256=report["sha256"],
            roots_in_view=roots_in_view,
            improve=improve,
            report=stored | {"photo": photo_id},
            client_sha256=client_hash(client),
        )

    def _tidy(self, may_claim: bool = False) -> None:
        """Deletes pictures without a row and rows without a picture, while no other writes."""
        with self._database.writing() as connection:
            name = connection.scalars(select(IDENTITY.c.name)).one()
            ids = rows.all_ids(connection)
            if may_claim and not ids:
                self._pictures.claim(name)
            self._pictures.check(name)
            for photo_id in self._pictures.tidy(ids):
                _log.warning("The picture of a saved photo is missing. The photo is deleted.")
                rows.delete_photo(connection, photo_id)
