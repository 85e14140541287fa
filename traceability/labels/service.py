"""Start label runs and make labels void. The caller commits."""

import secrets
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from traceability.accounts.service import audit
from traceability.batches.models import Batch, BatchState
from traceability.batches.permits import basis_of, require_own
from traceability.batches.queries import locked_batch
from traceability.catalog.vouching import voucher_of
from traceability.core.canonical import Json
from traceability.core.identity import Identity
from traceability.core.ids import new_id
from traceability.core.permissions import SYSTEM, Actor
from traceability.core.ports import Notary
from traceability.core.text import clean_text
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.content import day_text
from traceability.labels.errors import (
    RunRefusedError,
    SequenceExhaustedError,
    VoidRangeError,
    VoidReasonError,
)
from traceability.labels.job import (
    OF_A_LOT,
    LabelKeys,
    LabelKind,
    PrintJob,
    RunSpec,
    snapshot_of,
)
from traceability.labels.models import LabelRun, LabelVoid, SerialSequence
from traceability.labels.queries import facts_for, runs_of_batch, voids_of
from traceability.labels.serials import INDEX_LIMIT
from traceability.records.credential import RecordDraft, Voucher
from traceability.records.models import SignedRecord
from traceability.records.service import publish_record

RUN_RECORD_TYPE = "LabelRunRecord"
VOID_RECORD_TYPE = "LabelVoidRecord"
BINDING_RECORD_TYPE = "LabelBindingRecord"
GAP = 1000  # a run starts up to this far behind the last one, at random
_FIRST = text(
    "INSERT INTO serial_sequence (product_id, next_index) VALUES (:product, 0)"
    " ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidDraft:
    """Labels that are to count no more: indexes as serials carry them, both included.

    Raises ``VoidReasonError`` without a reason.
    """

    first: int
    last: int
    reason: str

    def __post_init__(self) -> None:
        if not clean_text(self.reason, field="reason"):
            raise VoidReasonError("Say why.", field="reason")


def start_run(
    session: Session,
    batch: Batch,
    spec: RunSpec,
    *,
    actor: Actor,
    notary: Notary,
    keys: LabelKeys,
) -> LabelRun:
    """Take a range of the product's sequence and sign what it is for.

    The labels are made of the row afterwards, outside any transaction. Raises
    ``RunRefusedError`` for a batch that is not issued, held, recalled or expired,
    ``LabelTooSmallError`` and ``SealRefusedError`` before any number is taken,
    ``SequenceExhaustedError``, and not-found errors for other people's batches.
    """
    if spec.kind not in OF_A_LOT:
        raise RunRefusedError("Blank stamps are printed for a product, not for a lot.")
    batch = locked_batch(session, batch.id)
    require_own(batch, actor)
    today = notary.clock.today()
    refused = refusal_of(batch, today)
    if refused is not None:
        raise refused
    job = plan(session, batch, spec, today)
    job.layout()
    if spec.kind is not LabelKind.LOT:
        first = take_indexes(session, batch.product_id, spec.count)
        job = replace(job, first_index=first, serial_key_id=keys.mac_of(None).key_id)
    run = _row(batch, job, actor, keys)
    record = _publish_run(session, batch, run, actor, notary)
    run.record_id = record.id
    run.created_at = record.issued_at
    session.add(run)
    session.flush()
    _audit(session, "labels-started", batch, run, actor=actor, notary=notary)
    return run


def void_labels(
    session: Session, batch: Batch, draft: VoidDraft, *, actor: Actor, notary: Notary
) -> LabelVoid:
    """Make a range of a batch's labels void for good, signed and logged.

    Raises ``VoidRangeError`` unless one run of the batch holds the whole range, or if
    it is void already.
    """
    batch = locked_batch(session, batch.id)
    require_own(batch, actor)
    run = _run_holding(session, batch, draft)
    void = LabelVoid(
        public_id=new_id(),
        run_id=run.id,
        from_index=draft.first,
        to_index=draft.last,
        reason=clean_text(draft.reason),
    )
    record = _publish_void(session, batch, run, void, actor=actor, notary=notary)
    void.record_id = record.id
    void.at = record.issued_at
    session.add(void)
    session.flush()
    _audit(session, "labels-voided", batch, run, actor=actor, notary=notary)
    return void


def run_link(identity: Identity, run: LabelRun) -> str:
    """Return the address that a run's record is about.

    Void records are about a part of it (``…#void-<id>``), so that the log's entries
    alone show every one of them to whoever knows the run.
    """
    return identity.url(f"/label-runs/{run.public_id}")


def refusal_of(batch: Batch, today: date) -> RunRefusedError | None:
    """Return why a batch gets no labels today, or nothing if it does."""
    state = BatchState(batch.state)
    if state is BatchState.DRAFT:
        return RunRefusedError("Labels are printed for an issued lot. Issue it first.")
    if state is BatchState.HELD:
        return RunRefusedError(
            "The lot is held. Labels can be printed after its release."
        )
    if state is BatchState.RECALLED:
        return RunRefusedError(
            "The lot is recalled. No more labels are printed for it."
        )
    ends = batch.expiry or batch.best_before
    if ends is not None and ends < today:
        return RunRefusedError(
            "The lot expired on %(day)s. No more labels are printed for it.",
            day=day_text(ends),
        )
    return None


def plan(session: Session, batch: Batch, spec: RunSpec, today: date) -> PrintJob:
    """Return a run as it would be printed today, before it has any numbers."""
    facts, sealed = facts_for(session, batch, today)
    return PrintJob(
        spec=spec,
        lot=DigitalLink.parse(batch.digital_link),
        first_index=0,
        serial_key_id=None,
        facts=facts,
        sealed_facts=sealed,
    )


def take_indexes(session: Session, product_id: int, count: int) -> int:
    """Return the first of ``count`` indexes that nobody else gets (I4).

    The row is locked until the caller's transaction ends, so that writers of one
    product wait for each other on every engine.
    """
    session.execute(_FIRST, {"product": product_id})
    of_product = SerialSequence.product_id == product_id
    next_index = session.execute(
        select(SerialSequence.next_index).where(of_product).with_for_update()
    ).scalar_one()
    first = next_index + 1 + secrets.randbelow(GAP)
    if first + count > INDEX_LIMIT:
        raise SequenceExhaustedError("This product has no serial numbers left.")
    session.execute(
        update(SerialSequence).where(of_product).values(next_index=first + count)
    )
    return first


def _row(batch: Batch, job: PrintJob, actor: Actor, keys: LabelKeys) -> LabelRun:
    spec = job.spec
    sealed = spec.kind is LabelKind.SEALED
    return LabelRun(
        public_id=new_id(),
        batch_id=batch.id,
        product_id=batch.product_id,
        kind=spec.kind.value,
        first_index=None if spec.kind is LabelKind.LOT else job.first_index,
        count=spec.count,
        stock=spec.stock.id,
        serial_key_id=job.serial_key_id,
        seal_kid=keys.sealer().kid if sealed else None,
        facts=snapshot_of(job.facts, job.sealed_facts),
        created_by=actor.name,
    )


def _publish_run(
    session: Session, batch: Batch, run: LabelRun, actor: Actor, notary: Notary
) -> SignedRecord:
    lot = DigitalLink.parse(batch.digital_link)
    claims: dict[str, Json] = {
        "lot": batch.digital_link,
        "product": str(lot.product_link()),
        "kind": run.kind,
        "count": run.count,
        "stock": run.stock,
    }
    if run.first_index is not None:
        claims["firstIndex"] = run.first_index
        claims["serialKeyId"] = run.serial_key_id
    if run.seal_kid is not None:
        claims["sealKid"] = run.seal_kid
    draft = RecordDraft(
        type=RUN_RECORD_TYPE,
        subject=run_link(notary.identity, run),
        claims=claims,
        vouched_by=_voucher(batch, actor, notary.identity),
    )
    return publish_record(session, draft, notary=notary)


def _voucher(batch: Batch, actor: Actor, identity: Identity) -> Voucher:
    """Return the producer; what the operator's command did the service says itself."""
    basis = "service" if actor.kind == SYSTEM.kind else basis_of(batch, actor)
    return voucher_of(batch.organisation, basis=basis, identity=identity)


def _run_holding(session: Session, batch: Batch, draft: VoidDraft) -> LabelRun:
    runs = [row.run for row in runs_of_batch(session, batch)]
    ranges = []
    for run in runs:
        if run.first_index is None or run.last_index is None:
            continue
        ranges.append(f"{run.first_index}–{run.last_index}")
        if run.first_index <= draft.first <= draft.last <= run.last_index:
            _require_live(session, run, draft)
            return run
    raise VoidRangeError(
        "The range must lie within one run of this lot. There are: %(ranges)s.",
        field="first",
        ranges=", ".join(ranges) or "–",
    )


def _require_live(session: Session, run: LabelRun, draft: VoidDraft) -> None:
    for void in voids_of(session, run):
        if void.from_index <= draft.first and draft.last <= void.to_index:
            raise VoidRangeError("These labels are void already.", field="first")


def _publish_void(
    session: Session,
    batch: Batch,
    run: LabelRun,
    void: LabelVoid,
    *,
    actor: Actor,
    notary: Notary,
) -> SignedRecord:
    identity = notary.identity
    draft = RecordDraft(
        type=VOID_RECORD_TYPE,
        subject=f"{run_link(identity, run)}#void-{void.public_id}",
        claims={
            "lot": batch.digital_link,
            "run": run_link(identity, run),
            "from": void.from_index,
            "to": void.to_index,
            "reason": void.reason,
        },
        vouched_by=_voucher(batch, actor, identity),
    )
    return publish_record(session, draft, notary=notary)


def _audit(
    session: Session,
    action: str,
    batch: Batch,
    run: LabelRun,
    *,
    actor: Actor,
    notary: Notary,
) -> None:
    audit(
        session,
        actor,
        action,
        batch.digital_link,
        notary.clock,
        run=run.public_id,
        kind=run.kind,
        first=run.first_index,
        count=run.count,
    )
