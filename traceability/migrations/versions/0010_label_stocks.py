"""Organisations' own label stock, and their printers as they were measured."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "label_stock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("archived_at", _MOMENT, nullable=True),
        _of_organisation("label_stock"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_stock")),
        sa.UniqueConstraint("public_id", name=op.f("uq_label_stock_public_id")),
    )
    op.create_index(
        op.f("ix_label_stock_organisation_id"), "label_stock", ["organisation_id"]
    )
    op.create_table(
        "printer_profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("stock", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("corrected", sa.Text(), nullable=False),
        sa.Column("measured_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        _of_organisation("printer_profile"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printer_profile")),
        sa.UniqueConstraint("public_id", name=op.f("uq_printer_profile_public_id")),
        sa.UniqueConstraint(
            "organisation_id",
            "stock",
            "name",
            name=op.f("uq_printer_profile_organisation_id_stock_name"),
        ),
    )


def downgrade() -> None:
    op.drop_table("printer_profile")
    op.drop_table("label_stock")


def _of_organisation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id"],
        ["organisation.id"],
        name=op.f(f"fk_{table}_organisation_id"),
    )
