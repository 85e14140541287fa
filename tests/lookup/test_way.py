"""The way of a lot is told from what was signed, and no more than that."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from tests.batches.make_batches import Producer, make_notary, make_producer
from tests.events.make_events import sample_elements
from traceability.accounts.models import Organisation
from traceability.batches.drafts import BatchDraft, InputDraft
from traceability.batches.known.queries import lot_book
from traceability.batches.models import Batch
from traceability.batches.service import issue_batch, register_batch
from traceability.catalog.models import Site
from traceability.core.clock import HANOI
from traceability.core.identity import Identity
from traceability.core.ports import Clock, Notary
from traceability.core.quantity import Quantity
from traceability.db.database import Database
from traceability.events.correcting.service import ErrorDraft, declare_error
from traceability.events.entry.service import Desk, EventDraft, record_event
from traceability.events.kinds import kind
from traceability.events.models import TraceEvent, TraceEventLot
from traceability.events.vocabulary import ErrorReason
from traceability.lookup.journey import Stage
from traceability.lookup.way.queries import way_here
from traceability.records.models import SignedRecord
from traceability.records.queries import signature_counts
from traceability.signing.keyring import KeyRing
from traceability.signing.keys import LocalSigner

MORNING = datetime(2026, 11, 20, 7, tzinfo=HANOI)


class Farm:
    """A producer that writes down what it does."""

    def __init__(self, session: Session, notary: Notary, number: int = 0) -> None:
        self.session, self.notary = session, notary
        self.producer: Producer = make_producer(session, notary.clock, number)
        self.site = session.get_one(Site, self.producer.site_id)
        actor = self.producer.actor
        self.desk = Desk(actor=actor, notary=notary, lots=lot_book())

    def lot(self, number: str, *sources: Batch) -> Batch:
        inputs = tuple(
            InputDraft(quantity=Quantity.parse("10", "KGM"), source=one.digital_link)
            for one in sources
        )
        draft = BatchDraft(
            product_id=self.producer.product_id,
            site_id=self.producer.site_id,
            lot_number=number,
            production_date=MORNING.date(),
            quantity=Quantity.parse("10" if sources else "100", "KGM"),
            inputs=inputs,
        )
        actor, notary = self.producer.actor, self.notary
        batch = register_batch(
            self.session,
            draft,
            actor=actor,
            clock=notary.clock,
            identity=notary.identity,
        )
        issue_batch(self.session, batch, actor=actor, notary=notary)
        return batch

    def write(self, kind_id: str, lot: Batch | None = None, **more: Any) -> TraceEvent:
        elements = sample_elements(kind(kind_id)) | more.pop("elements", {})
        if lot is not None:
            elements["lot"] = lot.digital_link
        values = {"site": self.site.public_id, "time": MORNING, **more}
        draft = EventDraft(kind=kind_id, elements=elements, **values)
        return record_event(self.session, draft, desk=self.desk)


def told(
    session: Session, lot: Batch, counts: Callable[[SignedRecord], bool] | None = None
) -> list[Stage]:
    return way_here(session, lot, "en", counts=counts or (lambda _record: True))


@pytest.fixture
def notary(tmp_path: Path, identity: Identity, clock: Clock) -> Notary:
    return make_notary(tmp_path, identity, clock)


def names(session: Session, batch: Batch) -> list[str]:
    return [one.name for one in told(session, batch)]


def test_the_way_goes_from_the_crop_to_the_shop(
    database: Database, notary: Notary
) -> None:
    with database.transaction() as session:
        farm = Farm(session, notary)
        plot = {"plot": "Thửa 1"}
        long_ago = MORNING - timedelta(days=60)
        farm.write("planting", time=long_ago, elements=plot)
        grown = farm.lot("L-1")
        made, aside = farm.lot("L-2", grown), farm.lot("L-3", grown)
        farm.write("ship", made, time=MORNING + timedelta(hours=20))
        farm.write("ship", grown)
        farm.write("retail", aside, time=MORNING + timedelta(hours=22))
        assert names(session, made) == [
            "Harvest or catch",
            "Processing",
            "Shipping",
        ]


def test_late_and_wrong_entries_are_marked_and_lead_to_their_records(
    database: Database, notary: Notary
) -> None:
    with database.transaction() as session:
        farm = Farm(session, notary)
        lot = farm.lot("L-1")
        late = farm.write("store", lot, time=MORNING - timedelta(days=20))
        draft = ErrorDraft(reason=ErrorReason.DID_NOT_OCCUR, note="Nhầm lô")
        declare_error(session, late, draft, desk=farm.desk)
        first, birth = told(session, lot)
        assert (first.name, birth.birth) == ("Storage", True)
        assert first.entered == notary.clock.today()
        assert first.wrong.endswith("Nhầm lô")
        record = session.get_one(SignedRecord, late.record_id)
        assert first.records == (f"/records/{record.public_id}",)


def test_of_an_entry_whose_signature_is_wrong_nothing_is_told(
    database: Database, notary: Notary
) -> None:
    assert isinstance(notary.signer, LocalSigner)
    ring = KeyRing([notary.signer.public])
    with database.transaction() as session:
        farm = Farm(session, notary)
        lot = farm.lot("L-1")
        shipped = farm.write("ship", lot, time=MORNING + timedelta(hours=2))
        record = session.get_one(SignedRecord, shipped.record_id)
        head, payload, signature = record.token.split(".")
        flipped = "B" if payload[40] == "A" else "A"
        payload = payload[:40] + flipped + payload[41:]
        session.expunge(record)

        def altered(one: SignedRecord) -> bool:
            if one.id == record.id:
                one = SignedRecord(
                    kid=one.kid,
                    issued_at=one.issued_at,
                    log_index=one.log_index,
                    token=f"{head}.{payload}.{signature}",
                )
            return signature_counts(one, lambda: ring)

        birth, false = told(session, lot, altered)
        assert (birth.birth, birth.unproven) == (True, False)
        assert (false.unproven, false.name, false.details) == (True, "", ())
        assert false.records == (f"/records/{record.public_id}",)


def test_rows_moved_to_another_lot_are_no_entries_of_it(
    database: Database, notary: Notary
) -> None:
    with database.transaction() as session:
        farm = Farm(session, notary)
        good, bad = farm.lot("L-1"), farm.lot("L-2")
        farm.write("ship", good)
        session.execute(
            update(TraceEventLot)
            .where(TraceEventLot.lot == good.digital_link)
            .values(lot=bad.digital_link)
        )
        session.expire_all()
        assert [one.unproven for one in told(session, bad)].count(True) == 1


def test_only_what_is_public_is_told(database: Database, notary: Notary) -> None:
    with database.transaction() as session:
        farm = Farm(session, notary)
        farm.site.is_public, farm.site.name = False, "Thửa sau nhà"
        lot = farm.lot("L-1")
        farm.write("ship", lot)
        said = repr(told(session, lot))
        assert "Sales channel: shop" in said
        assert "HTX mẫu 0" in said
        assert "Bên mẫu" not in said
        assert "Thửa sau nhà" not in said
        owner = session.get_one(Organisation, lot.organisation_id)
        owner.name_public = False
        session.flush()
        assert "HTX mẫu 0" not in repr(told(session, lot))


def test_strangers_do_not_speak_on_a_lots_page_and_authorities_do(
    database: Database, notary: Notary
) -> None:
    with database.transaction() as session:
        farm, stranger, office = (Farm(session, notary, one) for one in range(3))
        lot = farm.lot("L-1")
        for hour, kind_id in enumerate(("receive", "ship", "retail", "destroy"), 1):
            stranger.write(kind_id, lot, time=MORNING + timedelta(hours=hour))
        stranger.write("test", lot, elements={"result": "fail"})
        assert names(session, lot) == ["Harvest or catch"]
        party = session.get_one(Organisation, office.site.organisation_id)
        party.kind = "inspectorate"
        session.flush()
        office.write("inspect", lot, site="", elements={"place": "Chợ mẫu"})
        assert names(session, lot) == ["Harvest or catch", "Official inspection"]


def test_a_producer_on_the_way_tells_what_it_took_in(
    database: Database, notary: Notary
) -> None:
    with database.transaction() as session:
        farm, mill = Farm(session, notary), Farm(session, notary, 1)
        grown = farm.lot("L-1")
        mill.write("receive", grown)
        made = mill.lot("L-2", grown)
        assert "Receiving" in names(session, made)
        assert names(session, grown) == ["Harvest or catch"]


def test_what_was_done_on_the_plot_belongs_to_the_harvest(
    database: Database, notary: Notary
) -> None:
    with database.transaction() as session:
        farm = Farm(session, notary)
        plot = {"plot": "Thửa 1"}
        farm.write("planting", time=MORNING - timedelta(days=60), elements=plot)
        used = {**plot, "last_use_date": "2026-10-20"}
        farm.write("input_use", time=MORNING - timedelta(days=30), elements=used)
        draft = BatchDraft(
            product_id=farm.producer.product_id,
            site_id=farm.producer.site_id,
            lot_number="L-1",
            production_date=MORNING.date(),
            quantity=Quantity.parse("100", "KGM"),
        )
        actor = farm.producer.actor
        lot = register_batch(
            session, draft, actor=actor, clock=notary.clock, identity=notary.identity
        )
        said = {**plot, "output_lot": lot.digital_link}
        farm.write("harvest", elements=said)
        issue_batch(session, lot, actor=actor, notary=notary)
        made = farm.lot("L-2", lot)
        assert names(session, made) == [
            "Planting",
            "Use of inputs (fertiliser, pesticide, feed)",
            "Harvest or catch",
            "Processing",
        ]
