"""Alembic's entry point: runs on the connection that db.migrations hands over."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import TypeDecorator

import traceability
from traceability.db.base import Base

for room in iter_modules(traceability.__path__):
    if (Path(traceability.__path__[0]) / room.name / "models.py").exists():
        import_module(f"traceability.{room.name}.models")


def render_item(
    kind: str, item: object, _context: AutogenContext
) -> str | Literal[False]:
    """Write our own types as what they are stored as: migrations outlive code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transaction_per_migration=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
