"""Derived credentials: what was signed for readers of UNTP, kept as it was signed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "derived_credential",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("variant", sa.String(length=16), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("kid", sa.String(length=200), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["signed_record.id"],
            name=op.f("fk_derived_credential_record_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_derived_credential")),
        sa.UniqueConstraint(
            "record_id",
            "variant",
            name=op.f("uq_derived_credential_record_id_variant"),
        ),
    )


def downgrade() -> None:
    op.drop_table("derived_credential")
