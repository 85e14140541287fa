"""Print blank stamps, print spoiled ones again, make them void. The caller commits."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.accounts.queries import organisation_by_id
from traceability.accounts.service import audit
from traceability.batches.permits import owns
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
from traceability.labels.claims.queries import product_facts
from traceability.labels.errors import RunRefusedError, VoidRangeError
from traceability.labels.job import (
    LabelKeys,
    LabelKind,
    PrintJob,
    RunSpec,
    snapshot_of,
)
from traceability.labels.life.models import LabelReprint
from traceability.labels.life.queries import voids_in
from traceability.labels.life.service import (
    REPRINT_RECORD_TYPE,
    ReprintDraft,
    reprint_labels,
    require_spoiled,
)
from traceability.labels.life.witness import Witness
from traceability.labels.limits.service import bounds_of_stamps
from traceability.labels.limits.terms import Bounds, bounds_claims
from traceability.labels.models import LabelRun, LabelVoid
from traceability.labels.queries import RunRow, require_within
from traceability.labels.seal import SealFacts
from traceability.labels.service import (
    RUN_RECORD_TYPE,
    VOID_RECORD_TYPE,
    VoidDraft,
    run_link,
    stamps_claims,
    take_indexes,
    void_labels,
)
from traceability.labels.stocks.queries import own_stock_of
from traceability.records.credential import RecordDraft, Voucher
from traceability.records.models import SignedRecord
from traceability.records.service import publish_record

# The record's type, the part of the run's address that it is about, the audit's word.
_TOLD_AS = {
    LabelVoid: (VOID_RECORD_TYPE, "void", "labels-voided"),
    LabelReprint: (REPRINT_RECORD_TYPE, "reprint", "labels-reprinted"),
}


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
    ``LabelTooSmallError`` before any number is taken, ``SequenceExhaustedError``,
    ``QuotaExceededError``, and ``ProductNotFoundError`` for other people's products.
    """
    if not owns(actor, product.organisation_id):
        raise ProductNotFoundError("There is no such product.")
    if product.state != "active":
        raise RunRefusedError("This product is no longer made; no stamps are printed.")
    job = plan_blanks(session, product, spec, notary.identity)
    job.layout(own_stock_of(session, product.organisation_id))
    bounds = _bounds(session, product, spec, notary.clock.today())
    run = _row(session, product, job, bounds, actor, keys)
    claims: dict[str, Json] = {
        "product": str(job.lot),
        "kind": run.kind,
        "count": run.count,
        "stock": run.stock,
        "firstIndex": run.first_index,
        "serialKeyId": run.serial_key_id,
        **bounds_claims(run.facts),
    }
    subject = run_link(notary.identity, run)
    record = publish_of_run(
        session, RUN_RECORD_TYPE, subject, claims, run, actor=actor, notary=notary
    )
    run.record_id, run.created_at = record.id, record.issued_at
    session.add(run)
    session.flush()
    audit_stamps(session, "labels-started", run, actor=actor, notary=notary)
    return run


def _bounds(session: Session, product: Product, spec: RunSpec, today: date) -> Bounds:
    return bounds_of_stamps(session, product.organisation_id, spec.count, today)


def _row(
    session: Session,
    product: Product,
    job: PrintJob,
    bounds: Bounds,
    actor: Actor,
    keys: LabelKeys,
) -> LabelRun:
    spec = job.spec
    return LabelRun(
        public_id=new_id(),
        product_id=product.id,
        kind=LabelKind.BLANK.value,
        first_index=take_indexes(session, product.id, spec.count),
        count=spec.count,
        stock=spec.stock.id,
        serial_key_id=keys.mac_of(None).key_id,
        facts={
            **snapshot_of(job.facts, job.sealed_facts),
            **spec.kept(),
            **bounds.facts(),
            "design": spec.design.to_json(),
            "link": str(job.lot),
        },
        created_by=actor.name,
    )


def plan_blanks(
    session: Session, product: Product, spec: RunSpec, identity: Identity
) -> PrintJob:
    """Return blank stamps as they would be printed today, before they have numbers.

    They say what is true of every pack of the product; lot, dates, stars and
    certificates are a lot's. A stamp is never the pack's label of the law.
    """
    producer = organisation_by_id(session, product.organisation_id)
    return PrintJob(
        spec=spec,
        lot=DigitalLink.parse(product_link(product.key, identity)),
        first_index=0,
        serial_key_id=None,
        facts=product_facts(session, product, producer),
        sealed_facts=SealFacts(production_date=None, expiry=None),
    )


def void_in(
    session: Session, row: RunRow, draft: VoidDraft, *, actor: Actor, notary: Notary
) -> LabelVoid:
    """Make labels of a run void for good: of a lot's run, or blank stamps."""
    if row.blank:
        return void_blanks(session, row.run, draft, actor=actor, notary=notary)
    return void_labels(session, row.batch, draft, actor=actor, notary=notary)


def void_blanks(
    session: Session, run: LabelRun, draft: VoidDraft, *, actor: Actor, notary: Notary
) -> LabelVoid:
    """Make a range of blank stamps void for good, bound or not, signed and logged.

    Raises ``VoidRangeError`` outside the run, or where all of it is void already.
    """
    run = _locked(session, run, draft.first, draft.last)
    for one in session.scalars(voids_in(run, draft.first, draft.last)):
        if one.from_index <= draft.first and draft.last <= one.to_index:
            raise VoidRangeError("These labels are void already.", field="first")
    void = LabelVoid(
        public_id=new_id(),
        run_id=run.id,
        from_index=draft.first,
        to_index=draft.last,
        kind=draft.kind.value,
        reason=clean_text(draft.reason),
    )
    _keep(session, run, void, draft.witness, actor=actor, notary=notary)
    return void


def reprint_in(
    session: Session, row: RunRow, draft: ReprintDraft, *, actor: Actor, notary: Notary
) -> LabelReprint:
    """Tell that spoiled labels of a run are printed once more under their numbers."""
    if row.blank:
        return reprint_blanks(session, row.run, draft, actor=actor, notary=notary)
    return reprint_labels(session, row.batch, draft, actor=actor, notary=notary)


def reprint_blanks(
    session: Session,
    run: LabelRun,
    draft: ReprintDraft,
    *,
    actor: Actor,
    notary: Notary,
) -> LabelReprint:
    """Tell that spoiled blank stamps are printed once more under their numbers.

    Raises ``VoidRangeError`` outside the run, and ``ReprintRefusedError`` where some
    are void, bound to a lot or on goods.
    """
    run = _locked(session, run, draft.first, draft.last)
    require_spoiled(session, run, draft)
    reprint = LabelReprint(
        public_id=new_id(),
        run_id=run.id,
        from_index=draft.first,
        to_index=draft.last,
        reason=clean_text(draft.reason),
    )
    _keep(session, run, reprint, draft.witness, actor=actor, notary=notary)
    return reprint


def _keep(
    session: Session,
    run: LabelRun,
    one: LabelVoid | LabelReprint,
    witness: Witness | None,
    *,
    actor: Actor,
    notary: Notary,
) -> None:
    """Sign, log and store what became of a range of stamps."""
    type_, part, action = _TOLD_AS[type(one)]
    indexes = (one.from_index, one.to_index)
    kind: dict[str, Json] = {"kind": one.kind} if isinstance(one, LabelVoid) else {}
    record = publish_of_run(
        session,
        type_,
        f"{run_link(notary.identity, run)}#{part}-{one.public_id}",
        {
            **stamps_claims(run, indexes, notary.identity),
            **kind,
            "reason": one.reason,
        },
        run,
        actor=actor,
        notary=notary,
        witness=witness,
    )
    one.record_id, one.at = record.id, record.issued_at
    session.add(one)
    session.flush()
    audit_stamps(session, action, run, actor=actor, notary=notary)


def _locked(session: Session, run: LabelRun, first: int, last: int) -> LabelRun:
    """Return the run's row, locked as by whoever binds its stamps."""
    found = session.scalars(
        select(LabelRun).where(LabelRun.id == run.id).with_for_update()
    ).one()
    require_within(found, first, last)
    return found


def publish_of_run(  # noqa: PLR0913 (one argument for each part of a record)
    session: Session,
    type_: str,
    subject: str,
    claims: Mapping[str, Json],
    run: LabelRun,
    *,
    actor: Actor,
    notary: Notary,
    witness: Witness | None = None,
) -> SignedRecord:
    """Sign and log what is said of a run of blank stamps."""
    draft = RecordDraft(
        type=type_,
        subject=subject,
        claims=claims,
        private=witness.private() if witness else {},
        vouched_by=_voucher(session, run, actor, notary.identity),
    )
    return publish_record(session, draft, notary=notary)


def _voucher(
    session: Session, run: LabelRun, actor: Actor, identity: Identity
) -> Voucher:
    """Return the producer; what the operator's command did the service says itself."""
    product = session.get_one(Product, run.product_id)
    producer = organisation_by_id(session, product.organisation_id)
    basis = "service" if actor.kind == SYSTEM.kind else "declared"
    return voucher_of(producer, basis=basis, identity=identity)


def audit_stamps(
    session: Session,
    action: str,
    run: LabelRun,
    *,
    actor: Actor,
    notary: Notary,
    target: str = "",
    **more: object,
) -> None:
    """Write down what was done with blank stamps; by itself to their product's."""
    told = {"first": run.first_index, "count": run.count, **more}
    audit(
        session,
        actor,
        action,
        target or str(run.facts["link"]),
        notary.clock,
        run=run.public_id,
        kind=run.kind,
        **told,
    )
