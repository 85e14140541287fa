"""`traceability log`: what an operator sees."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from tests.conftest import FixedClock
from tests.transparency.make_transparency import fill, without_triggers
from tests.web.make_web import make_services
from traceability.cli import main
from traceability.db.database import Database
from traceability.records.credential import RecordDraft, Voucher
from traceability.records.notary import notary_of
from traceability.records.service import publish_record
from traceability.transparency.service import TransparencyLog
from traceability.web.context import Services


@pytest.fixture
def use(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Services:
    return make_services(tmp_path / "home", sqlite_database, clock)


def run(use: Services, *words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, ["log", *words], obj=use, input=given)


def examined(use: Services, *, ok: bool) -> dict[str, Any]:
    result = run(use, "fsck", "--json")
    assert result.exit_code == (0 if ok else 1), result.output
    found: dict[str, Any] = json.loads(result.output)
    return found


def publish(use: Services) -> str:
    draft = RecordDraft(
        type="SampleRecord",
        subject="https://tx.example/01/09521234500018/10/L7",
        claims={"lotNumber": "L7"},
        vouched_by=Voucher(
            id="https://tx.example/organisations/1", name="", basis="service"
        ),
    )
    with use.database.transaction() as session:
        return publish_record(session, draft, notary=notary_of(use)).public_id


def test_a_sound_log_is_told_in_few_lines(use: Services) -> None:
    publish(use)
    result = run(use, "fsck")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert lines[:2] == ["tx.example/log", "1 entries"]
    assert lines[-1] == "sound"


def test_an_empty_log_is_sound(use: Services) -> None:
    told = examined(use, ok=True)
    assert (told["tree_size"], told["faults"]) == (0, [])


def test_an_altered_leaf_is_named_and_the_command_fails(use: Services) -> None:
    fill(use.get(TransparencyLog), use.database, 5)
    with without_triggers(use.database) as session:
        session.execute(text("UPDATE log_leaf SET data = x'00' WHERE \"index\" = 3"))
    assert "leaf 3 was altered" in examined(use, ok=False)["faults"]
    result = run(use, "fsck")
    assert result.exit_code == 1
    assert "wrong: leaf 3 was altered" in result.output


def test_a_record_that_is_not_what_was_logged_is_named(use: Services) -> None:
    publish(use)
    record = publish(use)
    with without_triggers(use.database) as session:
        session.execute(
            text("UPDATE signed_record SET subject = 'x' WHERE public_id = :id"),
            {"id": record},
        )
    [fault] = examined(use, ok=False)["faults"]
    assert fault == f"record {record} is not what entry 1 of the log says"


@pytest.mark.parametrize("column", ["token", "digest", "type"])
def test_every_column_that_was_logged_is_compared(use: Services, column: str) -> None:
    publish(use)
    with without_triggers(use.database) as session:
        session.execute(text(f"UPDATE signed_record SET {column} = 'x'"))  # noqa: S608 (our own names)
    assert len(examined(use, ok=False)["faults"]) == 1


def test_a_record_without_its_leaf_is_named(use: Services) -> None:
    publish(use)
    with without_triggers(use.database) as session:
        session.execute(text("UPDATE signed_record SET log_index = 77"))
    assert "entry 77" in examined(use, ok=False)["faults"][0]


def test_a_missing_trigger_is_named(use: Services) -> None:
    with use.database.transaction() as session:
        session.execute(text("DROP TRIGGER append_only_signed_record_update"))
    assert examined(use, ok=False)["faults"] == [
        "the append-only triggers of signed_record do not stand"
    ]


def test_a_lost_head_file_is_adopted_only_when_asked(use: Services) -> None:
    for _ in range(2):
        publish(use)
    next((use.settings.home / "log").glob("*head*")).unlink()
    assert "is missing" in examined(use, ok=False)["faults"][0]
    assert run(use, "adopt", given="n\n").exit_code == 1
    assert examined(use, ok=False)["faults"]
    assert run(use, "adopt", given="y\n").exit_code == 0
    assert examined(use, ok=True)["tree_size"] == 2
    again = run(use, "adopt", "--yes")
    assert again.exit_code == 1
    assert "is there" in again.output
