"""Blank stamps of one product: print, bind, void, ask what one is worth."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from tests.batches.make_batches import Producer
from traceability.batches.models import Batch
from traceability.catalog.models import Product
from traceability.core.permissions import Actor
from traceability.core.ports import Notary
from traceability.db.database import Database
from traceability.labels.binding.draft import BindingDraft
from traceability.labels.binding.service import bind_labels
from traceability.labels.blanks.service import start_blanks, void_blanks
from traceability.labels.job import LabelKeys, LabelKind, RunSpec
from traceability.labels.label import Label
from traceability.labels.models import LabelBinding, LabelRun, LabelVoid
from traceability.labels.queries import job_of, stamp_state
from traceability.labels.service import VoidDraft
from traceability.labels.standing import LabelState
from traceability.labels.stock import A4_65


@dataclass(frozen=True)
class Stamps:
    """Who prints and binds, each act in a transaction of its own."""

    database: Database
    producer: Producer
    notary: Notary
    keys: LabelKeys

    def printed(self, count: int = 100, actor: Actor | None = None) -> LabelRun:
        spec = RunSpec(kind=LabelKind.BLANK, count=count, stock=A4_65)
        with self.database.transaction() as session:
            return start_blanks(
                session,
                session.get_one(Product, self.producer.product_id),
                spec,
                actor=actor or self.producer.actor,
                notary=self.notary,
                keys=self.keys,
            )

    def bound(self, batch: Batch, run: LabelRun, first: int, last: int) -> LabelBinding:
        """Bind the stamps from one place in the run to another, both from 0."""
        begin = run.first_index or 0
        draft = BindingDraft(first=begin + first, last=begin + last)
        with self.database.transaction() as session:
            return self.bind(session, batch, draft)

    def bind(self, session: Session, batch: Batch, draft: BindingDraft) -> LabelBinding:
        actor, notary = self.producer.actor, self.notary
        return bind_labels(session, batch, draft, actor=actor, notary=notary)

    def void(self, run: LabelRun, first: int, last: int) -> LabelVoid:
        begin = run.first_index or 0
        draft = VoidDraft(first=begin + first, last=begin + last, reason="Tem rách")
        actor, notary = self.producer.actor, self.notary
        with self.database.transaction() as session:
            return void_blanks(session, run, draft, actor=actor, notary=notary)

    def labels(self, run: LabelRun) -> list[Label]:
        return job_of(run, None).labels(self.keys)

    def state(self, serial: str) -> LabelState:
        with self.database.reading() as session:
            return stamp_state(
                session, self.producer.product_id, serial, self.keys.mac_of
            )
