"""Parties with keys of their own, and what they confirm."""

import sqlalchemy as sa
from alembic import op

from traceability.transparency.triggers import create_triggers, drop_triggers

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _party_key()
    _prepared()
    op.create_table(
        "record_confirmation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(length=26), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        _reference("record_confirmation", "record_id", "signed_record"),
        _reference("record_confirmation", "confirmed_id", "signed_record"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_confirmation")),
        sa.UniqueConstraint("record_id", name=op.f("uq_record_confirmation_record_id")),
    )
    op.create_index(
        "ix_record_confirmation_confirmed",
        "record_confirmation",
        ["confirmed_id", "party"],
    )
    create_triggers(op.get_bind(), ["record_confirmation"])


def downgrade() -> None:
    drop_triggers(op.get_bind(), ["record_confirmation"])
    op.drop_table("record_confirmation")
    op.drop_table("prepared_confirmation")
    op.drop_table("party_key")


def _party_key() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "party_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("thumbprint", sa.String(length=43), nullable=False),
        sa.Column("jwk", sa.Text(), nullable=False),
        sa.Column("challenge", sa.Text(), nullable=False),
        sa.Column("challenge_until", moment, nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("proven_at", moment, nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("admitted_at", moment, nullable=True),
        sa.Column("refused_at", moment, nullable=True),
        _reference("party_key", "organisation_id", "organisation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_key")),
        sa.UniqueConstraint("public_id", name=op.f("uq_party_key_public_id")),
        sa.UniqueConstraint("thumbprint", name=op.f("uq_party_key_thumbprint")),
    )
    op.create_index(
        op.f("ix_party_key_organisation_id"), "party_key", ["organisation_id"]
    )


def _prepared() -> None:
    table, moment = "prepared_confirmation", sa.DateTime(timezone=True)
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_id", sa.Integer(), nullable=False),
        sa.Column("kid", sa.String(length=200), nullable=False),
        sa.Column("signing_input", sa.Text(), nullable=False),
        sa.Column("record_id", sa.String(length=26), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("issued_at", moment, nullable=False),
        sa.Column("expires_at", moment, nullable=False),
        _reference(table, "organisation_id", "organisation"),
        _reference(table, "confirmed_id", "signed_record"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{table}_public_id")),
    )
    op.create_index(op.f(f"ix_{table}_organisation_id"), table, ["organisation_id"])


def _reference(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name)
