"""Brings the tables of a database up to date."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from serve.error_codes import ServerError, ServerErrorCode

_MIGRATIONS = "serve.store:migrations"


def bring_up_to_date(engine: Engine) -> None:
    """Takes the steps that are missing, in one transaction where the database can do that.

    Raises ShedlightError (STORE_TOO_NEW) when the database has a step that this code does not
    know: to write into it could spoil what a newer version relies on.
    """
    if _is_current(engine):
        return
    try:
        with engine.begin() as connection:
            command.upgrade(_config(connection), "head")
    except DBAPIError:
        if not _is_current(engine):  # else another process, which started as we did, was quicker
            raise


def _is_current(engine: Engine) -> bool:
    with engine.begin() as connection:
        done = set(MigrationContext.configure(connection).get_current_heads())
        script = ScriptDirectory.from_config(_config(connection))
    if not done <= {step.revision for step in script.walk_revisions()}:
        raise ServerError(ServerErrorCode.STORE_TOO_NEW)
    return done == set(script.get_heads())


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", _MIGRATIONS)
    return config
