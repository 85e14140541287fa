"""Make a run's codes and hand them out once. The caller commits."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from sqlalchemy import insert
from sqlalchemy.orm import Session

from traceability.accounts.service import audit
from traceability.batches.permits import require_own
from traceability.batches.queries import locked_batch
from traceability.core.canonical import Json
from traceability.core.identity import Identity
from traceability.core.permissions import Actor
from traceability.core.ports import Notary
from traceability.core.text import clean_text
from traceability.db.translating import translating
from traceability.labels.claims.service import claims_refusal
from traceability.labels.models import (
    LabelRun,
    LabelVoid,
    ScratchDelivery,
    ScratchTags,
)
from traceability.labels.queries import RunRow, voids_of
from traceability.labels.scratch.codes import chunks_of
from traceability.labels.scratch.errors import (
    ScratchAbsentError,
    ScratchDeliveredError,
    ScratchRecipientError,
    ScratchVoidError,
)
from traceability.labels.scratch.listing import CodeList
from traceability.labels.scratch.queries import (
    RECIPIENT,
    delivery_of,
    recipient_of,
)
from traceability.labels.service import label_voucher, run_link
from traceability.records.credential import RecordDraft
from traceability.records.models import SignedRecord
from traceability.records.queries import latest_record
from traceability.records.service import publish_record
from traceability.web.formats import day

DELIVERY_RECORD_TYPE = "ScratchDeliveryRecord"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class MadeCodes:
    """What is left of a run's codes once their file is written."""

    tags: bytes
    pepper_key_id: str
    file_sha256: str


def make_codes(codes: CodeList, sink: IO[bytes], password: str) -> MadeCodes:
    """Write the encrypted file to an empty sink that can be read; touches no row."""
    tags = codes.write(sink, password)
    sink.seek(0)
    digest = hashlib.sha256()
    while block := sink.read(_BLOCK):
        digest.update(block)
    sink.seek(0)
    return MadeCodes(tags, codes.pepper.key_id, digest.hexdigest())


def check_deliverable(session: Session, run: LabelRun, to: str) -> str:
    """Return the recipient, cleaned, if codes can be made for a run.

    Raises ``ScratchAbsentError``, ``ScratchDeliveredError``, ``ScratchVoidError``,
    ``ScratchRecipientError``.
    """
    if not run.scratch:
        raise ScratchAbsentError("This run was made without scratch codes.")
    delivery = delivery_of(session, run)
    if delivery is not None:
        raise _delivered(delivery.created_at, recipient_of(session, delivery))
    if _wholly_void(session, run):
        raise ScratchVoidError("All labels of this run are void.")
    recipient = clean_text(to, field="to")
    if not recipient:
        raise ScratchRecipientError("Say who gets the file.", field="to")
    return recipient


def deliver(
    session: Session,
    row: RunRow,
    made: MadeCodes,
    to: str,
    *,
    actor: Actor,
    notary: Notary,
) -> ScratchDelivery:
    """Keep the tags and sign that the file was handed out; the database decides once.

    Raises what ``check_deliverable`` does, what ``claims_refusal`` finds (the list has
    every label's link: one could print by it), and not-found for other people's runs.
    """
    run, batch = row.run, locked_batch(session, row.batch.id)
    require_own(batch, actor)
    refused = claims_refusal(session, row, notary.clock.today())
    if refused is not None:
        raise refused
    recipient = check_deliverable(session, run, to)
    subject = delivery_link(notary.identity, run)
    signed = latest_record(session, subject, DELIVERY_RECORD_TYPE)
    if signed is not None:  # its row was taken away; the log remembers
        raise _delivered(signed.issued_at, "")
    draft = _draft(row, made, recipient, actor, notary.identity)
    record = publish_record(session, draft, notary=notary)
    delivery = _kept(session, run, made, record, actor)
    audit(
        session,
        actor,
        "scratch-codes-delivered",
        batch.digital_link,
        notary.clock,
        run=run.public_id,
        count=run.count,
    )
    return delivery


def delivery_link(identity: Identity, run: LabelRun) -> str:
    """Return the address that the record of a run's codes is about.

    Not a part of the run's address: whoever asks for one label need not be shown it,
    and a kept-back one makes no label look better.
    """
    return f"{run_link(identity, run)}/scratch-codes"


def _draft(
    row: RunRow, made: MadeCodes, recipient: str, actor: Actor, identity: Identity
) -> RecordDraft:
    run, batch = row.run, row.batch
    claims: dict[str, Json] = {
        "lot": batch.digital_link,
        "run": run_link(identity, run),
        "count": run.count,
        "fileSha256": [made.file_sha256],
    }
    return RecordDraft(
        type=DELIVERY_RECORD_TYPE,
        subject=delivery_link(identity, run),
        claims=claims,
        private={RECIPIENT: recipient},
        vouched_by=label_voucher(batch, actor, identity),
    )


def _kept(
    session: Session,
    run: LabelRun,
    made: MadeCodes,
    record: SignedRecord,
    actor: Actor,
) -> ScratchDelivery:
    delivery = ScratchDelivery(
        run_id=run.id,
        pepper_key_id=made.pepper_key_id,
        file_sha256=made.file_sha256,
        record_id=record.id,
        created_at=record.issued_at,
        created_by=actor.name,
    )
    session.add(delivery)
    refused = _delivered(record.issued_at, "")
    with translating({"uq_scratch_delivery_run_id": refused}):
        session.flush()
    for number, tags in chunks_of(made.tags):
        row = {"run_id": run.id, "number": number, "tags": tags}
        session.execute(insert(ScratchTags), row)
    return delivery


def _delivered(at: datetime, to: str) -> ScratchDeliveredError:
    if not to:
        return ScratchDeliveredError(
            "The codes of this run were handed out on %(day)s. If the file is lost,"
            " make these labels void and start another run.",
            day=day(at),
        )
    return ScratchDeliveredError(
        "The codes of this run were handed out on %(day)s, to %(to)s. If the file is"
        " lost, make these labels void and start another run.",
        day=day(at),
        to=to,
    )


def _wholly_void(session: Session, run: LabelRun) -> bool:
    """Return whether void ranges, which may overlap, cover the whole run."""
    next_live = run.first_index or 0
    voids: list[LabelVoid] = list(voids_of(session, run))
    for void in voids:
        if void.from_index <= next_live <= void.to_index:
            next_live = void.to_index + 1
    return run.last_index is not None and next_live > run.last_index
