"""What everybody may fetch: the addresses of the contract, and when they refuse."""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text

from tests.hostile.make_world import World
from tests.hostile.wire import Wire
from tests.web.make_web import make_app, make_services, make_settings, serving
from traceability.core.ports import Clock
from traceability.db.database import Database
from traceability.web.context import Services

KEYLESS = (
    *("/api/v1/verify", "/api/v1/evidence", "/api/v1/units"),
    *("/api/v1/event-kinds", "/api/v1/chains", "/api/v1/log", "/api/v1/records/"),
)
LOT = "https://tx.example/01/09520000000011/10/LO-1"


class Usage(NamedTuple):
    """What the operating system tells of a disk."""

    total: int
    used: int
    free: int


def test_the_process_says_that_it_lives(world: World) -> None:
    answer = world.stranger().get("/healthz")
    assert (answer.status, answer.json()) == (200, {"status": "up"})
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/metrics", "/admin/metrics", "/debug", "/.env"])
def test_figures_are_not_for_strangers(world: World, path: str) -> None:
    for who in (world.stranger(), *world.people.values(), world.program()):
        answer = who.get(path)
        assert answer.status in {400, 404}
        assert "# HELP" not in answer.text


def test_readiness_names_each_part(world: World) -> None:
    answer = world.stranger().get("/readyz")
    assert answer.status == 200
    checks = answer.json()["checks"]
    assert set(checks) == {
        *("database", "migrations", "disk"),
        *("signer", "log", "records", "triggers"),
    }
    assert {one["status"] for one in checks.values()} == {"up"}


@pytest.fixture
def lone(tmp_path: Path, sqlite_database: Database, clock: Clock) -> Services:
    """A service of its own, to be spoilt."""
    return make_services(tmp_path / "home", sqlite_database, clock)


@contextmanager
def served(use: Services) -> Iterator[Wire]:
    with serving(make_app(use), use.settings) as port:
        yield Wire(port)


def down(wire: Wire) -> dict[str, str]:
    """The parts that are down, with their reasons."""
    answer = wire.get("/readyz")
    found = answer.json()
    assert (answer.status == 503) == (found["status"] == "down")
    checks: dict[str, Any] = found["checks"]
    return {name: one["reason"] for name, one in checks.items() if len(one) > 1}


def test_a_short_disk_is_not_ready(
    lone: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings(lone.settings.home, min_free_bytes=100)
    with served(make_services_like(lone, settings.min_free_bytes)) as wire:
        assert down(wire) == {}
        monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(1, 1, 99))
        assert set(down(wire)) == {"disk"}
        assert wire.get("/healthz").status == 200


def make_services_like(use: Services, least: int) -> Services:
    return make_services(
        use.settings.home, use.database, use.clock, min_free_bytes=least
    )


def test_dropped_triggers_are_not_ready(lone: Services) -> None:
    with served(lone) as wire:
        assert down(wire) == {}
        drop_triggers(lone.database)
        assert set(down(wire)) == {"triggers"}


def drop_triggers(database: Database) -> None:
    with database.transaction() as session:
        names = session.scalars(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        ).all()
        for name in names:
            session.execute(text(f'DROP TRIGGER "{name}"'))
    assert names


def test_a_lost_key_is_not_ready_and_what_was_signed_is_still_served(
    lone: Services,
) -> None:
    for private in (lone.settings.keys / "private").glob("record-*"):
        private.unlink()
    spoilt = make_services_like(lone, 0)
    with served(spoilt) as wire:
        assert "signer" in down(wire)
        for path in ("/healthz", "/.well-known/jwks.json", "/.well-known/did.json"):
            assert wire.get(path).status == 200


def test_a_log_behind_its_published_head_is_not_ready(lone: Services) -> None:
    head = lone.settings.home / "log" / "published-head"
    head.parent.mkdir(exist_ok=True)
    head.write_text("nonsense\n")
    with served(lone) as wire:
        assert "log" in down(wire)
        assert wire.get("/healthz").status == 200


def test_every_address_of_the_contract_answers(world: World) -> None:
    stranger = world.stranger()
    for path in (
        *("jwks.json", "did.json", "trust-list.json", "trust-list.jws"),
        "gs1resolver",
    ):
        answer = stranger.get(f"/.well-known/{path}")
        assert answer.status == 200, path
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert '"d"' not in answer.text  # no private half of a key
        assert "PRIVATE" not in answer.text
    size = int(stranger.get("/log/checkpoint").text.splitlines()[1])
    for path in (f"tile/0/000.p/{size}", f"tile/entries/000.p/{size}", "vkey"):
        assert stranger.get(f"/log/{path}").status == 200, path


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("0/001", 404),
        ("0/000", 404),
        ("0/000.p/256", 400),
        ("0/000.p/0", 400),
        ("0/000.p/255", 404),
        ("0/x001/000", 404),
        ("64/000", 400),
        ("entries/000.p/1/x", 400),
        ("0/1", 400),
        ("0/" + "x999/" * 40 + "999", 400),
        ("-1/000", 400),
        ("%D9%A0/000", 400),
    ],
)
def test_tiles_that_are_not_there_are_refused(
    world: World, path: str, status: int
) -> None:
    assert world.stranger().get(f"/log/tile/{path}").status == status


def test_a_record_is_served_as_it_was_signed(world: World) -> None:
    address = f"/records/{world.ids['record']}"
    record = world.stranger().get(address)
    listed = world.program().get(f"/api/v1/batches/{world.a.issued.public_id}").json()
    assert sha256(record.body).hexdigest() == listed["record"]["sha256"]
    assert listed["record"]["url"].endswith(address)
    assert world.stranger().get(f"{address}/proof").status == 200


def test_the_api_describes_itself_as_openapi_3_1(world: World) -> None:
    document = world.stranger().get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1.")
    assert document["info"]["title"]
    assert document["info"]["version"]
    schemes = document["components"]["securitySchemes"]
    assert {"type": "http", "scheme": "bearer"}.items() <= schemes["apiKey"].items()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            protected = not path.startswith(KEYLESS)
            assert ("security" in operation) == protected, f"{method} {path}"


def test_every_reference_of_the_description_leads_somewhere(world: World) -> None:
    document = world.stranger().get("/api/v1/openapi.json").json()
    references = set(_references(document))
    assert references
    for reference in references:
        found: Any = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        assert found


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for one in value.values():
            yield from _references(one)
    elif isinstance(value, list):
        for one in value:
            yield from _references(one)


def test_the_description_names_every_address_and_parameter(world: World) -> None:
    document = world.stranger().get("/api/v1/openapi.json").json()
    served = {
        re.sub(r"<(?:[^:<>]+:)?([a-z_]+)>", r"{\1}", rule.rule)
        for rule in make_app(world.use).url_map.iter_rules()
        if rule.rule.startswith("/api/") and not rule.endpoint.startswith("api-docs")
    }
    assert set(document["paths"]) == served - {"/api/v1/docs"}
    numbers = json.dumps(document["components"]["schemas"])
    assert '"format": "float"' not in numbers


def test_a_verdict_has_eleven_checks_and_only_known_words(world: World) -> None:
    label = f"{LOT}/21/{world.labels[0].serial}"
    for link in (LOT, label):
        report = world.stranger().get(f"/api/v1/verify?link={link}").json()
        assert report["verdict"] in {"verified", "incomplete", "attention"}
        assert [one["number"] for one in report["checks"]] == list(range(1, 12))
        results = {one["result"] for one in report["checks"]}
        assert results <= {"pass", "fail", "not-checked"}
        assert "fail" not in results


def test_problem_links_lead_to_their_meaning(world: World) -> None:
    problem = world.program().json("/api/v1/batches", '{"a": NaN}').problem
    path = problem["type"].removeprefix("https://tx.example")
    assert world.stranger().get(path).status == 200
