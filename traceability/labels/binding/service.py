"""Bind blank stamps to a batch. The caller commits."""

from datetime import date

from sqlalchemy.orm import Session

from traceability.batches.models import Batch, BatchState
from traceability.batches.permits import require_own
from traceability.batches.queries import locked_batch
from traceability.core.canonical import Json
from traceability.core.ids import new_id
from traceability.core.permissions import Actor
from traceability.core.ports import Notary
from traceability.labels.binding.draft import BindingDraft
from traceability.labels.binding.queries import (
    binding_within,
    run_holding,
    voids_within,
)
from traceability.labels.blanks.service import audit_stamps, publish_of_run
from traceability.labels.content import day_text
from traceability.labels.errors import (
    BindingRangeError,
    BindingRefusedError,
    BindingTakenError,
    BindingVoidError,
)
from traceability.labels.limits.service import room_for
from traceability.labels.limits.terms import bounds_claims, excess_numbers
from traceability.labels.models import LabelBinding, LabelRun
from traceability.labels.service import (
    BINDING_RECORD_TYPE,
    run_link,
)


def bind_labels(
    session: Session, batch: Batch, draft: BindingDraft, *, actor: Actor, notary: Notary
) -> LabelBinding:
    """Make a range of blank stamps labels of a batch, signed and logged.

    Two who bind the same stamps wait for each other at the run's row. Raises what
    ``refusal_to_bind`` and ``require_bindable`` do, ``BatchNotFoundError``, and
    ``OverPrintingError`` where the batch gets more labels than packs without a reason.
    """
    batch = locked_batch(session, batch.id)
    require_own(batch, actor)
    refused = refusal_to_bind(batch, notary.clock.today())
    if refused is not None:
        raise refused
    run = require_bindable(session, batch, draft, lock=True)
    bounds = room_for(session, batch, draft.count, draft.excess_reason).facts()
    link = run_link(notary.identity, run)
    claims = {**_claims(batch, draft, link), **bounds_claims(bounds)}
    # Its range names it: the log alone shows which stamps each entry is about.
    subject = f"{link}#bind-{draft.first}-{draft.last}"
    record = publish_of_run(
        session, BINDING_RECORD_TYPE, subject, claims, run, actor=actor, notary=notary
    )
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
    audit_stamps(
        session,
        "labels-bound",
        run,
        actor=actor,
        notary=notary,
        target=batch.digital_link,
        first=draft.first,
        count=draft.count,
        **excess_numbers(bounds),
    )
    return binding


def _claims(batch: Batch, draft: BindingDraft, link: str) -> dict[str, Json]:
    return {
        "lot": batch.digital_link,
        "run": link,
        "from": draft.first,
        "to": draft.last,
    }


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
