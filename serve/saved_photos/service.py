"""The store of a server: opened when it is first needed, and rid of old photos every hour."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from threading import Lock

from anyio import create_task_group, sleep, to_thread

from serve.error_codes import ServerError, ServerErrorCode
from serve.settings import Settings
from serve.store.database import is_made
from serve.store.store import Store

EXPIRE_EVERY_S = 3600.0
"""Seconds between two rounds of deleting what is over: so late may a photo be gone."""

_log = logging.getLogger(__name__)


class PhotoService:
    """Holds the one store of a server. Until somebody asks to keep a photo, no file is made.

    May be used from several threads; its methods block.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._store: Store | None = None

    def store(self) -> Store:
        """The store, made if need be; raises ShedlightError as ``Store.open`` does."""
        with self._lock:
            if self._store is None:
                settings = self._settings
                self._store = Store.open(
                    settings.store_url,
                    settings.photo_folder,
                    settings.retention_days,
                    settings.improve_days,
                )
            return self._store

    def made(self) -> Store | None:
        """The store, or None where nothing was ever kept; raises as ``store`` does."""
        if self._store is None and not is_made(self._settings.store_url):
            return None
        return self.store()

    def with_photos(self) -> Store:
        """The store to ask for a photo; where nothing was ever kept, raises PHOTO_NOT_FOUND."""
        store = self.made()
        if store is None:
            raise ServerError(ServerErrorCode.PHOTO_NOT_FOUND)
        return store

    def expire(self) -> None:
        """Deletes the photos whose time is up. Never raises: the next hour it is tried again."""
        try:
            if store := self.made():
                store.expire(datetime.now(UTC))
        except Exception:  # the server goes on scoring, whatever the store does
            _log.exception("Photos whose time is up could not be deleted.")

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """While the server runs: deletes what is over, now and every hour; closes in the end."""
        async with create_task_group() as tasks:
            tasks.start_soon(self._expire_every_hour)
            try:
                yield
            finally:
                tasks.cancel_scope.cancel()
        await to_thread.run_sync(self.close)

    async def _expire_every_hour(self) -> None:
        while True:
            await to_thread.run_sync(self.expire)
            await sleep(EXPIRE_EVERY_S)

    def close(self) -> None:
        """Gives back the store's connections; it is opened anew if it is asked for again."""
        with self._lock:
            if self._store:
                self._store.close()
            self._store = None
