"""Alembic's entry point: runs on the connection that db.migrations hands over."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from alembic import context

import traceability
from traceability.db.base import Base

for room in iter_modules(traceability.__path__):
    if (Path(traceability.__path__[0]) / room.name / "models.py").exists():
        import_module(f"traceability.{room.name}.models")

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transaction_per_migration=True,
    render_as_batch=False,
)
with context.begin_transaction():
    context.run_migrations()
