"""What became of labels, and what bounds their printing."""

import sqlalchemy as sa
from alembic import op

from traceability.transparency.triggers import create_triggers, drop_triggers

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_KEPT = ("label_applied", "label_reprint", "label_print_out")


def upgrade() -> None:
    op.add_column("label_void", sa.Column("kind", sa.String(length=12), nullable=True))
    _terms()
    _range_table("label_applied", sa.Column("day", sa.Date(), nullable=False))
    _range_table("label_reprint", sa.Column("reason", sa.Text(), nullable=False))
    _print_out()
    create_triggers(op.get_bind(), _KEPT)


def downgrade() -> None:
    drop_triggers(op.get_bind(), _KEPT)
    for table in ("label_print_out", "label_reprint", "label_applied", "label_terms"):
        op.drop_table(table)
    op.drop_column("label_void", "kind")


def _terms() -> None:
    table = "label_terms"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=True),
        sa.Column("period", sa.String(length=8), nullable=False),
        sa.Column("quota_by_id", sa.Integer(), nullable=True),
        sa.Column("applied_since", sa.Date(), nullable=True),
        sa.CheckConstraint("quota >= 0", name=op.f("ck_label_terms_quota")),
        _reference(table, "organisation_id", "organisation"),
        _reference(table, "quota_by_id", "organisation"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "organisation_id", name=op.f(f"uq_{table}_organisation_id")
        ),
    )


def _range_table(table: str, own: sa.Column[object]) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("from_index", sa.Integer(), nullable=False),
        sa.Column("to_index", sa.Integer(), nullable=False),
        own,
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("from_index <= to_index", name=op.f(f"ck_{table}_order")),
        _reference(table, "run_id", "label_run"),
        _reference(table, "record_id", "signed_record"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id")),
        sa.UniqueConstraint("record_id", name=op.f(f"uq_{table}_record_id")),
    )
    op.create_index(op.f(f"ix_{table}_run_id"), table, ["run_id"])


def _print_out() -> None:
    table = "label_print_out"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("reprint_id", sa.Integer(), nullable=True),
        sa.Column("format", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        _reference(table, "run_id", "label_run"),
        _reference(table, "reprint_id", "label_reprint"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_run_id"), table, ["run_id"])


def _reference(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name)
