"""A whole service with one lot of everything: stars, inputs, papers, labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.batches.make_batches import (
    Producer,
    kilos,
    make_batch,
    make_officer,
    make_producer,
    make_product,
    taking,
)
from tests.catalog.make_catalog import certificate_draft
from traceability.batches.drafts import Notice
from traceability.batches.models import Batch
from traceability.batches.service import recall_batch
from traceability.catalog.papers.service import register_certificate
from traceability.core.permissions import Actor
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.label import Label
from traceability.labels.life.models import LabelReprint
from traceability.labels.life.service import (
    ReprintDraft,
    note_print_out,
    reprint_labels,
)
from traceability.labels.life.witness import Witness
from traceability.labels.models import LabelRun
from traceability.labels.queries import job_of
from traceability.labels.room import label_keys_of
from traceability.labels.serials import SerialNumber
from traceability.labels.service import VoidDraft, start_run, void_labels
from traceability.labels.stock import A4_24
from traceability.ocop.drafts import RecognitionDraft
from traceability.ocop.models import Recognition
from traceability.ocop.rules import Authority
from traceability.ocop.service import recognise
from traceability.records.notary import notary_of
from traceability.verification.report import Report
from traceability.verification.room import sources_of
from traceability.verification.service import verify_link
from traceability.web.context import Services


@dataclass(frozen=True)
class House:
    """Who and what lives in the service."""

    use: Services
    producer: Producer
    officer: Actor
    batch: Batch
    source: Batch
    recognition: Recognition
    serials: Sequence[Label]
    sealed: Sequence[Label]

    def another_lot(self) -> Batch:
        with self.use.database.transaction() as session:
            return make_batch(
                session,
                self.producer,
                notary_of(self.use),
                issued=True,
                lot_number="CHE-2",
            )

    def report(self, text: str) -> Report:
        with self.use.database.reading() as session:
            return verify_link(session, text, sources=sources_of(self.use))


def build_house(use: Services) -> House:
    notary = notary_of(use)
    with use.database.transaction() as session:
        producer = make_producer(session, use.clock)
        officer = make_officer(session, use.clock)
        recognition = recognise(
            session, stars_draft(producer.product_id), actor=officer, notary=notary
        )
        owner = producer.actor.organisation_id
        assert owner is not None
        register_certificate(
            session,
            certificate_draft(),
            owner=owner,
            actor=producer.actor,
            notary=notary,
        )
        source = _source(session, use, producer)
        batch = make_batch(
            session,
            producer,
            notary,
            issued=True,
            lot_number="CHE-1",
            expiry=date(2027, 11, 20),
            inputs=(taking(source, 105),),
        )
    serials = _labels(use, producer, batch, LabelKind.SERIAL)
    sealed = _labels(use, producer, batch, LabelKind.SEALED)
    return House(use, producer, officer, batch, source, recognition, serials, sealed)


def stars_draft(product_id: int) -> RecognitionDraft:
    return RecognitionDraft(
        product_id=product_id,
        stars=4,
        points=Decimal(82),
        recognised_by=Authority.PROVINCE,
        decision_no="12/QĐ-UBND",
        decided_by="UBND tỉnh mẫu",
        certificate_no="M-12",
        issued=date(2026, 6, 1),
    )


def _source(session: Session, use: Services, producer: Producer) -> Batch:
    owner = producer.actor.organisation_id
    assert owner is not None
    leaves = make_product(
        session, use.clock, owner, internal_code="LA-TUOI", is_intermediate=True
    )
    return make_batch(
        session,
        Producer(producer.actor, leaves.id, producer.site_id),
        notary_of(use),
        issued=True,
        lot_number="LA-1",
        production_date=date(2026, 11, 19),
        quantity=kilos(500),
    )


def _labels(
    use: Services, producer: Producer, batch: Batch, kind: LabelKind
) -> Sequence[Label]:
    keys = label_keys_of(use)
    with use.database.transaction() as session:
        run = start_run(
            session,
            batch,
            RunSpec(kind=kind, count=5, stock=A4_24),
            actor=producer.actor,
            notary=notary_of(use),
            keys=keys,
        )
        return job_of(run, batch).labels(keys)


def sealed_labels(house: House, batch: Batch) -> Sequence[Label]:
    """Print sealed labels for one more lot of the house."""
    return _labels(house.use, house.producer, batch, LabelKind.SEALED)


def void_first(house: House) -> None:
    """Declare the first serial label void."""
    index = SerialNumber.parse(house.serials[0].serial).index
    with house.use.database.transaction() as session:
        void_labels(
            session,
            house.batch,
            VoidDraft(first=index, last=index, reason="Tem in hỏng"),
            actor=house.producer.actor,
            notary=notary_of(house.use),
        )


def reprint_first(house: House) -> LabelReprint:
    """Print the first two labels with serials, spoil them, print them once more."""
    actor, notary = house.producer.actor, notary_of(house.use)
    first = SerialNumber.parse(house.serials[0].serial).index
    witness = Witness(name="Người mẫu", role="Thủ kho")
    draft = ReprintDraft(
        first=first, last=first + 1, reason="Kẹt giấy", witness=witness
    )
    with house.use.database.transaction() as session:
        printed = select(LabelRun).where(LabelRun.first_index == first)
        run = session.scalars(printed).one()
        note_print_out(session, run, "pdf", actor=actor, clock=notary.clock)
        return reprint_labels(session, house.batch, draft, actor=actor, notary=notary)


def recall(house: House) -> None:
    """Let an officer call the lot back."""
    with house.use.database.transaction() as session:
        recall_batch(
            session,
            session.get_one(Batch, house.batch.id),
            Notice(reason_vi="Có mốc"),
            actor=house.officer,
            notary=notary_of(house.use),
        )
