"""Start label runs and make labels void. The caller commits."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from traceability.accounts.service import audit
from traceability.batches.models import Batch, BatchState
from traceability.batches.permits import basis_of, require_own
from traceability.batches.queries import locked_batch
from traceability.catalog.models import Product
from traceability.catalog.vouching import voucher_of
from traceability.core.canonical import Json
from traceability.core.identity import Identity
from traceability.core.ids import new_id
from traceability.core.permissions import SYSTEM, Actor
from traceability.core.ports import Notary
from traceability.core.text import clean_text
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.claims.queries import facts_for, product_set_of
from traceability.labels.content import day_text
from traceability.labels.errors import (
    LabelFieldsUnfitError,
    RunRefusedError,
    SequenceExhaustedError,
    VoidRangeError,
    VoidReasonError,
)
from traceability.labels.fitting import names_of
from traceability.labels.job import (
    OF_A_LOT,
    LabelKeys,
    LabelKind,
    PrintJob,
    RunSpec,
    snapshot_of,
)
from traceability.labels.legal import declared, missing_from, unfit_of
from traceability.labels.life.witness import VoidKind, Witness, require_witness
from traceability.labels.limits.service import bounds_of
from traceability.labels.limits.terms import Bounds, bounds_claims, excess_numbers
from traceability.labels.models import LabelRun, LabelVoid, SerialSequence
from traceability.labels.previewing import holding
from traceability.labels.queries import ranges_of_batch, voids_of
from traceability.labels.serials import INDEX_LIMIT
from traceability.labels.stock import Stock
from traceability.labels.stocks.queries import own_stock_of
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

    Raises ``VoidReasonError`` without a reason, and ``WitnessMissingError`` where one
    person's word is not enough.
    """

    first: int
    last: int
    reason: str
    kind: VoidKind = VoidKind.OTHER
    witness: Witness | None = None

    def __post_init__(self) -> None:
        if not clean_text(self.reason, field="reason"):
            raise VoidReasonError("Say why.", field="reason")
        require_witness(self.last - self.first + 1, self.kind, self.witness)


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
    ``SequenceExhaustedError``, ``QuotaExceededError``, ``OverPrintingError``, and
    not-found errors for other people's batches.
    """
    if spec.kind not in OF_A_LOT:
        raise RunRefusedError("Blank stamps are printed for a product, not for a lot.")
    batch, spec = locked_batch(session, batch.id), spec.counted()
    require_own(batch, actor)
    today = notary.clock.today()
    refused = refusal_of(batch, today)
    if refused is not None:
        raise refused
    own = own_stock_of(session, batch.organisation_id)
    job = checked(plan(session, batch, spec, today), batch.product, own)
    bounds = bounds_of(session, batch, spec, today)
    if spec.kind is not LabelKind.LOT:
        first = take_indexes(session, batch.product_id, spec.count)
        job = replace(job, first_index=first, serial_key_id=keys.mac_of(None).key_id)
    run = _row(batch, job, bounds, actor, keys)
    record = _publish_run(session, batch, run, actor, notary)
    run.record_id = record.id
    run.created_at = record.issued_at
    session.add(run)
    session.flush()
    audit_labels(session, "labels-started", batch, run, actor=actor, notary=notary)
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
    run = run_holding(session, batch, draft.first, draft.last)
    void = LabelVoid(
        public_id=new_id(),
        run_id=run.id,
        from_index=draft.first,
        to_index=draft.last,
        kind=draft.kind.value,
        reason=clean_text(draft.reason),
    )
    told = _void_record(batch, run, void, actor, notary.identity)
    private = draft.witness.private() if draft.witness else {}
    record = publish_record(session, replace(told, private=private), notary=notary)
    void.record_id = record.id
    void.at = record.issued_at
    session.add(void)
    session.flush()
    audit_labels(session, "labels-voided", batch, run, actor=actor, notary=notary)
    return void


def run_link(identity: Identity, run: LabelRun) -> str:
    """Return the address that a run's record is about.

    Void records are about a part of it (``…#void-<id>``), so that the log's entries
    alone show every one of them to whoever knows the run.
    """
    return identity.url(f"/label-runs/{run.public_id}")


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


def checked(job: PrintJob, product: Product, own: Sequence[Stock] = ()) -> PrintJob:
    """Return a job that has room and says what it must, with what is said elsewhere.

    A refusal names what would fit, of built-in stock and of one's ``own``.
    Raises ``LabelTooSmallError``, ``LabelFieldsUnfitError`` and
    ``LabelFieldsMissingError``.
    """
    spec, layout = job.spec, job.layout(own)
    number = product_set_of(product)
    missing = missing_from(job.facts, spec.design, number, layout.unfit)
    unfit = unfit_of(missing, spec.design, spec.elsewhere)
    if unfit:
        fitting = job.fitting(own, holding(job, number))
        refusal = LabelFieldsUnfitError(
            "There is no room for: %(fields)s. What would fit: %(fitting)s.",
            field="stock",
            fields=", ".join(one.field.name.vi for one in unfit),
            fitting=names_of(fitting),
        )
        refusal.alternatives = tuple(fitting)
        raise refusal
    elsewhere = declared(missing, spec.design, spec.elsewhere)
    return replace(job, spec=replace(spec, elsewhere=frozenset(elsewhere)))


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


def _row(
    batch: Batch, job: PrintJob, bounds: Bounds, actor: Actor, keys: LabelKeys
) -> LabelRun:
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
        facts={
            **snapshot_of(job.facts, job.sealed_facts),
            **spec.kept(),
            **bounds.facts(),
            "design": spec.design.to_json(),
            "elsewhere": sorted(spec.elsewhere),
        },
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
    if run.facts["elsewhere"]:
        claims["elsewhere"] = run.facts["elsewhere"]
    if run.first_index is not None:
        claims["firstIndex"] = run.first_index
        claims["serialKeyId"] = run.serial_key_id
    if run.seal_kid is not None:
        claims["sealKid"] = run.seal_kid
    claims |= bounds_claims(run.facts)
    if run.scratch:
        claims["scratch"] = True
    draft = RecordDraft(
        type=RUN_RECORD_TYPE,
        subject=run_link(notary.identity, run),
        claims=claims,
        vouched_by=label_voucher(batch, actor, notary.identity),
    )
    return publish_record(session, draft, notary=notary)


def label_voucher(batch: Batch, actor: Actor, identity: Identity) -> Voucher:
    """Return the producer; what the operator's command did the service says itself."""
    basis = "service" if actor.kind == SYSTEM.kind else basis_of(batch, actor)
    return voucher_of(batch.organisation, basis=basis, identity=identity)


def run_holding(session: Session, batch: Batch, first: int, last: int) -> LabelRun:
    """Return the run of a batch that holds a whole range. Raises ``VoidRangeError``.

    Void labels of it stay what they are; a range of nothing else is refused. Of blank
    stamps, a range is the batch's that one binding holds.
    """
    ranges = []
    for run, begin, end in ranges_of_batch(session, batch):
        ranges.append(f"{begin}–{end}")
        if begin <= first <= last <= end:
            _require_live(session, run, first, last)
            return run
    raise VoidRangeError(
        "The range must lie within one run of this lot. There are: %(ranges)s.",
        field="first",
        ranges=", ".join(ranges) or "–",
    )


def _require_live(session: Session, run: LabelRun, first: int, last: int) -> None:
    for void in voids_of(session, run):
        if void.from_index <= first and last <= void.to_index:
            raise VoidRangeError("These labels are void already.", field="first")


def _void_record(
    batch: Batch, run: LabelRun, void: LabelVoid, actor: Actor, identity: Identity
) -> RecordDraft:
    return RecordDraft(
        type=VOID_RECORD_TYPE,
        subject=f"{run_link(identity, run)}#void-{void.public_id}",
        claims={
            **range_claims(batch, run, (void.from_index, void.to_index), identity),
            "kind": void.kind,
            "reason": void.reason,
        },
        vouched_by=label_voucher(batch, actor, identity),
    )


def range_claims(
    batch: Batch, run: LabelRun, indexes: tuple[int, int], identity: Identity
) -> dict[str, Json]:
    """Return what every record about a range of a run's labels says of it.

    Of blank stamps it names the product: other stamps of the run are other lots'.
    """
    if run.kind == LabelKind.BLANK:
        return stamps_claims(run, indexes, identity)
    return {
        "lot": batch.digital_link,
        "run": run_link(identity, run),
        "from": indexes[0],
        "to": indexes[1],
    }


def stamps_claims(
    run: LabelRun, indexes: tuple[int, int], identity: Identity
) -> dict[str, Json]:
    """Return what a record about a range of blank stamps says of it."""
    return {
        "product": str(run.facts["link"]),
        "run": run_link(identity, run),
        "from": indexes[0],
        "to": indexes[1],
    }


def audit_labels(
    session: Session,
    action: str,
    batch: Batch,
    run: LabelRun,
    *,
    actor: Actor,
    notary: Notary,
) -> None:
    """Write down what was done with a run."""
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
        **excess_numbers(run.facts),
    )
