"""Read what waits for somebody: lots, labels, reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from traceability.batches.models import Batch, BatchState, BatchStatusChange
from traceability.catalog.models import Product
from traceability.core.permissions import Actor
from traceability.labels.models import LabelBinding, LabelRun
from traceability.lookup.models import ProblemReport
from traceability.lookup.queries import reports_for

SHOWN = 3  # lots named on a task; the list behind it holds them all


@dataclass(frozen=True, slots=True)
class Waiting:
    """Some lots that wait for the same step, and how many there are in all."""

    first: Sequence[Batch]
    total: int


def lots_in(
    session: Session, state: BatchState, *, owner: int | None = None
) -> Waiting:
    """Return the lots in a state, newest first: a producer's, or everybody's."""
    query = select(Batch).where(Batch.state == state.value)
    return _waiting(session, _of(query, owner))


def recalled_since(
    session: Session, since: datetime, *, owner: int | None = None
) -> Waiting:
    """Return the recalled lots whose recall is younger than an instant."""
    fresh = select(BatchStatusChange.batch_id).where(
        BatchStatusChange.status == BatchState.RECALLED.value,
        BatchStatusChange.changed_at >= since,
    )
    query = select(Batch).where(
        Batch.state == BatchState.RECALLED.value, Batch.id.in_(fresh)
    )
    return _waiting(session, _of(query, owner))


def lots_without_labels(session: Session, owner: int) -> Waiting:
    """Return the producer's issued lots of finished products never printed for."""
    printed = select(LabelRun.id).where(LabelRun.batch_id == Batch.id).exists()
    bound = select(LabelBinding.id).where(LabelBinding.batch_id == Batch.id).exists()
    query = (
        select(Batch)
        .join(Product, Product.id == Batch.product_id)
        .where(
            Batch.state == BatchState.ISSUED.value,
            Product.is_intermediate.is_(False),
            ~printed,
            ~bound,
        )
    )
    return _waiting(session, _of(query, owner))


def open_reports(session: Session, actor: Actor) -> Sequence[ProblemReport]:
    """Return the newest reports nobody has handled yet, as far as an actor sees."""
    return reports_for(session, actor, handled=False)


def _of(query: Select[Batch], owner: int | None) -> Select[Batch]:
    return query if owner is None else query.where(Batch.organisation_id == owner)


def _waiting(session: Session, query: Select[Batch]) -> Waiting:
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    first = session.scalars(
        query.options(joinedload(Batch.product), joinedload(Batch.organisation))
        .order_by(Batch.id.desc())
        .limit(SHOWN)
    ).all()
    return Waiting(first, total)
