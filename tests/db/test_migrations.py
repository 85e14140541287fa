"""The migrations make the very schema the models describe, on both engines."""

from collections.abc import Iterator
from pathlib import Path

import pytest
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


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.db),
        pytest.param("postgresql", marks=pytest.mark.db),
    ]
)
def bare(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    sqlite = request.param == "sqlite"
    url = (
        f"sqlite:///{tmp_path / 'bare.sqlite3'}"
        if sqlite
        else request.getfixturevalue("postgres_url")
    )
    database = Database(url)
    yield database
    database.dispose()


def test_migrated_and_described_schema_are_the_same(bare: Database) -> None:
    upgrade(bare)
    with bare.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []
        assert current_revision(connection) == newest_revision()


def test_the_append_only_triggers_stand_after_a_migration(bare: Database) -> None:
    upgrade(bare)
    with bare.reading() as session:
        assert triggers_stand(session)


def test_upgrading_twice_changes_nothing(bare: Database) -> None:
    upgrade(bare)
    tables = inspect(bare.engine).get_table_names()
    upgrade(bare)
    assert inspect(bare.engine).get_table_names() == tables


def test_all_migrations_can_be_taken_back(bare: Database) -> None:
    upgrade(bare)
    downgrade(bare, "base")
    assert inspect(bare.engine).get_table_names() == ["alembic_version"]
    upgrade(bare)
    with bare.reading() as session:
        assert triggers_stand(session)
