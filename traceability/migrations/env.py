"""Alembic's entry point: runs on the connection that db.migrations hands over."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import TypeDecorator

from traceability.db.tables import all_metadata


def render_item(
    kind: str, item: object, _context: AutogenContext
) -> str | Literal[False]:
    """Write our own types as what they are stored as: migrations outlive code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=all_metadata(),
    transaction_per_migration=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
