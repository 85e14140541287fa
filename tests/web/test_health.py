"""/healthz answers as long as the process does; /readyz names what is down."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from tests.conftest import FixedClock
from tests.web.make_web import make_services, make_shell
from traceability.db.database import Database
from traceability.services import with_signing
from traceability.signing.keystore import KeyStore
from traceability.web.context import MissingCollaboratorError, Services
from traceability.web.health import Seldom

CHECKS = {
    *("database", "migrations", "disk"),
    *("signer", "log", "records", "triggers"),
}


@pytest.fixture
def use(tmp_path: Path, database: Database, clock: FixedClock) -> Services:
    return make_services(tmp_path / "home", database, clock)


def ready(use: Services) -> TestResponse:
    return make_shell(use).test_client().get("/readyz", base_url="https://tx.example")


def down(use: Services) -> set[str]:
    answer = ready(use)
    assert answer.status_code == 503
    checks = answer.get_json()["checks"]
    return {name for name, found in checks.items() if found["status"] == "down"}


def test_a_new_service_is_ready(use: Services) -> None:
    answer = ready(use)
    assert answer.status_code == 200, answer.get_json()
    assert answer.get_json()["checks"].keys() == CHECKS
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_full_disk_is_named(use: Services) -> None:
    full = replace(use, settings=replace(use.settings, min_free_bytes=1 << 60))
    assert down(with_signing(full, use.get(KeyStore))) == {"disk"}


@pytest.mark.parametrize(
    ("revision", "reason"),
    [("0001", "migrations-missing"), ("9999", "migrations-unknown")],
)
def test_a_schema_of_another_release_is_named(
    use: Services, revision: str, reason: str
) -> None:
    with use.database.transaction() as session:
        change = text("UPDATE alembic_version SET version_num = :to")
        session.execute(change, {"to": revision})
    assert down(use) == {"migrations"}
    assert ready(use).get_json()["checks"]["migrations"]["reason"] == reason


def test_an_expired_trust_list_is_named_and_its_days_are_told(
    use: Services, clock: FixedClock
) -> None:
    days = ready(use).get_json()["trust_list_days_left"]
    assert days > 300
    clock.instant += timedelta(days=days + 1)
    answer = ready(use).get_json()
    assert answer["checks"]["signer"]["reason"] == "trust-list-expired"
    assert answer["trust_list_days_left"] == 0


def test_what_costs_is_not_asked_at_every_turn() -> None:
    answers = iter(["lost", None, "lost"])
    check = Seldom(lambda: next(answers), seconds=3600)
    assert [check(), check(), check()] == ["lost", None, None]


def test_a_lost_key_is_named(use: Services) -> None:
    for path in (use.settings.keys / "private").iterdir():
        path.unlink()
    again = KeyStore(use.settings.keys, "x" * 30, use.identity)
    lost = with_signing(use, again)
    assert "signer" in down(lost)
    assert ready(lost).get_json()["checks"]["signer"]["reason"] == (
        "keys-unusable: record, seal, log, status, serial, scratch"
    )
    (use.settings.keys / "trust-list.jws").unlink()
    assert ready(lost).get_json()["trust_list_days_left"] is None


def test_a_missing_trigger_is_named(use: Services) -> None:
    with use.database.transaction() as session:
        session.execute(text("DROP TABLE audit_entry"))
    assert down(use) == {"triggers", "records"}


def test_a_lost_database_is_named_and_the_process_lives(
    use: Services, tmp_path: Path
) -> None:
    gone = Database(f"sqlite:///{tmp_path / 'no' / 'such' / 'file'}")
    lost = with_signing(replace(use, database=gone), use.get(KeyStore))
    assert {"database", "triggers", "migrations", "log", "records"} == down(lost)
    client = make_shell(lost).test_client()
    assert client.get("/healthz", base_url="https://tx.example").status_code == 200
    gone.dispose()


def test_a_collaborator_nobody_registered_is_named(use: Services) -> None:
    with pytest.raises(MissingCollaboratorError, match="FixedClock"):
        use.get(FixedClock)
    clock = FixedClock()
    assert use.with_(clock).get(FixedClock) is clock
