"""What alembic runs: the steps that are missing, on the connection of
``serve/store/migrate.py``."""

from alembic import context

from serve.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
