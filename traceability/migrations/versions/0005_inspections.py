"""Visits of inspectors, and their photos."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_POINTS = (("organisation_id", "organisation"), ("person_id", "person"))
_AT = (("batch_id", "batch"), ("record_id", "signed_record"))


def upgrade() -> None:
    op.create_table(
        "inspection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("client_id", sa.String(length=36), nullable=True),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("commune_code", sa.String(length=5), nullable=True),
        sa.Column("seen_at", _TIME, nullable=False),
        sa.Column("entered_at", _TIME, nullable=False),
        sa.Column("offline", sa.Boolean(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("event_id", sa.String(length=64), nullable=True),
        sa.Column("minutes_no", sa.String(length=60), nullable=True),
        sa.Column("minutes_at", _TIME, nullable=True),
        sa.Column("record_id", sa.Integer(), nullable=False),
        *(_points("inspection", *one) for one in (*_POINTS, *_AT)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection")),
        sa.UniqueConstraint("public_id", name=op.f("uq_inspection_public_id")),
        sa.UniqueConstraint("record_id", name=op.f("uq_inspection_record_id")),
        sa.UniqueConstraint(
            "organisation_id",
            "client_id",
            name=op.f("uq_inspection_organisation_id_client_id"),
        ),
    )
    op.create_index(op.f("ix_inspection_batch_id"), "inspection", ["batch_id"])
    op.create_index(
        "ix_inspection_organisation", "inspection", ["organisation_id", "seen_at"]
    )
    _create_photos()


def _create_photos() -> None:
    op.create_table(
        "inspection_photo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inspection_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        _points("inspection_photo", "inspection_id", "inspection"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_photo")),
        sa.UniqueConstraint(
            "inspection_id",
            "digest",
            name=op.f("uq_inspection_photo_inspection_id_digest"),
        ),
    )
    op.create_index(
        op.f("ix_inspection_photo_inspection_id"), "inspection_photo", ["inspection_id"]
    )
    op.create_table(
        "inspection_photo_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        _points("inspection_photo_part", "photo_id", "inspection_photo"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inspection_photo_part")),
    )
    op.create_index(
        op.f("ix_inspection_photo_part_photo_id"), "inspection_photo_part", ["photo_id"]
    )


def _points(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}")
    )


def downgrade() -> None:
    # What was signed and logged of visits stays; without its rows it is not shown.
    for table in ("inspection_photo_part", "inspection_photo", "inspection"):
        op.drop_table(table)
