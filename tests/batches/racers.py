"""What processes do to lots at once, each over a connection of its own."""

from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_bytes

from tests.batches.make_batches import (
    Producer,
    kilos,
    make_draft,
    make_log,
    make_signer,
)
from tests.clock import FixedClock
from traceability.batches.drafts import InputDraft
from traceability.batches.models import Batch
from traceability.batches.service import correct_batch, issue_batch, register_batch
from traceability.core.errors import DomainError
from traceability.core.identity import Identity
from traceability.core.ports import Notary
from traceability.db.database import Database
from traceability.signing.keys import KeyRole

IDENTITY = Identity("https://tx.example")


@dataclass(frozen=True)
class Office:
    """What a process is given: the database, the keys, the folder."""

    url: str
    folder: Path
    record_seed: bytes
    log_seed: bytes

    def notary(self) -> Notary:
        clock = FixedClock()
        log_signer = make_signer(IDENTITY, clock, KeyRole.LOG, self.log_seed)
        return Notary(
            signer=make_signer(IDENTITY, clock, KeyRole.RECORD, self.record_seed),
            log=make_log(self.folder, IDENTITY, log_signer),
            clock=clock,
            identity=IDENTITY,
        )


def make_office(database: Database, folder: Path) -> Office:
    url = database.engine.url.render_as_string(hide_password=False)
    return Office(url, folder, token_bytes(32), token_bytes(32))


def issue_all(office: Office, producer: Producer, batch_ids: list[int]) -> list[str]:
    """Issue drafts one after the other; return the code of each refusal."""
    database, notary = Database(office.url), office.notary()
    codes = []
    for batch_id in batch_ids:
        try:
            with database.transaction() as session:
                batch = session.get_one(Batch, batch_id)
                issue_batch(session, batch, actor=producer.actor, notary=notary)
        except DomainError as refused:
            codes.append(refused.code)
    database.dispose()
    return codes


def register_some(office: Office, producer: Producer, count: int) -> list[str]:
    """Register drafts with suggested lot numbers; return the numbers."""
    database = Database(office.url)
    numbers = []
    for _ in range(count):
        with database.transaction() as session:
            batch = register_batch(
                session,
                make_draft(producer),
                actor=producer.actor,
                clock=FixedClock(),
                identity=IDENTITY,
            )
            numbers.append(batch.lot_number)
    database.dispose()
    return numbers


def correct_to_take(
    office: Office, producer: Producer, batch_id: int, source: str
) -> list[str]:
    """Correct a lot so that it is made of another; return the refusal's code."""
    database, notary = Database(office.url), office.notary()
    draft = make_draft(producer, inputs=(InputDraft(source=source, quantity=kilos(1)),))
    try:
        with database.transaction() as session:
            batch = session.get_one(Batch, batch_id)
            actor = producer.actor
            draft = replace(draft, override_reason="Bột ẩm hơn khi cân")
            correct_batch(session, batch, draft, "x", actor=actor, notary=notary)
    except DomainError as refused:
        return [refused.code]
    finally:
        database.dispose()
    return []
