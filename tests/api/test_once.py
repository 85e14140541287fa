"""The same request under one Idempotency-Key is done once, however it comes."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.api.make_api import Farm, Program, problem
from tests.web.make_web import make_app
from traceability.batches.models import Batch
from traceability.db.database import Database
from traceability.web.context import Services

MANY = 4


@pytest.fixture
def servers(use: Services, app: Flask) -> Iterator[list[Flask]]:
    """Servers of one home, each with connections of its own."""
    with ExitStack() as stack:
        own = [Database(use.database.url) for _ in range(MANY - 1)]
        apart = [_apart(use, stack.enter_context(one)) for one in own]
        yield [app, *(make_app(one) for one in apart)]


def _apart(use: Services, database: Database) -> Services:
    return Services(
        settings=use.settings,
        database=database,
        clock=use.clock,
        identity=use.identity,
        collaborators=use.collaborators,
    )


def at_once(
    servers: list[Flask], key: str, send: Callable[[Program], object]
) -> list[object]:
    """Send from every server in the same moment."""
    barrier = Barrier(len(servers))

    def one(server: Flask) -> object:
        barrier.wait()
        return send(Program(server, key))

    with ThreadPoolExecutor(len(servers)) as pool:
        return list(pool.map(one, servers))


def count(use: Services) -> int:
    with use.database.reading() as session:
        return session.scalar(select(func.count(Batch.id))) or 0


def test_a_batch_is_registered_once(
    use: Services, farm: Farm, servers: list[Flask]
) -> None:
    def register(program: Program) -> object:
        answer = program.post("/batches", farm.batch(), **{"Idempotency-Key": "k"})
        assert answer.status_code == 201, answer.get_data(as_text=True)
        return answer.get_json()

    first, *others = at_once(servers, farm.program.key, register)
    assert all(one == first for one in others)
    assert count(use) == 1


def test_a_batch_is_issued_once(farm: Farm, servers: list[Flask]) -> None:
    draft = farm.program.post("/batches", farm.batch()).get_json()

    def issue(program: Program) -> object:
        path = f"/batches/{draft['id']}/issue"
        answer = program.post(path, **{"Idempotency-Key": "issue-1"})
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_json()

    first, *others = at_once(servers, farm.program.key, issue)
    assert all(one == first for one in others)


def test_a_refusal_is_no_answer_to_keep(use: Services, farm: Farm) -> None:
    header = {"Idempotency-Key": "k"}
    bad = farm.program.post("/batches", farm.batch(quantity="0"), **header)
    assert problem(bad)["status"] == 422
    missing = farm.program.post("/batches", farm.batch(site="x"), **header)
    assert problem(missing)["status"] == 404
    assert farm.program.post("/batches", farm.batch(), **header).status_code == 201
    other = farm.program.post("/batches", farm.batch(quantity="1"), **header)
    assert problem(other)["code"] == "key-reuse"
    assert count(use) == 1


def test_a_password_is_answered_this_once(authority: Program) -> None:
    home = authority.post("/organisations", {"kind": "farm", "name_vi": "Trại mẫu"})
    body = {
        "organisation": home.get_json()["id"],
        "name": "Người mới",
        "login": "moi@example.com",
        "roles": ["producer"],
    }
    header = {"Idempotency-Key": "person-1"}
    first = authority.post("/people", body, **header).get_json()
    assert first["password"]
    again = authority.post("/people", body, **header)
    assert again.get_json() == {**first, "password": None}
