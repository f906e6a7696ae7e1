"""Run by alembic: applies the missing migrations on the connection of ``serve/store/database.py``.

A migration that was released is never changed.
"""

from alembic import context

from serve.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
