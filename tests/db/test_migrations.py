"""The migrations make the very schema the models describe, on both engines."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from traceability.db.base import Base
from traceability.db.database import Database
from traceability.db.migrations import (
    current_revision,
    downgrade,
    newest_revision,
    upgrade,
)
from traceability.transparency.triggers import triggers_stand


def test_migrated_and_described_schema_are_the_same(migrated: Database) -> None:
    with migrated.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []
        assert current_revision(connection) == newest_revision()


def test_the_append_only_triggers_stand_after_a_migration(migrated: Database) -> None:
    with migrated.reading() as session:
        assert triggers_stand(session)


def test_upgrading_twice_changes_nothing(migrated: Database) -> None:
    tables = inspect(migrated.engine).get_table_names()
    upgrade(migrated)
    assert inspect(migrated.engine).get_table_names() == tables


def test_all_migrations_can_be_taken_back(migrated: Database) -> None:
    downgrade(migrated, "base")
    assert inspect(migrated.engine).get_table_names() == ["alembic_version"]
    upgrade(migrated)
    with migrated.reading() as session:
        assert triggers_stand(session)
