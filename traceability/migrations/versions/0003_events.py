"""Events in full, and the overrides of rules."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

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
EVENT_VALUES: dict[str, sa.types.TypeEngine[Any]] = {
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
MAKES_LOT = (
    *("harvest", "slaughter", "primary_process", "milling"),
    *("process", "ferment", "pack"),
)
CHUNK = 1000
# An amount that is not public: the older schema needs one, and none is zero.
HIDDEN = {"amount": "0", "unit": "ZZ"}
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
    index_events()
    for name, (column, unique) in INDEXES.items():
        op.create_index(name, "trace_event", [column], unique=unique)
    with op.batch_alter_table("trace_event_lot") as lots:
        lots.alter_column("amount", existing_type=sa.Text(), nullable=True)
        lots.alter_column("unit", existing_type=sa.String(length=3), nullable=True)
    lot = sa.table("trace_event_lot", sa.column("amount"), sa.column("unit"))
    hidden = sa.and_(*(lot.c[name] == value for name, value in HIDDEN.items()))
    op.execute(lot.update().where(hidden).values(amount=None, unit=None))
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
    lot = sa.table("trace_event_lot", sa.column("amount"), sa.column("unit"))
    op.execute(lot.update().where(lot.c.amount.is_(None)).values(**HIDDEN))
    with op.batch_alter_table("trace_event_lot") as lots:
        lots.alter_column("amount", existing_type=sa.Text(), nullable=False)
        lots.alter_column("unit", existing_type=sa.String(length=3), nullable=False)
    for name in INDEXES:
        op.drop_index(name, table_name="trace_event")
    for column in (*EVENT_REFERENCES, *EVENT_VALUES):
        op.drop_column("trace_event", column)


SIGNED = sa.text("""
    SELECT e.id, e.event_id, e.stage, e.place, r.token,
      (SELECT min(l.lot) FROM trace_event_lot l
        WHERE l.event_id = e.id AND (l.part = 'output'
          OR (l.part = 'object' AND e.action = 'ADD'))) AS born
    FROM trace_event e JOIN signed_record r ON r.id = e.record_id
    WHERE e.id > :last ORDER BY e.id LIMIT :chunk
""")
EVENT = sa.table(
    "trace_event",
    sa.column("id"),
    *(sa.column(name) for name in EVENT_REFERENCES),
    *(sa.Column(name, kind) for name, kind in EVENT_VALUES.items()),
)


def index_events() -> None:
    """Fill the new columns from what was signed: who, where, which lot was born."""
    connection = op.get_bind()
    wrong = errors(connection)
    organisations = ids(connection, "organisation")
    sites = {**ids(connection, "site"), **glns(connection)}
    for row in signed_events(connection):
        party = payload_of(row.token).get("vouchedBy", {}).get("id", "")
        error = wrong.get(row.event_id, {})
        born = row.stage in MAKES_LOT and not error
        values = {
            "organisation_id": organisations.get(party.rpartition("/")[2]),
            "site_id": sites.get(row.place.rpartition("/")[2]),
            "born_lot": row.born if born else None,
            **error,
        }
        connection.execute(EVENT.update().where(EVENT.c.id == row.id).values(**values))


def signed_events(connection: sa.Connection) -> Iterator[Any]:
    last = 0
    while True:
        asked = {"last": last, "chunk": CHUNK}
        rows = connection.execute(SIGNED, asked).all()
        if not rows:
            return
        yield from rows
        last = rows[-1].id


def errors(connection: sa.Connection) -> dict[str, dict[str, object]]:
    """Return by eventID what later versions of events say of their errors."""
    rows = connection.execute(
        sa.text(
            "SELECT id, subject, token FROM signed_record"
            " WHERE type = 'TraceEventRecord' AND version > 1 ORDER BY version"
        )
    )
    return {row.subject: error_of(row.id, row.token) for row in rows}


def error_of(record_id: int, token: str) -> dict[str, object]:
    said = payload_of(token)["credentialSubject"]["event"]["errorDeclaration"]
    instant = datetime.fromisoformat(said["declarationTime"])
    return {
        "error_record_id": record_id,
        "error_reason": said["reason"],
        "error_note": said.get("ocop:note"),
        "error_at": instant.astimezone(UTC),
        "corrected_by": next(iter(said.get("correctiveEventIDs", [])), None),
    }


def payload_of(token: str) -> dict[str, Any]:
    text = token.split(".")[1]
    padded = text + "=" * (-len(text) % 4)
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(padded))
    return found


def ids(connection: sa.Connection, table: str) -> dict[str, int]:
    found = sa.table(table, sa.column("id"), sa.column("public_id"))
    rows = connection.execute(sa.select(found.c.public_id, found.c.id))
    return {row.public_id: row.id for row in rows}


def glns(connection: sa.Connection) -> dict[str, int]:
    site = sa.table("site", sa.column("id"), sa.column("gln_digits"))
    known = sa.select(site.c.gln_digits, site.c.id).where(
        site.c.gln_digits.is_not(None)
    )
    return {row.gln_digits: row.id for row in connection.execute(known)}


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
