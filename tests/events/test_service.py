"""Events are captured once, signed, logged and found by their lots."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest

from tests.batches.make_batches import make_notary
from traceability.core.identity import Identity
from traceability.core.ports import Clock, Notary
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
from traceability.events.queries import (
    birth_of_lot,
    events_of,
    lots_of,
    signed_event,
)
from traceability.events.service import (
    StatusChange,
    bear,
    capture,
    rebear,
    tell_status,
)
from traceability.events.vocabulary import Stage
from traceability.records.credential import Voucher
from traceability.signing.envelope import read_unverified

OUT, LEAVES, SALT = (f"https://tx.example/X/SP/10/{lot}" for lot in ("C", "A", "B"))
VOUCHER = Voucher(id="https://tx.example/organisations/x", name="", basis="declared")


@pytest.fixture
def notary(tmp_path: Path, identity: Identity, clock: Clock) -> Notary:
    return make_notary(tmp_path, identity, clock)


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


def test_a_corrected_lot_is_born_anew_only_where_its_birth_differs(
    database: Database, tmp_path: Path, clock: Clock, identity: Identity
) -> None:
    notary, first = make_notary(tmp_path, identity, clock), made_of_two()
    told = replace(first, values={"method": "sao"}, growing="https://tx.example/g/1")
    with database.transaction() as session:
        assert bear(session, told, vouched_by=VOUCHER, notary=notary) is not None
        assert bear(session, first, vouched_by=VOUCHER, notary=notary) is None
        same = replace(made_of_two(), id=uuid4())
        assert rebear(session, same, vouched_by=VOUCHER, notary=notary) is None
        other = replace(same, outputs=(kilos(OUT, "13"),))
        assert rebear(session, other, vouched_by=VOUCHER, notary=notary) is not None
        [old, new] = events_of(session, OUT)
        assert (old.event.error_reason, old.event.born_lot) == ("incorrect_data", None)
        assert old.event.corrected_by == new.event.event_id == other.event_id
        assert birth_of_lot(session, OUT) is new.event
        after = signed_event(session, new.event)
        assert (after.values, after.growing) == ({"method": "sao"}, told.growing)


def test_a_lot_never_born_is_born_by_its_correction(
    sqlite_database: Database, tmp_path: Path, clock: Clock, identity: Identity
) -> None:
    notary = make_notary(tmp_path, identity, clock)
    with sqlite_database.transaction() as session:
        assert rebear(session, made_of_two(), vouched_by=VOUCHER, notary=notary)
        assert birth_of_lot(session, OUT) is not None


@pytest.mark.parametrize(
    ("status", "step", "disposition"),
    [
        ("recalled", "holding", "recalled"),
        ("held", "holding", "sellable_not_accessible"),
        ("released", "other", "sellable_not_accessible"),
    ],
)
def test_what_becomes_of_a_lot_is_told_in_epcis(
    status: str, step: str, disposition: str, sqlite_database: Database, notary: Notary
) -> None:
    change = StatusChange(status=status, lot=OUT, place="https://tx.example/sites/x")
    with sqlite_database.transaction() as session:
        tell_status(session, change, vouched_by=VOUCHER, notary=notary)
        [found] = events_of(session, OUT)
        assert (found.event.biz_step, found.event.disposition) == (step, disposition)
