"""The database of the store: opening, migrations and transactions."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from serve.error_codes import ServerError, ServerErrorCode
from serve.store.tables import IDENTITY

RETRY_S = 5
"""Seconds for Retry-After. Our assumption."""
_MIGRATIONS = Path(__file__).with_name("migrations")
_BEGIN = "shedlight_begin"
_READ_ONLY_ERRORS = {errno.EACCES, errno.EPERM, errno.EROFS}
_READ_ONLY_TEXTS = ("readonly database", "unable to open database file")
"""SQLite's messages, for a file and for a folder that may not be written."""
_SQLITE_SETTINGS = {
    "busy_timeout": "30000",  # ms; first, as the others may have to wait
    "journal_mode": "WAL",  # readers and the writer do not wait for each other
    "synchronous": "FULL",  # a commit is on the disk when it returns
    "foreign_keys": "ON",
    "secure_delete": "ON",  # what was deleted is overwritten
}


class Database:
    """Transactions on any SQLAlchemy URL; safe to use from several threads and processes.

    There is one writer at a time on every kind of database, so that what is read in ``writing``
    still holds when it ends. Errors of the database and the disk are raised as ShedlightError
    (STORE_UNAVAILABLE).
    """

    def __init__(self, engine: Engine) -> None:
        self._readers = engine
        # BEGIN IMMEDIATE: a transaction that reads and then writes would fail when another writes
        # in between.
        self._writers = engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        self._no_transaction = engine.execution_options(**{_BEGIN: None})

    @classmethod
    def open(cls, url: str) -> Self:
        """The database with its tables up to date; makes SQLite's file and its folder.

        Raises ShedlightError: STORE_TOO_NEW, or STORE_UNAVAILABLE for a URL that does not work.
        """
        try:
            with as_store_errors():
                database = cls(_engine(make_url(url)))
        except (ArgumentError, ImportError) as error:  # no such URL, or its driver is missing
            raise ServerError(ServerErrorCode.STORE_UNAVAILABLE) from error
        with as_store_errors():
            migrate(database._writers)
        return database

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with as_store_errors(), self._readers.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that waits for other writers and is on the disk when it ends."""
        with as_store_errors(), self._writers.begin() as connection:
            connection.execute(select(IDENTITY.c.name).with_for_update())
            yield connection

    def truncate_log(self) -> None:
        """Empties SQLite's write-ahead log, which may still hold deleted rows."""
        if self._readers.dialect.name == "sqlite":
            with as_store_errors(), self._no_transaction.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Closes all connections."""
        self._readers.dispose()


def database_exists(url: str) -> bool:
    """Whether SQLite's file exists; True for other kinds of databases.

    Raises ShedlightError (STORE_UNAVAILABLE) for an invalid URL or a path that is not accessible.
    """
    try:
        parsed = make_url(url)
        return parsed.get_backend_name() != "sqlite" or Path(parsed.database or "").is_file()
    except (ArgumentError, OSError) as error:
        raise ServerError(ServerErrorCode.STORE_UNAVAILABLE) from error


def _upgrade(connection: Connection) -> None:
    command.upgrade(_alembic_config(connection), "head")


def migrate(engine: Engine, upgrade: Callable[[Connection], None] = _upgrade) -> None:
    """Applies the missing migrations, in one transaction if the database can do that.

    Raises ShedlightError (STORE_TOO_NEW) if the database has a migration that this code does not
    know: writing could break what a newer version relies on.
    """
    if _is_current(engine):
        return
    try:
        with engine.begin() as connection:
            upgrade(connection)
    except DBAPIError:
        if not _is_current(engine):  # otherwise another process was quicker
            raise


def _is_current(engine: Engine) -> bool:
    with engine.begin() as connection:
        done = set(MigrationContext.configure(connection).get_current_heads())
        script = ScriptDirectory.from_config(_alembic_config(connection))
    if not done <= {migration.revision for migration in script.walk_revisions()}:
        raise ServerError(ServerErrorCode.STORE_TOO_NEW)
    return done == set(script.get_heads())


def _alembic_config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


@contextmanager
def as_store_errors() -> Iterator[None]:
    """Raises errors of the database and the disk as STORE_UNAVAILABLE, with their cause.

    STORE_NOT_WRITABLE where waiting does not help: the folder or the file is read-only.
    """
    try:
        yield
    except (DBAPIError, PoolTimeout, OSError) as error:
        if _is_read_only(error):
            raise ServerError(ServerErrorCode.STORE_NOT_WRITABLE) from error
        raise ServerError(ServerErrorCode.STORE_UNAVAILABLE, retry_s=RETRY_S) from error


def _is_read_only(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in _READ_ONLY_ERRORS
    return isinstance(error, DBAPIError) and any(
        text in str(error.orig) for text in _READ_ONLY_TEXTS
    )


def _engine(url: URL) -> Engine:
    # Parameters are people's data and stay out of errors and logs.
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
