"""Print blank stamps, bind them to a batch, make them void. The caller commits."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from traceability.accounts.queries import organisation_by_id
from traceability.accounts.service import audit
from traceability.batches.models import Batch, BatchState
from traceability.batches.permits import owns, require_own
from traceability.batches.queries import locked_batch
from traceability.catalog.errors import ProductNotFoundError
from traceability.catalog.models import Product
from traceability.catalog.records import product_link
from traceability.catalog.vouching import voucher_of
from traceability.core.canonical import Json
from traceability.core.identity import Identity
from traceability.core.ids import new_id
from traceability.core.permissions import SYSTEM, Actor
from traceability.core.ports import Notary
from traceability.core.text import clean_text
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.binding.draft import BindingDraft
from traceability.labels.binding.queries import (
    binding_within,
    run_holding,
    voids_within,
)
from traceability.labels.content import LabelFacts, day_text
from traceability.labels.errors import (
    BindingRangeError,
    BindingRefusedError,
    BindingTakenError,
    BindingVoidError,
    RunRefusedError,
    VoidRangeError,
)
from traceability.labels.job import (
    LabelKeys,
    LabelKind,
    PrintJob,
    RunSpec,
    snapshot_of,
)
from traceability.labels.models import LabelBinding, LabelRun, LabelVoid
from traceability.labels.queries import net_text
from traceability.labels.seal import SealFacts
from traceability.labels.service import (
    BINDING_RECORD_TYPE,
    RUN_RECORD_TYPE,
    VOID_RECORD_TYPE,
    VoidDraft,
    run_link,
    take_indexes,
)
from traceability.records.credential import RecordDraft, Voucher
from traceability.records.models import SignedRecord
from traceability.records.service import publish_record


def start_blanks(
    session: Session,
    product: Product,
    spec: RunSpec,
    *,
    actor: Actor,
    notary: Notary,
    keys: LabelKeys,
) -> LabelRun:
    """Take a range of a product's sequence for stamps whose lot is not known yet.

    Raises ``RunRefusedError`` for a product that is no longer made,
    ``LabelTooSmallError`` before any number is taken, ``SequenceExhaustedError``, and
    ``ProductNotFoundError`` for other people's products.
    """
    if not owns(actor, product.organisation_id):
        raise ProductNotFoundError("There is no such product.")
    if product.state != "active":
        raise RunRefusedError("This product is no longer made; no stamps are printed.")
    job = plan_blanks(session, product, spec, notary.identity)
    job.layout()
    run = LabelRun(
        public_id=new_id(),
        product_id=product.id,
        kind=LabelKind.BLANK.value,
        first_index=take_indexes(session, product.id, spec.count),
        count=spec.count,
        stock=spec.stock.id,
        serial_key_id=keys.mac_of(None).key_id,
        facts={**snapshot_of(job.facts, job.sealed_facts), "link": str(job.lot)},
        created_by=actor.name,
    )
    claims: dict[str, Json] = {
        "product": str(job.lot),
        "kind": run.kind,
        "count": run.count,
        "stock": run.stock,
        "firstIndex": run.first_index,
        "serialKeyId": run.serial_key_id,
    }
    subject = run_link(notary.identity, run)
    record = _publish(session, RUN_RECORD_TYPE, subject, claims, run, actor, notary)
    run.record_id, run.created_at = record.id, record.issued_at
    session.add(run)
    session.flush()
    _audit(session, "labels-started", run, str(job.lot), actor, notary)
    return run


def plan_blanks(
    session: Session, product: Product, spec: RunSpec, identity: Identity
) -> PrintJob:
    """Return blank stamps as they would be printed today, before they have numbers."""
    producer = organisation_by_id(session, product.organisation_id)
    return PrintJob(
        spec=spec,
        lot=DigitalLink.parse(product_link(product.key, identity)),
        first_index=0,
        serial_key_id=None,
        facts=LabelFacts(
            product_name=product.name_vi,
            lot_number="",
            net_content=net_text(product),
            producer_name=producer.name_vi if producer.name_public else "",
        ),
        sealed_facts=SealFacts(production_date=None, expiry=None),
    )


def bind_labels(
    session: Session, batch: Batch, draft: BindingDraft, *, actor: Actor, notary: Notary
) -> LabelBinding:
    """Make a range of blank stamps labels of a batch, signed and logged.

    Two who bind the same stamps wait for each other at the run's row. Raises what
    ``refusal_to_bind`` and ``require_bindable`` do, and ``BatchNotFoundError``.
    """
    batch = locked_batch(session, batch.id)
    require_own(batch, actor)
    refused = refusal_to_bind(batch, notary.clock.today())
    if refused is not None:
        raise refused
    run = require_bindable(session, batch, draft, lock=True)
    link = run_link(notary.identity, run)
    claims: dict[str, Json] = {
        "lot": batch.digital_link,
        "run": link,
        "from": draft.first,
        "to": draft.last,
    }
    # Its range names it: the log alone shows which stamps each entry is about.
    subject = f"{link}#bind-{draft.first}-{draft.last}"
    record = _publish(session, BINDING_RECORD_TYPE, subject, claims, run, actor, notary)
    binding = LabelBinding(
        public_id=new_id(),
        run_id=run.id,
        batch_id=batch.id,
        from_index=draft.first,
        to_index=draft.last,
        at=record.issued_at,
        created_by=actor.name,
        record_id=record.id,
    )
    session.add(binding)
    session.flush()
    _audit(
        session,
        "labels-bound",
        run,
        batch.digital_link,
        actor,
        notary,
        first=draft.first,
        count=draft.count,
    )
    return binding


def require_bindable(
    session: Session, batch: Batch, draft: BindingDraft, *, lock: bool = False
) -> LabelRun:
    """Return the run of blank stamps whose range may become labels of a batch.

    Raises ``BindingRangeError`` unless one run of the batch's product holds it all,
    ``BindingTakenError`` and ``BindingVoidError``, which say what stands against it.
    """
    run = run_holding(session, batch.product_id, draft, lock=lock)
    if run is None:
        raise BindingRangeError(
            "These two do not lie within one run of blank stamps of this product.",
            field="first",
        )
    taken = binding_within(session, run, draft)
    if taken is not None:
        raise BindingTakenError(
            "The stamps %(first)s–%(last)s are bound to lot %(lot)s already.",
            field="first",
            first=taken[0].from_index,
            last=taken[0].to_index,
            lot=taken[1].lot_number,
        )
    void = voids_within(session, run, draft)
    if void:
        raise BindingVoidError(
            "Some of these stamps are void: %(ranges)s. Bind what lies between.",
            field="first",
            ranges=", ".join(f"{one.from_index}–{one.to_index}" for one in void),
        )
    return run


def refusal_to_bind(batch: Batch, today: date) -> BindingRefusedError | None:
    """Return why no stamps are bound to a batch today, or nothing if they are."""
    state = BatchState(batch.state)
    if state is BatchState.DRAFT:
        return BindingRefusedError("Stamps are bound to an issued lot. Issue it first.")
    if state is BatchState.HELD:
        return BindingRefusedError(
            "The lot is held. Stamps can be bound after its release."
        )
    if state is BatchState.RECALLED:
        return BindingRefusedError("The lot is recalled. No stamps are bound to it.")
    ends = batch.expiry or batch.best_before
    if ends is not None and ends < today:
        return BindingRefusedError(
            "The lot expired on %(day)s. No stamps are bound to it.",
            day=day_text(ends),
        )
    return None


def void_blanks(
    session: Session, run: LabelRun, draft: VoidDraft, *, actor: Actor, notary: Notary
) -> LabelVoid:
    """Make a range of blank stamps void for good, bound or not, signed and logged.

    Raises ``VoidRangeError`` outside the run, or where all of it is void already.
    """
    wanted = BindingDraft(first=draft.first, last=draft.last)
    held = run_holding(session, run.product_id, wanted, lock=True)
    if held is None or held.id != run.id:
        raise VoidRangeError(
            "The range must lie within this run: %(first)s–%(last)s.",
            field="first",
            first=run.first_index,
            last=run.last_index,
        )
    for one in voids_within(session, run, wanted):
        if one.from_index <= draft.first and draft.last <= one.to_index:
            raise VoidRangeError("These labels are void already.", field="first")
    void = LabelVoid(
        public_id=new_id(),
        run_id=run.id,
        from_index=draft.first,
        to_index=draft.last,
        reason=clean_text(draft.reason),
    )
    link = run_link(notary.identity, run)
    claims: dict[str, Json] = {
        "product": str(run.facts["link"]),
        "run": link,
        "from": void.from_index,
        "to": void.to_index,
        "reason": void.reason,
    }
    subject = f"{link}#void-{void.public_id}"
    record = _publish(session, VOID_RECORD_TYPE, subject, claims, run, actor, notary)
    void.record_id, void.at = record.id, record.issued_at
    session.add(void)
    session.flush()
    _audit(session, "labels-voided", run, str(run.facts["link"]), actor, notary)
    return void


def _publish(  # noqa: PLR0913, PLR0917 (one argument for each part of a record)
    session: Session,
    type_: str,
    subject: str,
    claims: Mapping[str, Json],
    run: LabelRun,
    actor: Actor,
    notary: Notary,
) -> SignedRecord:
    voucher = _voucher(session, run, actor, notary.identity)
    draft = RecordDraft(type=type_, subject=subject, claims=claims, vouched_by=voucher)
    return publish_record(session, draft, notary=notary)


def _voucher(
    session: Session, run: LabelRun, actor: Actor, identity: Identity
) -> Voucher:
    """Return the producer; what the operator's command did the service says itself."""
    product = session.get_one(Product, run.product_id)
    producer = organisation_by_id(session, product.organisation_id)
    basis = "service" if actor.kind == SYSTEM.kind else "declared"
    return voucher_of(producer, basis=basis, identity=identity)


def _audit(
    session: Session,
    action: str,
    run: LabelRun,
    target: str,
    actor: Actor,
    notary: Notary,
    **range_: int,
) -> None:
    told = {"first": run.first_index, "count": run.count, **range_}
    audit(
        session,
        actor,
        action,
        target,
        notary.clock,
        run=run.public_id,
        kind=run.kind,
        **told,
    )
