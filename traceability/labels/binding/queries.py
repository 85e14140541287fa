"""Read blank stamps: where one lies, what stands against a range of them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from traceability.batches.models import Batch, BatchState
from traceability.labels.binding.draft import BindingDraft
from traceability.labels.job import LabelKind
from traceability.labels.models import LabelBinding, LabelRun, LabelVoid

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


def lots_to_bind(session: Session, product_id: int) -> Sequence[Batch]:
    """Return a product's issued lots, the newest first: what stamps may become of."""
    return session.scalars(_lots(product_id)).all()


def _lots(product_id: int) -> Select[Batch]:
    return (
        select(Batch)
        .where(Batch.product_id == product_id, Batch.state == BatchState.ISSUED.value)
        .order_by(Batch.id.desc())
        .limit(LOTS)
    )
