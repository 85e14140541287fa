"""What a populated database holds at 0001 survives the way down and up again."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import MetaData, Table, inspect, select

from tests.db.make_filled import everything_signed
from traceability.db.base import Base
from traceability.db.copying import copy_database
from traceability.db.database import PATIENT, Database
from traceability.db.migrations import current_revision, downgrade, upgrade
from traceability.transparency.cli import faults_of
from traceability.transparency.triggers import triggers_stand
from traceability.web.context import Services

Filled = Callable[..., Services]
Columns = Mapping[str, list[str]]
Rows = list[tuple[Any, ...]]
Contents = Mapping[str, Rows]


@pytest.fixture(
    params=[
        pytest.param("sqlite", marks=pytest.mark.db),
        pytest.param("postgresql", marks=pytest.mark.db),
    ]
)
def service(request: pytest.FixtureRequest, filled: Filled) -> Services:
    """The sample data at the newest schema, on either engine."""
    use = filled()
    if request.param == "sqlite":
        return use
    with Database(request.getfixturevalue("postgres_url"), PATIENT) as target:
        copy_database(use.database, target, check=lambda _: [], tell=lambda _: None)
        return filled(target.url)


@pytest.fixture(scope="session")
def first_columns(tmp_path_factory: pytest.TempPathFactory) -> Columns:
    """The columns of each table as they were at 0001."""
    path = tmp_path_factory.mktemp("first") / "first.sqlite3"
    with Database(f"sqlite:///{path}") as database:
        upgrade(database, "0001")
        found = inspect(database.engine)
        return {
            table: [one["name"] for one in found.get_columns(table)]
            for table in found.get_table_names()
            if table != "alembic_version"
        }


def contents(database: Database, columns: Columns) -> Contents:
    """Return every value of those columns; a table that is not there holds nothing."""
    schema = MetaData()
    schema.reflect(database.engine)
    return {
        name: values(database, schema.tables[name], columns[name])
        for name in columns
        if name in schema.tables
    }


def values(database: Database, table: Table, columns: list[str]) -> Rows:
    with database.reading() as session:
        rows = session.execute(select(*(table.c[one] for one in columns))).all()
    return sorted((tuple(row) for row in rows), key=repr)


def revision(database: Database) -> str | None:
    with database.reading() as session:
        return current_revision(session.connection())


def test_nothing_of_the_first_schema_is_lost_on_the_way_down_and_up(
    service: Services, first_columns: Columns
) -> None:
    database = service.database
    before = contents(database, first_columns)
    assert sum(len(rows) for rows in before.values()) > 1000
    signed = everything_signed(service)
    downgrade(database, "0001")
    assert revision(database) == "0001"
    assert changed(before, contents(database, first_columns)) == {}
    with database.reading() as session:
        assert triggers_stand(session, FIRST_APPEND_ONLY)
    upgrade(database)
    assert changed(before, contents(database, first_columns)) == {}
    assert everything_signed(service) == signed
    assert faults_of(service, database) == []
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Base.metadata) == []


FIRST_APPEND_ONLY = (
    *("audit_entry", "label_run", "label_void", "log_leaf", "log_node"),
    "signed_record",
)


def changed(before: Contents, now: Contents) -> dict[str, object]:
    """Return by table what is there only before, and only now, three rows at most."""
    tables = {
        name: (before.get(name, []), now.get(name, [])) for name in {*before, *now}
    }
    return {
        name: (
            [row for row in then if row not in after][:3],
            [row for row in after if row not in then][:3],
        )
        for name, (then, after) in tables.items()
        if then != after
    }
