"""Scratch codes: deliveries, tags, and the labels at which codes were tried."""

import sqlalchemy as sa
from alembic import op

from traceability.transparency.triggers import create_triggers

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_KEPT = ("scratch_delivery", "scratch_tags")


def upgrade() -> None:
    op.create_table(
        "scratch_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("pepper_key_id", sa.String(length=64), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        _points("scratch_delivery", "run_id", "label_run"),
        _points("scratch_delivery", "record_id", "signed_record"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scratch_delivery")),
        sa.UniqueConstraint("run_id", name=op.f("uq_scratch_delivery_run_id")),
        sa.UniqueConstraint("record_id", name=op.f("uq_scratch_delivery_record_id")),
    )
    op.create_table(
        "scratch_tags",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tags", sa.LargeBinary(), nullable=False),
        _points("scratch_tags", "run_id", "label_run"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scratch_tags")),
        sa.UniqueConstraint(
            "run_id", "number", name=op.f("uq_scratch_tags_run_id_number")
        ),
    )
    op.create_table(
        "scratch_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("serial_index", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("locked_until", _TIME, nullable=True),
        sa.Column("opened_at", _TIME, nullable=True),
        sa.Column("again", sa.Integer(), nullable=False),
        _points("scratch_unit", "run_id", "label_run"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scratch_unit")),
        sa.UniqueConstraint(
            "run_id", "serial_index", name=op.f("uq_scratch_unit_run_id_serial_index")
        ),
    )
    create_triggers(op.get_bind(), _KEPT)


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}")
    )


def downgrade() -> None:
    # Codes that were delivered can no longer be opened: their tags are gone for good.
    for table in ("scratch_unit", *reversed(_KEPT)):
        op.drop_table(table)
