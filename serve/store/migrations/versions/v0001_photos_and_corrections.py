"""The first tables: photos, corrections, requests, and the name of the store."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Makes the tables."""
    _make_identity()
    _make_photo()
    _make_correction()
    _make_request()


def downgrade() -> None:
    """Drops the tables with their rows."""
    for name in ("request", "correction", "photo", "identity"):
        op.drop_table(name)


def _make_identity() -> None:
    identity = op.create_table(
        "identity",
        sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(32), nullable=False),
    )
    op.bulk_insert(identity, [{"one": 1, "name": secrets.token_hex(16)}])


def _make_photo() -> None:
    op.create_table(
        "photo",
        sa.Column("id", sa.String(22), primary_key=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False, index=True),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("roots_in_view", sa.Boolean, nullable=False),
        sa.Column("improve", sa.Boolean, nullable=False),
        sa.Column("report", sa.JSON, nullable=False),
    )


def _make_correction() -> None:
    op.create_table(
        "correction",
        sa.Column("photo_id", sa.String(22), _of_photo(), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("hair", sa.Integer),
        sa.Column("x", sa.Double),
        sa.Column("y", sa.Double),
        sa.Column("root_end", sa.Integer),
        sa.Column("undoes", sa.Integer),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("client", sa.String(64)),
        sa.Column("model_version", sa.String(100), nullable=False),
    )


def _make_request() -> None:
    op.create_table(
        "request",
        sa.Column("key_sha256", sa.String(64), primary_key=True),
        sa.Column("request_sha256", sa.String(64), nullable=False),
        sa.Column("photo_id", sa.String(22), _of_photo(), nullable=False, index=True),
        sa.Column("created_at", _TIME, nullable=False),
    )


def _of_photo() -> sa.ForeignKey:
    return sa.ForeignKey("photo.id", ondelete="CASCADE")
