"""Write batches: register, change, issue, correct. The caller commits."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from traceability.accounts.service import audit
from traceability.batches.assembly import (
    birth_of,
    lot_link,
)
from traceability.batches.checking.queries import (
    check_batch,
    check_below,
    check_usable,
)
from traceability.batches.drafts import BatchDraft, InputDraft
from traceability.batches.errors import (
    BatchStateError,
    LotTakenError,
    ProductRetiredError,
    ReasonMissingError,
)
from traceability.batches.lots import own_lot_number
from traceability.batches.models import Batch, BatchInput, BatchState
from traceability.batches.overrides import FIELDS
from traceability.batches.permits import (
    owns,
    require_draft,
    require_own,
    require_same_lot,
)
from traceability.batches.queries import (
    InputRow,
    direct_sources,
    inputs_of,
    levels_above,
    locked_batch,
    source_of,
    suggested_number,
)
from traceability.batches.recording.service import (
    parts_of,
    sign_batch,
    voucher_for,
)
from traceability.batches.rules import Shortfall, check_input_count
from traceability.batches.status.service import (
    hold_batch,
    recall_batch,
    release_batch,
)
from traceability.batches.way.queries import exceptions_of, gone_of
from traceability.catalog.drafts import ProductState, SiteState
from traceability.catalog.errors import (
    ProductNotFoundError,
    SiteNotFoundError,
    SiteRetiredError,
)
from traceability.catalog.models import Product, Site
from traceability.core.identity import Identity
from traceability.core.ids import new_id
from traceability.core.permissions import Actor
from traceability.core.ports import Clock, Notary
from traceability.core.quantity import Quantity
from traceability.db.translating import translating
from traceability.events.event import birth_event
from traceability.events.queries import birth_of_lot
from traceability.events.service import CapturedBy, bear, rebear
from traceability.records.models import SignedRecord

__all__ = [
    "correct_batch",
    "delete_draft",
    "hold_batch",
    "issue_batch",
    "recall_batch",
    "register_batch",
    "release_batch",
    "update_draft",
]

_SUGGESTIONS = 50


def register_batch(
    session: Session,
    draft: BatchDraft,
    *,
    actor: Actor,
    clock: Clock,
    identity: Identity,
) -> Batch:
    """Store a draft, with a suggested lot number where none was given.

    Raises the rules' errors, ``LotTakenError``, and not-found errors for products,
    sites and source lots of others.
    """
    product = _own_product(session, draft.product_id, actor)
    batch = Batch(
        public_id=new_id(),
        organisation_id=product.organisation_id,
        product=product,
        state=BatchState.DRAFT.value,
        created_at=clock.now(),
    )
    inputs = _resolved(session, draft.inputs, product.organisation_id)
    _apply(session, batch, draft)
    check_batch(session, batch, inputs, today=clock.today())
    _store_numbered(session, batch, draft, identity)
    _set_inputs(session, batch, inputs)
    audit(session, actor, "batch-registered", batch.digital_link, clock)
    return batch


def update_draft(
    session: Session, batch: Batch, draft: BatchDraft, *, actor: Actor, clock: Clock
) -> Batch:
    """Replace a draft's values; its product and lot number stay.

    Raises ``BatchIssuedError`` once issued, and what ``register_batch`` raises.
    """
    batch = locked_batch(session, batch.id)
    require_draft(batch, actor)
    require_same_lot(batch, draft)
    _replace(session, batch, draft, clock)
    audit(session, actor, "batch-changed", batch.digital_link, clock)
    return batch


def delete_draft(session: Session, batch: Batch, *, actor: Actor, clock: Clock) -> None:
    """Throw a draft away. Raises ``BatchIssuedError`` once issued."""
    batch = locked_batch(session, batch.id)
    require_draft(batch, actor)
    used = session.scalar(
        select(BatchInput.id).where(BatchInput.source_id == batch.id).limit(1)
    )
    if used is not None:
        raise BatchStateError("Another draft is made of this one.")
    if birth_of_lot(session, batch.digital_link) is not None:
        raise BatchStateError("Something is signed about this lot: it cannot go.")
    session.execute(delete(BatchInput).where(BatchInput.batch_id == batch.id))
    session.delete(batch)
    session.flush()
    audit(session, actor, "batch-deleted", batch.digital_link, clock)


def issue_batch(
    session: Session, batch: Batch, *, actor: Actor, notary: Notary
) -> SignedRecord:
    """Sign, log and open a batch to the public, with its birth event.

    Everything stands or falls with the caller's transaction (I3). Source lots are
    locked, so that two lots issued at once cannot both take a source's last kilogram.
    Raises ``BatchIssuedError``, ``SourceNotUsableError`` and the rules' errors.
    """
    batch = locked_batch(session, batch.id)
    require_draft(batch, actor)
    sources = direct_sources(session, [batch.id]).get(batch.id, [])
    batch = locked_batch(session, batch.id, also=sources)
    inputs = inputs_of(session, batch)
    check_usable(inputs)
    told = birth_of_lot(session, batch.digital_link)
    batch.stage = told.stage if told is not None else batch.stage
    today, gone = notary.clock.today(), gone_of(session, batch)
    shortfalls = check_batch(session, batch, inputs, today=today, gone=gone)
    found = exceptions_of(session, batch)
    batch.digital_link = lot_link(notary.identity, batch.product, batch.lot_number)
    parts = parts_of(session, batch, inputs, shortfalls, found, notary.identity)
    voucher = voucher_for(batch, actor, notary.identity)
    record = sign_batch(session, batch, parts, voucher, notary=notary)
    batch.issued_at = record.issued_at
    batch.state = BatchState.ISSUED.value
    birth = birth_of(batch, parts.inputs, uuid4(), notary.identity)
    by = CapturedBy(batch.organisation_id, batch.site_id)
    bear(session, birth_event(birth), vouched_by=voucher, notary=notary, by=by)
    audit(session, actor, "batch-issued", batch.digital_link, notary.clock)
    return record


def correct_batch(
    session: Session,
    batch: Batch,
    draft: BatchDraft,
    reason: str,
    *,
    actor: Actor,
    notary: Notary,
) -> SignedRecord:
    """Sign a new version of an issued or held batch; the old one stays readable.

    Product and lot number cannot change. Raises ``BatchStateError``,
    ``ReasonMissingError`` and what ``issue_batch`` raises.
    """
    inputs = _resolved(session, draft.inputs, batch.organisation_id)
    sources = [row.source.id for row in inputs if row.source is not None]
    above = levels_above(session, [batch.id, *sources])
    batch = locked_batch(session, batch.id, also=above)
    require_own(batch, actor)
    if batch.state not in {BatchState.ISSUED.value, BatchState.HELD.value}:
        raise BatchStateError("Only an issued lot is corrected.")
    if not reason.strip():
        raise ReasonMissingError("Say why.", field="reason")
    require_same_lot(batch, draft)
    kept = set(direct_sources(session, [batch.id]).get(batch.id, []))
    gone = gone_of(session, batch)
    inputs, shortfalls = _replace(session, batch, draft, notary.clock, gone)
    check_usable(row for row in inputs if row.input.source_id not in kept)
    check_below(session, batch)
    found = exceptions_of(session, batch)
    parts = parts_of(session, batch, inputs, shortfalls, found, notary.identity)
    parts = replace(parts, correction_reason=reason.strip())
    voucher = voucher_for(batch, actor, notary.identity)
    record = sign_batch(session, batch, parts, voucher, notary=notary)
    birth = birth_of(batch, parts.inputs, uuid4(), notary.identity)
    by = CapturedBy(batch.organisation_id, batch.site_id)
    rebear(session, birth_event(birth), vouched_by=voucher, notary=notary, by=by)
    link, clock = batch.digital_link, notary.clock
    audit(session, actor, "batch-corrected", link, clock, reason=reason)
    return record


def _own_product(session: Session, product_id: int, actor: Actor) -> Product:
    product = session.get(Product, product_id)
    if product is None or not owns(actor, product.organisation_id):
        raise ProductNotFoundError("There is no such product.", field="product")
    if product.state != ProductState.ACTIVE.value:
        raise ProductRetiredError("This product is no longer made.", field="product")
    return product


def _own_site(session: Session, site_id: int, batch: Batch) -> Site:
    """Return a place of the batch's producer that is in use, or is named already."""
    site = session.get(Site, site_id)
    if site is None or site.organisation_id != batch.organisation_id:
        raise SiteNotFoundError("There is no such place.", field="site")
    if site.state != SiteState.ACTIVE.value and site.id != batch.site_id:
        raise SiteRetiredError("This place is no longer used.", field="site")
    return site


def _resolved(
    session: Session, drafts: Sequence[InputDraft], owner: int
) -> list[InputRow]:
    """Return input rows with their source lots, not stored yet."""
    check_input_count(len(drafts))
    rows = []
    for place, draft in enumerate(drafts):
        draft.check(place)
        field = f"inputs-{place}-source"
        source = (
            source_of(session, draft.source, owner=owner, field=field)
            if draft.source
            else None
        )
        row = BatchInput(
            position=place,
            source_id=source.id if source else None,
            outside=draft.outside,
            outside_lot=draft.outside_lot,
            supplier=draft.supplier,
            amount=draft.quantity.amount,
            unit=draft.quantity.unit,
        )
        rows.append(InputRow(row, source))
    return rows


def _apply(session: Session, batch: Batch, draft: BatchDraft) -> None:
    batch.site = _own_site(session, draft.site_id, batch)
    batch.production_date = draft.production_date
    batch.packaging_date = draft.packaging_date
    batch.best_before = draft.best_before
    batch.expiry = draft.expiry
    batch.amount = draft.quantity.amount
    batch.unit = draft.quantity.unit
    batch.variety = draft.variety
    batch.stage = draft.born_by.value
    for field in FIELDS.values():
        setattr(batch, field, getattr(draft, field))


def _store_numbered(
    session: Session, batch: Batch, draft: BatchDraft, identity: Identity
) -> None:
    """Store the row; the constraint decides who has a lot number (requests race)."""
    if draft.lot_number:
        _store(session, batch, own_lot_number(draft.lot_number), identity)
        return
    first = suggested_number(session, batch.product, draft.dates.made)
    prefix, _, counter = first.rpartition("-")
    for number in range(int(counter), int(counter) + _SUGGESTIONS):
        try:
            _store(session, batch, f"{prefix}-{number:02d}", identity)
        except LotTakenError:
            continue
        return
    raise LotTakenError("Please choose a lot number.", field="lot_number")


def _store(session: Session, batch: Batch, number: str, identity: Identity) -> None:
    batch.lot_number = number
    batch.digital_link = lot_link(identity, batch.product, number)
    taken = LotTakenError(
        "There is already a lot %(lot)s of this product.",
        field="lot_number",
        lot=number,
    )
    names = ("uq_batch_product_id_lot_number", "uq_batch_digital_link")
    with translating(dict.fromkeys(names, taken)), session.begin_nested():
        session.add(batch)
        session.flush()


def _set_inputs(session: Session, batch: Batch, inputs: Sequence[InputRow]) -> None:
    session.execute(delete(BatchInput).where(BatchInput.batch_id == batch.id))
    for row in inputs:
        row.input.batch_id = batch.id
        session.add(row.input)
    session.flush()


def _replace(
    session: Session,
    batch: Batch,
    draft: BatchDraft,
    clock: Clock,
    gone: Sequence[Quantity] = (),
) -> tuple[list[InputRow], list[Shortfall]]:
    """Give a stored batch new values, checked whole."""
    inputs = _resolved(session, draft.inputs, batch.organisation_id)
    _apply(session, batch, draft)
    today = clock.today()
    shortfalls = check_batch(session, batch, inputs, today=today, gone=gone)
    _set_inputs(session, batch, inputs)
    return inputs, shortfalls
