"""Events in full, and the overrides of rules."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# Columns that point to other tables are written with their reference inside: SQLite
# adds and drops such a column in place, where rebuilding a table that others point to
# would need their rows gone.
EVENT_REFERENCES = {
    "organisation_id": "organisation",
    "site_id": "site",
    "error_record_id": "signed_record",
}
EVENT_VALUES = {
    "born_lot": sa.String(length=400),
    "error_reason": sa.String(length=16),
    "error_note": sa.String(length=300),
    "error_at": sa.DateTime(timezone=True),
    "corrected_by": sa.String(length=64),
}
INDEXES = {
    "ix_trace_event_organisation_id": ("organisation_id", False),
    "ix_trace_event_site_id": ("site_id", False),
    "uq_trace_event_born_lot": ("born_lot", True),
}
# Every event so far is the birth of an issued batch's lot.
BIRTHS = """
    UPDATE trace_event SET
      born_lot = (SELECT l.lot FROM trace_event_lot l
        WHERE l.event_id = trace_event.id AND l.part IN ('object', 'output')),
      organisation_id = (SELECT b.organisation_id FROM batch b
        JOIN trace_event_lot l ON l.lot = b.digital_link
        WHERE l.event_id = trace_event.id AND l.part IN ('object', 'output')),
      site_id = (SELECT b.site_id FROM batch b
        JOIN trace_event_lot l ON l.lot = b.digital_link
        WHERE l.event_id = trace_event.id AND l.part IN ('object', 'output'))
"""


OVERRIDES = ("override_order", "override_withdrawal")  # reasons, by rule


def upgrade() -> None:
    upgrade_events()
    upgrade_overrides()


def downgrade() -> None:
    downgrade_overrides()
    downgrade_events()


def upgrade_overrides() -> None:
    reason = sa.String(length=500)
    for column in OVERRIDES:
        op.add_column(
            "batch", sa.Column(column, reason, nullable=False, server_default="")
        )


def downgrade_overrides() -> None:
    # The reasons of issued lots stay in their signed records.
    for column in OVERRIDES:
        op.drop_column("batch", column)


def upgrade_events() -> None:
    for column, table in EVENT_REFERENCES.items():
        op.execute(
            f"ALTER TABLE trace_event ADD COLUMN {column} INTEGER"
            f" CONSTRAINT fk_trace_event_{column} REFERENCES {table} (id)"
        )
    for column, kind in EVENT_VALUES.items():
        op.add_column("trace_event", sa.Column(column, kind, nullable=True))
    op.execute(BIRTHS)
    for name, (column, unique) in INDEXES.items():
        op.create_index(name, "trace_event", [column], unique=unique)
    with op.batch_alter_table("trace_event_lot") as lots:
        lots.alter_column("amount", existing_type=sa.Text(), nullable=True)
        lots.alter_column("unit", existing_type=sa.String(length=3), nullable=True)
    create_growing()
    create_files()


def downgrade_events() -> None:
    op.drop_index(op.f("ix_event_file_part_file_id"), table_name="event_file_part")
    op.drop_table("event_file_part")
    op.drop_index(op.f("ix_event_file_digest"), table_name="event_file")
    op.drop_index(op.f("ix_event_file_organisation_id"), table_name="event_file")
    op.drop_table("event_file")
    op.drop_index(op.f("ix_growing_organisation_id"), table_name="growing")
    op.drop_table("growing")
    # The older schema knows births only; what else was signed stays among the records.
    op.execute("DELETE FROM trace_event_lot WHERE amount IS NULL OR unit IS NULL")
    with op.batch_alter_table("trace_event_lot") as lots:
        lots.alter_column("amount", existing_type=sa.Text(), nullable=False)
        lots.alter_column("unit", existing_type=sa.String(length=3), nullable=False)
    for name in INDEXES:
        op.drop_index(name, table_name="trace_event")
    for column in (*EVENT_REFERENCES, *EVENT_VALUES):
        op.drop_column("trace_event", column)


def create_growing() -> None:
    op.create_table(
        "growing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("plot", sa.Text(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_growing_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["site.id"], name=op.f("fk_growing_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_growing")),
        sa.UniqueConstraint("public_id", name=op.f("uq_growing_public_id")),
    )
    op.create_index(
        op.f("ix_growing_organisation_id"), "growing", ["organisation_id"], unique=False
    )


def create_files() -> None:
    op.create_table(
        "event_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_event_file_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_file")),
    )
    op.create_index(
        op.f("ix_event_file_organisation_id"),
        "event_file",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(op.f("ix_event_file_digest"), "event_file", ["digest"])
    op.create_table(
        "event_file_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["event_file.id"], name=op.f("fk_event_file_part_file_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_file_part")),
    )
    op.create_index(
        op.f("ix_event_file_part_file_id"), "event_file_part", ["file_id"], unique=False
    )
