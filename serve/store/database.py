"""The database of the store: how it is opened, and its transactions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from serve.error_codes import ServerError, ServerErrorCode
from serve.store.migrate import bring_up_to_date
from serve.store.tables import IDENTITY

RETRY_S = 5
"""When another try is worth while; our assumption."""
_BEGIN = "shedlight_begin"
_SQLITE_SETTINGS = {
    "busy_timeout": "30000",  # ms; first of all, as the others may have to wait
    "journal_mode": "WAL",  # readers and the writer do not wait for each other
    "synchronous": "FULL",  # a commit is on the disk when it returns
    "foreign_keys": "ON",
    "secure_delete": "ON",  # what was deleted is overwritten
}


class Database:
    """Transactions on any SQLAlchemy URL; safe to use from several threads and processes.

    There is one writer at a time on every kind of database, so that what is read in ``writing``
    still holds when it ends. Whatever the database or the disk says against it is raised as
    ShedlightError (STORE_UNAVAILABLE).
    """

    def __init__(self, engine: Engine) -> None:
        self._readers = engine
        # What read first and then writes would be refused when another wrote in between.
        self._writers = engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        self._outside = engine.execution_options(**{_BEGIN: None})

    @classmethod
    def open(cls, url: str) -> Self:
        """The database with its tables up to date; SQLite's file and its folder are made.

        Raises ShedlightError: STORE_TOO_NEW, or STORE_UNAVAILABLE for a URL that does not work.
        """
        try:
            with _plainly():
                database = cls(_engine(make_url(url)))
        except (ArgumentError, ImportError) as error:  # no such URL, or its driver is missing
            raise ServerError(ServerErrorCode.STORE_UNAVAILABLE) from error
        with _plainly():
            bring_up_to_date(database._writers)
        return database

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with _plainly(), self._readers.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that waits for other writers and is on the disk when it ends."""
        with _plainly(), self._writers.begin() as connection:
            connection.execute(select(IDENTITY.c.name).with_for_update())
            yield connection

    def scrub(self) -> None:
        """Empties SQLite's write-ahead log, which may hold what was deleted since."""
        if self._readers.dialect.name == "sqlite":
            with _plainly(), self._outside.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Gives back all connections."""
        self._readers.dispose()


@contextmanager
def _plainly() -> Iterator[None]:
    """Turns what went wrong below into an error of the closed set; the cause stays attached."""
    try:
        yield
    except (DBAPIError, PoolTimeout, OSError) as error:
        raise ServerError(ServerErrorCode.STORE_UNAVAILABLE, retry_s=RETRY_S) from error


def is_made(url: str) -> bool:
    """Whether there is a database to open: SQLite's file; of another kind one always is.

    Raises ShedlightError (STORE_UNAVAILABLE) for what is no URL, and for what may not be looked at.
    """
    try:
        made = make_url(url)
        return made.get_backend_name() != "sqlite" or Path(made.database or "").is_file()
    except (ArgumentError, OSError) as error:
        raise ServerError(ServerErrorCode.STORE_UNAVAILABLE) from error


def _engine(url: URL) -> Engine:
    # Parameters stay out of errors and logs: they are people's photos.
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        if url.database in (None, "", ":memory:"):
            raise ArgumentError("a store needs a file")
        Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # Python's driver starts no transaction; _begin_sqlite does
    for name, value in _SQLITE_SETTINGS.items():
        connection.execute(f"PRAGMA {name} = {value}").close()


def _begin_sqlite(connection: Connection) -> None:
    if begin := connection.get_execution_options().get(_BEGIN, "BEGIN"):
        connection.exec_driver_sql(begin)
