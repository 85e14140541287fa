"""Read a producer's designs, and find something to show one on."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from traceability.batches.models import Batch, BatchState
from traceability.catalog.models import Product
from traceability.db.window import Window
from traceability.labels.design import DEFAULT_DESIGN, Design
from traceability.labels.errors import DesignNotFoundError
from traceability.labels.models import LabelDesign, LabelRun
from traceability.labels.queries import design_in


def designs_of(session: Session, owner: int) -> Sequence[LabelDesign]:
    """Return a producer's designs by name, those in use first."""
    return session.scalars(
        select(LabelDesign)
        .where(LabelDesign.organisation_id == owner)
        .order_by(
            LabelDesign.archived_at.is_not(None), LabelDesign.name, LabelDesign.id
        )
    ).all()


def designs_in(session: Session, owner: int, window: Window) -> Sequence[LabelDesign]:
    """Return a window on a producer's designs, the newest first."""
    query = select(LabelDesign).where(LabelDesign.organisation_id == owner)
    return session.scalars(window.cut(query, LabelDesign.id)).all()


def own_design(session: Session, owner: int, public_id: str) -> LabelDesign:
    """Return a producer's own design. Raises ``DesignNotFoundError``."""
    found = session.scalar(
        select(LabelDesign).where(
            LabelDesign.public_id == public_id, LabelDesign.organisation_id == owner
        )
    )
    if found is None:
        raise DesignNotFoundError("There is no such design.", field="design")
    return found


def design_named(session: Session, owner: int, public_id: str) -> Design:
    """Return a producer's design to print with; no id is the usual design.

    Raises ``DesignNotFoundError``, for one that is archived too.
    """
    if not public_id:
        return DEFAULT_DESIGN
    found = own_design(session, owner, public_id)
    if found.archived_at is not None:
        raise DesignNotFoundError("This design is archived.", field="design")
    return found.design


def last_design(session: Session, owner: int) -> str:
    """Return the design a producer printed with last, if it is still offered."""
    run = session.scalar(
        select(LabelRun)
        .join(Product, Product.id == LabelRun.product_id)
        .where(Product.organisation_id == owner)
        .order_by(LabelRun.id.desc())
        .limit(1)
    )
    used = design_in(run).id if run else ""
    rows = designs_of(session, owner)
    offered = {one.public_id for one in rows if one.archived_at is None}
    return used if used in offered else ""


def batch_to_show(session: Session, owner: int) -> Batch | None:
    """Return the producer's newest issued batch, with product and producer."""
    return session.scalar(
        select(Batch)
        .where(Batch.organisation_id == owner, Batch.state == BatchState.ISSUED.value)
        .options(joinedload(Batch.product), joinedload(Batch.organisation))
        .order_by(Batch.id.desc())
        .limit(1)
    )
