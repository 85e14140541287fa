"""Find what is held, recalled or withdrawn without looking at everything else."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_STOPPED = sa.text("state IN ('held', 'recalled')")
_WITHDRAWN = sa.text("withdrawn_on IS NOT NULL")
_PAPERS = ("certificate", "ip_right", "recognition")


def upgrade() -> None:
    _index("ix_batch_stopped", "batch", "digital_link", _STOPPED)
    for table in _PAPERS:
        _index(f"ix_{table}_withdrawn", table, "public_id", _WITHDRAWN)


def downgrade() -> None:
    for table in _PAPERS:
        op.drop_index(f"ix_{table}_withdrawn", table)
    op.drop_index("ix_batch_stopped", "batch")


def _index(name: str, table: str, column: str, where: sa.TextClause) -> None:
    op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)
