"""Bring a database to the schema of this release with Alembic."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from traceability.db.database import Database

SCRIPTS = Path(__file__).parent.parent / "migrations"


def upgrade(database: Database, revision: str = "head") -> None:
    """Run the migrations that are missing; each in its own transaction."""
    _run(database, lambda config: command.upgrade(config, revision))


def downgrade(database: Database, revision: str) -> None:
    """Take migrations back, down to ``revision`` (``base`` empties the schema)."""
    _run(database, lambda config: command.downgrade(config, revision))


def stamp(database: Database) -> None:
    """Say that a schema made from the models is that of this release."""
    _run(database, lambda config: command.stamp(config, "head"))


def schema_fault(connection: Connection) -> str | None:
    """Return whether migrations are missing, or more have run than we know."""
    here = current_revision(connection)
    if here == newest_revision():
        return None
    return "migrations-missing" if here in _known() else "migrations-unknown"


def current_revision(connection: Connection) -> str | None:
    """Return the schema's revision, or nothing for a database never migrated."""
    return MigrationContext.configure(connection).get_current_revision()


@cache
def newest_revision() -> str | None:
    """Return the revision this release needs."""
    return ScriptDirectory(str(SCRIPTS)).get_current_head()


@cache
def _known() -> frozenset[str | None]:
    scripts = ScriptDirectory(str(SCRIPTS)).walk_revisions()
    return frozenset([None, *(one.revision for one in scripts)])


def _run(database: Database, action: Callable[[Config], None]) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with database.engine.connect() as connection:
        config.attributes["connection"] = connection
        action(config)
        connection.commit()
