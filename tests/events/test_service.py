"""Events are captured once, signed, logged and found by their lots."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from tests.batches.make_batches import make_notary
from traceability.core.identity import Identity
from traceability.core.ports import Clock
from traceability.core.quantity import Quantity
from traceability.db.database import Database
from traceability.events.errors import EventTakenError, LotBornError
from traceability.events.event import (
    Birth,
    EpcisEvent,
    LotQuantity,
    birth_event,
    read_event,
)
from traceability.events.queries import events_of, lots_of
from traceability.events.service import capture
from traceability.events.vocabulary import Stage
from traceability.records.credential import Voucher
from traceability.signing.envelope import read_unverified

OUT, LEAVES, SALT = (f"https://tx.example/X/SP/10/{lot}" for lot in ("C", "A", "B"))
VOUCHER = Voucher(id="https://tx.example/organisations/x", name="", basis="declared")


def kilos(lot: str, amount: str) -> LotQuantity:
    return LotQuantity(lot, Quantity(Decimal(amount), "KGM"))


def made_of_two() -> EpcisEvent:
    return birth_event(
        Birth(
            id=uuid4(),
            day=date(2026, 11, 20),
            lot=kilos(OUT, "12.5"),
            inputs=(kilos(LEAVES, "60"), kilos(SALT, "0.25")),
            place="https://tx.example/sites/x",
            stage=Stage.PROCESS,
            ilmd={},
        )
    )


def test_an_event_is_signed_logged_and_found_by_each_of_its_lots(
    database: Database, tmp_path: Path, clock: Clock, identity: Identity
) -> None:
    notary, event = make_notary(tmp_path, identity, clock), made_of_two()
    with database.transaction() as session:
        record = capture(session, event, vouched_by=VOUCHER, notary=notary)
    payload = read_unverified(record.token).payload
    assert payload["type"][1] == "TraceEventRecord"
    assert payload["credentialSubject"]["id"] == event.event_id
    assert read_event(payload["credentialSubject"]["event"]) == event
    with database.reading() as session:
        for lot, part in ((OUT, "output"), (LEAVES, "input"), (SALT, "input")):
            [found] = events_of(session, lot)
            assert (found.part, found.record.id) == (part, record.id)
            assert found.event.event_time == event.time
            assert found.event.record_time == clock.now()
        [found] = events_of(session, OUT)
        rows = lots_of(session, found.event)
        assert [(row.lot, row.amount, row.unit) for row in rows] == [
            (LEAVES, Decimal(60), "KGM"),
            (SALT, Decimal("0.25"), "KGM"),
            (OUT, Decimal("12.5"), "KGM"),
        ]
        assert events_of(session, "https://tx.example/X/SP/10/Z") == []


def test_an_event_is_captured_once(
    database: Database, tmp_path: Path, clock: Clock, identity: Identity
) -> None:
    notary = make_notary(tmp_path, identity, clock)
    event = replace(made_of_two(), stage="store")
    with database.transaction() as session:
        capture(session, event, vouched_by=VOUCHER, notary=notary)
    with pytest.raises(EventTakenError), database.transaction() as session:
        capture(session, event, vouched_by=VOUCHER, notary=notary)
    with database.reading() as session:
        assert len(events_of(session, OUT)) == 1


def test_a_lot_comes_into_being_once(
    database: Database, tmp_path: Path, clock: Clock, identity: Identity
) -> None:
    notary = make_notary(tmp_path, identity, clock)
    with database.transaction() as session:
        capture(session, made_of_two(), vouched_by=VOUCHER, notary=notary)
    with pytest.raises(LotBornError), database.transaction() as session:
        capture(session, made_of_two(), vouched_by=VOUCHER, notary=notary)
    with database.reading() as session:
        assert len(events_of(session, OUT)) == 1
