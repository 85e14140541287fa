"""Label runs as files that workers make: tasks, and what workers hold of them."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "print_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("format", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("part_labels", sa.Integer(), nullable=False),
        sa.Column("next_part", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("policy", sa.String(length=8), nullable=False),
        sa.Column("symbols", sa.Integer(), nullable=False),
        sa.Column("busy", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heartbeat", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("suffix", sa.String(length=16), nullable=True),
        sa.Column("media_type", sa.String(length=100), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint("done <= total", name=op.f("ck_print_task_done")),
        sa.CheckConstraint(
            "(state = 'ready') <= (sha256 IS NOT NULL)", name=op.f("ck_print_task_file")
        ),
        sa.CheckConstraint(
            "(state = 'failed') = (failure IS NOT NULL)",
            name=op.f("ck_print_task_failure"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["label_run.id"], name=op.f("fk_print_task_run_id_label_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_task")),
        sa.UniqueConstraint("public_id", name=op.f("uq_print_task_public_id")),
        sa.UniqueConstraint(
            "run_id", "format", name=op.f("uq_print_task_run_id_format")
        ),
    )
    op.create_index(op.f("ix_print_task_state"), "print_task", ["state"])
    op.create_table(
        "print_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("first_part", sa.Integer(), nullable=False),
        sa.Column("stop_part", sa.Integer(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=False),
        sa.Column("heartbeat", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["print_task.id"],
            name=op.f("fk_print_claim_task_id_print_task"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_claim")),
        sa.UniqueConstraint(
            "task_id", "first_part", name=op.f("uq_print_claim_task_id_first_part")
        ),
    )


def downgrade() -> None:
    op.drop_table("print_claim")
    op.drop_index(op.f("ix_print_task_state"), "print_task")
    op.drop_table("print_task")
