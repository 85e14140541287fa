"""Every operation against every key: scopes, roles, tenants, secrets."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from tests.api.document import Operation, operations
from tests.api.make_api import (
    Farm,
    Program,
    make_authority,
    make_key,
    problem,
)
from traceability.accounts.kinds import OrganisationKind, key_roles, scopes_of
from traceability.accounts.models import ApiAnswer, ApiKey, Person
from traceability.core.permissions import Role, Scope
from traceability.records.models import StoredDisclosure
from traceability.web.context import Services

NOTICE = {"reason_vi": "Nghi nhiễm ẩm"}
BODIES: dict[str, Any] = {
    "correct": {"reason": "Cân lại"},
    "hold": NOTICE,
    "recall": NOTICE,
    "release": NOTICE,
    "void": {"first": "1", "reason": "Tem rách"},
}


def ask(program: Program, one: Operation, **places: Any) -> int:
    body = BODIES.get(one.path.rpartition("/")[2], {})
    body = body if "requestBody" in one.said else None
    return program.send(one.method, one.address(**places), body).status_code


def test_without_the_scope_nothing_is_done(use: Services, farm: Farm) -> None:
    owner, app = farm.organisation.id, farm.program.app
    for scope in Scope:
        without = Program(app, make_key(use, owner, frozenset(Scope) - {scope}))
        for one in operations(app):
            if one.scope == scope.value:
                assert ask(without, one) == 403, one
                assert ask(Program(app), one) == 401, one


def test_the_refusal_names_the_missing_scope(use: Services, farm: Farm) -> None:
    key = make_key(use, farm.organisation.id, frozenset({Scope.BATCHES_READ}))
    refused = problem(Program(farm.program.app, key).post("/batches", {}))
    assert (refused["status"], refused["code"]) == (403, "forbidden")
    assert "batches:write" in refused["detail"]


def test_with_its_scope_alone_somebody_is_let_in(use: Services, farm: Farm) -> None:
    app = farm.program.app
    for one in operations(app):
        if one.scope is None:
            continue
        alone = frozenset({Scope(one.scope)})
        callers = {
            Role.PRODUCER: Program(app, make_key(use, farm.organisation.id, alone)),
            Role.ADMINISTRATOR: make_authority(use, app, alone),
        }
        acting = {
            Role.PRODUCER: frozenset({Role.PRODUCER}),
            Role.ADMINISTRATOR: key_roles(OrganisationKind.AUTHORITY, alone),
        }
        let_in = {role for role, who in callers.items() if ask(who, one) != 403}
        assert let_in, one
        for role in let_in:
            assert alone <= set(scopes_of(acting[role])), (role, one)


def test_producers_do_not_do_what_authorities_do(farm: Farm) -> None:
    official = ("/organisations", "/people", "/recognitions")
    for one in operations(farm.program.app):
        asks_official = one.path.removeprefix("/api/v1").startswith(official)
        if asks_official and one.method != "GET":
            assert ask(farm.program, one) == 403, one
        if one.path.startswith("/api/v1/people"):
            assert ask(farm.program, one) == 403, one


def test_what_is_somebody_else_s_is_not_there(farm: Farm, other: Farm) -> None:
    batch = farm.issued()
    spec = {"kind": "serial", "count": 2, "stock": "a4-24"}
    run = farm.program.post("/label-runs", {"batch": batch["id"], **spec}).get_json()
    ids = {
        "batches": batch["id"],
        "label-runs": run["id"],
        "products": farm.product,
        "sites": farm.site,
        "organisations": farm.organisation.public_id,
    }
    asked = 0
    for one in operations(farm.program.app):
        kind = one.path.removeprefix("/api/v1/").partition("/")[0]
        if "{public_id}" in one.path and kind in ids:
            status = ask(other.program, one, public_id=ids[kind])
            official = kind == "organisations" and one.method != "GET"
            wanted = {404, 422} if one.method == "POST" else {404}  # bodies are first
            assert status in ({403} if official else wanted), one
            asked += 1
    assert asked >= 15
    stolen = other.program.post("/batches", other.batch(product=farm.product))
    assert problem(stolen)["code"] == "product-not-found"
    labels = other.program.post("/label-runs", {"batch": batch["id"], **spec})
    assert problem(labels)["code"] == "batch-not-found"
    for path in ("/batches", "/label-runs", "/recognitions"):
        assert other.program.get(path).get_json()["items"] == []


def test_no_answer_holds_a_secret(
    use: Services, app: Flask, farm: Farm, authority: Program
) -> None:
    farm.program.post(
        "/batches", farm.batch(variety="LDP1"), **{"Idempotency-Key": "secret-key-1"}
    )
    farm.issued()
    with use.database.reading() as session:
        secrets = [
            *session.scalars(select(Person.password_hash)),
            *session.scalars(select(ApiKey.digest)),
            *session.scalars(select(ApiAnswer.request_sha256)),
            *(salt.hex() for salt in session.scalars(select(StoredDisclosure.salt))),
            farm.program.key,
            authority.key,
        ]
    for one in operations(app):
        if one.method == "GET":
            for program in (farm.program, authority):
                said = program.get(one.address()).get_data(as_text=True)
                assert not [secret for secret in secrets if secret in said], one
