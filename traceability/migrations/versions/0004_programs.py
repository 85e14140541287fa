"""What programs with an API key need: answers remembered for every room."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_COLUMNS = "id, organisation_id, key, request_sha256, body, answered_at"


def upgrade() -> None:
    _create("api_answer")
    op.create_index(op.f("ix_api_answer_answered_at"), "api_answer", ["answered_at"])
    _move("batch_api_answer", "api_answer")


def downgrade() -> None:
    _create("batch_api_answer")
    _move("api_answer", "batch_api_answer")


def _create(table: str) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("request_sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f(f"fk_{table}_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "organisation_id", "key", name=op.f(f"uq_{table}_organisation_id_key")
        ),
    )


def _move(old: str, new: str) -> None:
    """Take the rows along: a repeated request is answered as before."""
    op.execute(f"INSERT INTO {new} ({_COLUMNS}) SELECT {_COLUMNS} FROM {old}")  # noqa: S608 (our own names)
    op.drop_table(old)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"SELECT setval(pg_get_serial_sequence('{new}', 'id'),"  # noqa: S608 (our own names)
            f" coalesce((SELECT max(id) FROM {new}), 0) + 1, false)"
        )
