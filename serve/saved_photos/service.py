"""The store of a server: opened on first use; deletes expired photos every hour."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from threading import Lock

from anyio import create_task_group, sleep, to_thread

from serve.error_codes import ServerError, ServerErrorCode
from serve.settings import Settings
from serve.store.database import database_exists
from serve.store.store import Store

EXPIRY_INTERVAL_S = 3600.0
"""Interval of the expiry job; the maximum delay of a deletion."""

_log = logging.getLogger(__name__)


class PhotoService:
    """Holds the one store of a server; makes no file before the first photo is saved.

    May be used from several threads; its methods block.
    """

    def __init__(
        self,
        settings: Settings,
        expiry_interval_s: float = EXPIRY_INTERVAL_S,
        clock: Callable[[], datetime] = partial(datetime.now, UTC),
    ) -> None:
        self._settings = settings
        self._expiry_interval_s, self._clock = expiry_interval_s, clock
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

    def store_if_exists(self) -> Store | None:
        """The store, or None if nothing was ever saved; raises as ``store`` does."""
        if self._store is None and not database_exists(self._settings.store_url):
            return None
        return self.store()

    def require_store(self) -> Store:
        """The store of saved photos; raises PHOTO_NOT_FOUND if nothing was ever saved."""
        store = self.store_if_exists()
        if store is None:
            raise ServerError(ServerErrorCode.PHOTO_NOT_FOUND)
        return store

    def expire(self) -> None:
        """Deletes the expired photos. Never raises: the next round tries again."""
        try:
            if store := self.store_if_exists():
                store.expire(self._clock())
        except Exception:  # the server goes on scoring without the store
            _log.exception("Expired photos could not be deleted.")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Deletes expired photos at once and in intervals; closes the store at the end."""
        async with create_task_group() as tasks:
            tasks.start_soon(self._expire_forever)
            try:
                yield
            finally:
                tasks.cancel_scope.cancel()
        await to_thread.run_sync(self.close)

    def close(self) -> None:
        """Closes the store; the next use opens it again."""
        with self._lock:
            if self._store:
                self._store.close()
            self._store = None

    async def _expire_forever(self) -> None:
        while True:
            await to_thread.run_sync(self.expire)
            await sleep(self._expiry_interval_s)
