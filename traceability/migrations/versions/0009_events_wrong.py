"""Find events that were declared wrong without looking at all others."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_WRONG = sa.text("error_reason IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_trace_event_wrong",
        "trace_event",
        ["event_id"],
        sqlite_where=_WRONG,
        postgresql_where=_WRONG,
    )


def downgrade() -> None:
    op.drop_index("ix_trace_event_wrong", "trace_event")
