"""A label run or an audit entry that was deleted is missed, for its record stands."""

from pathlib import Path

import pytest
from sqlalchemy import text

from tests.batches.make_batches import make_producer
from tests.conftest import FixedClock
from tests.faults.victim import actor_of, one_more
from tests.transparency.make_transparency import without_triggers
from tests.web.make_web import make_services
from traceability.batches.service import issue_batch
from traceability.cli.proven import row_faults, rows_missing
from traceability.db.database import Database
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.room import label_keys_of
from traceability.labels.service import start_run
from traceability.labels.stock import STOCKS
from traceability.records.notary import notary_of
from traceability.transparency.auditing import faults_of
from traceability.web.context import Services
from traceability.web.health import Readiness


@pytest.fixture
def use(tmp_path: Path, database: Database, clock: FixedClock) -> Services:
    use = make_services(tmp_path / "home", database, clock)
    with database.transaction() as session:
        make_producer(session, clock)
    with database.transaction() as session:
        batch = one_more(session, use)
        issue_batch(session, batch, actor=actor_of(batch), notary=notary_of(use))
        for kind in (LabelKind.SERIAL, LabelKind.LOT):
            start_run(
                session,
                batch,
                RunSpec(kind=kind, count=2, stock=STOCKS["a4-65"]),
                actor=actor_of(batch),
                notary=notary_of(use),
                keys=label_keys_of(use),
            )
    return use


def deleted(use: Services, condition: str) -> None:
    with without_triggers(use.database) as session:
        session.execute(text(f"DELETE FROM {condition}"))  # noqa: S608 (our own words)


def test_a_whole_house_has_no_faults(use: Services) -> None:
    assert rows_missing(use.database) is None
    assert faults_of(use, use.database) == []


def test_a_deleted_run_is_missed(use: Services) -> None:
    deleted(use, "label_run WHERE kind = 'serial'")
    assert rows_missing(use.database) == "label-runs-missing"
    [fault] = row_faults(use.database)
    assert fault.endswith("has lost its row in label_run")
    assert use.get(Readiness).reasons()["records"] == "label-runs-missing"


def test_deleted_audit_entries_are_missed(use: Services) -> None:
    deleted(use, "audit_entry WHERE action IN ('batch-issued', 'labels-started')")
    assert rows_missing(use.database) == "audit-entries-missing"
    faults = row_faults(use.database)
    assert "2 audit entries of LabelRunRecord are gone" in faults
    assert any("does not tell all of https://tx.example/01/" in one for one in faults)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("DELETE FROM trace_event_lot", "are not what was signed"),
        ("UPDATE trace_event SET stage = 'destroy'", "are not what was signed"),
        (
            "UPDATE trace_event SET error_reason = 'did_not_occur'",
            "is called wrong, but nobody signed that",
        ),
    ],
)
def test_changed_rows_of_events_are_told(
    use: Services, statement: str, fault: str
) -> None:
    with use.database.transaction() as session:
        session.execute(text(statement))
    [told] = row_faults(use.database)
    assert told.endswith(fault)


def test_a_deleted_event_is_missed(use: Services) -> None:
    with use.database.transaction() as session:
        session.execute(text("DELETE FROM trace_event_lot"))
        session.execute(text("DELETE FROM trace_event"))
    assert rows_missing(use.database) == "events-missing"
    [fault] = row_faults(use.database)
    assert fault.endswith("has lost its row in trace_event")
    assert use.get(Readiness).reasons()["records"] == "events-missing"
