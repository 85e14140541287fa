"""Read blank stamps: where one lies, what stands against a range of them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from traceability.batches.models import Batch, BatchState
from traceability.catalog.models import Product
from traceability.core.errors import DomainError
from traceability.core.ports import Mac
from traceability.labels.binding.draft import BindingDraft
from traceability.labels.binding.ends import stamp_named
from traceability.labels.errors import SerialForeignError
from traceability.labels.job import LabelKind
from traceability.labels.models import LabelBinding, LabelRun, LabelVoid
from traceability.labels.queries import job_of
from traceability.labels.serials import grouped, serial_for
from traceability.labels.standing import LabelStanding, Printed, state_in

MacOf = Callable[[str], Mac]
SHOWN = 5  # ranges that a refusal names
LOTS = 20


def run_holding(
    session: Session, product_id: int, draft: BindingDraft, *, lock: bool = False
) -> LabelRun | None:
    """Return the one run of blank stamps that holds a whole range, or nothing.

    ``lock`` holds its row until the caller's transaction ends, so that whoever binds
    or voids stamps of one run waits for the other on every engine.
    """
    query = select(LabelRun).where(
        LabelRun.product_id == product_id,
        LabelRun.kind == LabelKind.BLANK.value,
        LabelRun.first_index <= draft.first,
        LabelRun.first_index + LabelRun.count > draft.last,
    )
    return session.scalar(query.with_for_update() if lock else query)


def binding_within(
    session: Session, run: LabelRun, draft: BindingDraft
) -> tuple[LabelBinding, Batch] | None:
    """Return the first binding that a range overlaps, with its batch, or nothing."""
    found = session.execute(
        select(LabelBinding, Batch)
        .join(Batch, Batch.id == LabelBinding.batch_id)
        .where(LabelBinding.run_id == run.id, _meets(LabelBinding, draft))
        .order_by(LabelBinding.from_index)
        .limit(1)
    ).one_or_none()
    return (found[0], found[1]) if found else None


def voids_within(
    session: Session, run: LabelRun, draft: BindingDraft
) -> Sequence[LabelVoid]:
    """Return void ranges that a range overlaps, the first few of them."""
    return session.scalars(
        select(LabelVoid)
        .where(LabelVoid.run_id == run.id, _meets(LabelVoid, draft))
        .order_by(LabelVoid.from_index)
        .limit(SHOWN)
    ).all()


def _meets(
    table: type[LabelBinding] | type[LabelVoid], draft: BindingDraft
) -> ColumnElement[bool]:
    return and_(table.from_index <= draft.last, table.to_index >= draft.first)


def blank_run_at(session: Session, product_id: int, index: int) -> LabelRun | None:
    """Return the run of blank stamps that holds an index, or nothing."""
    return run_holding(session, product_id, BindingDraft(first=index, last=index))


def draft_named(
    session: Session, product: Product, typed: Mapping[str, str], mac_of: MacOf
) -> BindingDraft:
    """Return the stamps from one to another, each named by link, serial or index.

    Raises ``SerialForeignError`` for what no stamp of this product carries, with the
    field that holds it, and what ``stamp_named`` and ``BindingDraft`` do.
    """
    ends = []
    for field in ("first", "last"):
        try:
            ends.append(index_of(session, product, typed[field], mac_of))
        except DomainError as error:
            error.field = field
            raise
    reason = typed.get("excess_reason", "")
    return BindingDraft(first=ends[0], last=ends[1], excess_reason=reason)


def index_of(session: Session, product: Product, text: str, mac_of: MacOf) -> int:
    """Return the index of a stamp; its serial must be genuine, an index is believed.

    So a slip of the pen in a serial names no other stamp.
    """
    named = stamp_named(text, product.key)
    if isinstance(named, int):
        return named
    run = blank_run_at(session, product.id, named.index)
    if run is None:
        raise SerialForeignError("This is no stamp of this product.")
    known = state_in(Printed(run), None, named, mac_of)
    if known.standing is LabelStanding.UNKNOWN:
        raise SerialForeignError("This is no stamp of this product.")
    return named.index


def serial_at(session: Session, product: Product, index: int, mac_of: MacOf) -> str:
    """Return the serial on the stamp of an index, as people read it; "" for none."""
    run = blank_run_at(session, product.id, index)
    if run is None or run.serial_key_id is None:
        return ""
    named = job_of(run, None).lot.element_string()
    return grouped(serial_for(named, index, mac_of(run.serial_key_id)))


def lots_to_bind(session: Session, product: Product, today: date) -> Sequence[Batch]:
    """Return a product's lots that stamps may be bound to today, the newest first.

    As ``service.refusal_to_bind`` has it.
    """
    ends = func.coalesce(Batch.expiry, Batch.best_before)
    return session.scalars(
        select(Batch)
        .where(
            Batch.product_id == product.id,
            Batch.state == BatchState.ISSUED.value,
            or_(ends.is_(None), ends >= today),
        )
        .order_by(Batch.id.desc())
        .limit(LOTS)
    ).all()


def bindings_of_batch(session: Session, batch: Batch) -> Sequence[LabelBinding]:
    """Return what is bound to a batch, the newest first."""
    return session.scalars(
        select(LabelBinding)
        .where(LabelBinding.batch_id == batch.id)
        .order_by(LabelBinding.id.desc())
    ).all()
