"""Stamps printed ahead of their batch, and the bindings that give them one.

SQLite cannot drop NOT NULL: the table of runs is made anew. Rows that refer to it stay
where they are; their foreign keys are looked at when the rows of runs are back.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_BLANK = "(kind = 'blank') = (batch_id IS NULL)"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(blank=True)
    else:
        op.alter_column(
            "label_run", "batch_id", existing_type=sa.Integer(), nullable=True
        )
        op.create_check_constraint(op.f("ck_label_run_blank"), "label_run", _BLANK)
    _create_binding()


def downgrade() -> None:
    op.drop_index(op.f("ix_label_binding_batch_id"), table_name="label_binding")
    op.drop_table("label_binding")
    # Where blank stamps were printed, their rows refuse: nothing signed is thrown away.
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(blank=False)
        return
    op.drop_constraint(op.f("ck_label_run_blank"), "label_run", type_="check")
    op.alter_column("label_run", "batch_id", existing_type=sa.Integer(), nullable=False)


def _create_binding() -> None:
    op.create_table(
        "label_binding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("from_index", sa.Integer(), nullable=False),
        sa.Column("to_index", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "from_index <= to_index", name=op.f("ck_label_binding_order")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name=op.f("fk_label_binding_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["signed_record.id"],
            name=op.f("fk_label_binding_record_id"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["label_run.id"], name=op.f("fk_label_binding_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_binding")),
        sa.UniqueConstraint("public_id", name=op.f("uq_label_binding_public_id")),
        sa.UniqueConstraint("record_id", name=op.f("uq_label_binding_record_id")),
        sa.UniqueConstraint(
            "run_id", "from_index", name=op.f("uq_label_binding_run_id_from_index")
        ),
        sa.UniqueConstraint(
            "run_id", "to_index", name=op.f("uq_label_binding_run_id_to_index")
        ),
        info={"append_only": True},
    )
    op.create_index(op.f("ix_label_binding_batch_id"), "label_binding", ["batch_id"])


def _rebuild(*, blank: bool) -> None:
    """Make the table of runs anew, with its triggers, around the same rows."""
    names = [one["name"] for one in sa.inspect(op.get_bind()).get_columns("label_run")]
    listed = ", ".join(f'"{name}"' for name in names)
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TEMPORARY TABLE kept_run AS SELECT * FROM label_run")
    op.drop_index(op.f("ix_label_run_batch_id"), table_name="label_run")
    op.drop_table("label_run")
    _create_run(blank=blank)
    op.execute(
        f"INSERT INTO label_run ({listed}) SELECT {listed} FROM kept_run ORDER BY id"  # noqa: S608 (names of our own columns)
    )
    op.execute("DROP TABLE kept_run")


def _create_run(*, blank: bool) -> None:
    added = [sa.CheckConstraint(_BLANK, name=op.f("ck_label_run_blank"))]
    op.create_table(
        "label_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_id", sa.String(length=26), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=blank),
        sa.Column("product_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("first_index", sa.Integer(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("stock", sa.String(length=16), nullable=False),
        sa.Column("serial_key_id", sa.String(length=64), nullable=True),
        sa.Column("seal_kid", sa.String(length=200), nullable=True),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "(kind = 'lot') = (first_index IS NULL)", name=op.f("ck_label_run_range")
        ),
        sa.CheckConstraint(
            "(kind = 'lot') = (serial_key_id IS NULL)",
            name=op.f("ck_label_run_serial_key"),
        ),
        sa.CheckConstraint(
            "(kind = 'sealed') = (seal_kid IS NOT NULL)",
            name=op.f("ck_label_run_seal_key"),
        ),
        *(added if blank else []),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name=op.f("fk_label_run_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_label_run_product_id")
        ),
        sa.ForeignKeyConstraint(
            ["record_id"], ["signed_record.id"], name=op.f("fk_label_run_record_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_run")),
        sa.UniqueConstraint(
            "product_id",
            "first_index",
            name=op.f("uq_label_run_product_id_first_index"),
        ),
        sa.UniqueConstraint("public_id", name=op.f("uq_label_run_public_id")),
        sa.UniqueConstraint("record_id", name=op.f("uq_label_run_record_id")),
        info={"append_only": True},
    )
    op.create_index(op.f("ix_label_run_batch_id"), "label_run", ["batch_id"])
