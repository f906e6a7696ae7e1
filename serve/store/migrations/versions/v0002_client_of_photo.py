"""Which client saved a photo, so that no other deletes it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds the column; photos saved before can be deleted by any client, as before."""
    op.add_column("photo", sa.Column("client_sha256", sa.String(64)))


def downgrade() -> None:
    """Drops the column."""
    with op.batch_alter_table("photo") as photo:  # SQLite copies the table
        photo.drop_column("client_sha256")
