"""The tables and their migrations."""

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.exc import IntegrityError, ProgrammingError

from data.errors import ShedlightError
from serve.error_codes import ServerErrorCode
from serve.store.database import Database, migrate
from serve.store.store import Store
from serve.store.tables import METADATA
from tests.helpers.serve.photo_store import NOW, label, open_store, save, url_in


def test_the_migrations_lead_to_the_tables_of_the_code(tmp_path: Path) -> None:
    database = Database.open(url_in(tmp_path))
    with database.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
        assert set(inspect(connection).get_table_names()) == METADATA.tables.keys() | {
            "alembic_version"
        }
    database.close()


def test_a_database_newer_than_the_code_is_refused_untouched(store: Store, tmp_path: Path) -> None:
    store.close()
    connection = sqlite3.connect(tmp_path / "store.db")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    with pytest.raises(ShedlightError) as caught:
        open_store(tmp_path)
    assert caught.value.code is ServerErrorCode.STORE_TOO_NEW
    assert connection.execute("SELECT * FROM alembic_version").fetchall() == [("9999",)]
    connection.close()


def test_tables_are_made_together_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("alembic.operations.Operations.bulk_insert", failing)
        with pytest.raises(ShedlightError) as caught:
            open_store(tmp_path)
    assert caught.value.code is ServerErrorCode.STORE_UNAVAILABLE
    connection = sqlite3.connect(tmp_path / "store.db")
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    connection.close()
    open_store(tmp_path).close()


@pytest.mark.parametrize("made_by_the_other", [True, False])
def test_of_two_processes_that_make_the_tables_the_slower_continues(
    tmp_path: Path, made_by_the_other: bool
) -> None:
    """On a database where creating a table does not wait for another process."""
    engine = create_engine(url_in(tmp_path))

    def slower(_connection: Connection) -> None:
        if made_by_the_other:
            Database.open(url_in(tmp_path)).close()
        raise ProgrammingError("CREATE TABLE photo", {}, Exception("it exists"))

    if made_by_the_other:
        migrate(engine, slower)
    else:
        with pytest.raises(ProgrammingError):
            migrate(engine, slower)
    engine.dispose()


def failing(*_args: object, **_kwargs: object) -> None:
    raise OSError("the disk is full")


@pytest.mark.parametrize(
    ("setting", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)],
)
def test_sqlite_is_set_to_lose_nothing(tmp_path: Path, setting: str, value: object) -> None:
    database = Database.open(url_in(tmp_path))
    with database.reading() as one, database.writing() as other:
        for connection in (one, other):
            assert connection.exec_driver_sql(f"PRAGMA {setting}").scalar() == value
    database.close()


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    database = Database.open(url_in(tmp_path))
    with pytest.raises(ZeroDivisionError):
        delete_and_fail(database)
    with database.reading() as connection:
        assert len(connection.exec_driver_sql("SELECT name FROM identity").fetchall()) == 1
    database.close()


def delete_and_fail(database: Database) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM identity")
        raise ZeroDivisionError


def test_errors_do_not_contain_peoples_data(store: Store, tmp_path: Path) -> None:
    saved = save(store)
    store.add(saved.id, label(0), NOW)
    database = Database.open(url_in(tmp_path))
    with pytest.raises(ShedlightError) as caught, database.writing() as connection:
        connection.execute(
            METADATA.tables["correction"].insert(),
            {"photo_id": saved.id, "number": 1, "kind": "unsure", "created_at": NOW}
            | {"model_version": "0"},
        )
    cause = caught.value.__cause__
    assert isinstance(cause, IntegrityError)
    assert saved.id not in str(cause)
    database.close()


def test_a_photo_of_the_first_tables_may_be_deleted_by_anyone(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    photo = save(store, client="maker")
    store.close()
    with sqlite3.connect(tmp_path / "store.db") as connection:
        connection.execute("ALTER TABLE photo DROP COLUMN client_sha256")
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.close()
    store = open_store(tmp_path)
    assert store.get(photo.id).client_sha256 is None
    store.delete(photo.id)
    store.close()
