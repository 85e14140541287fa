"""Read whether a run's codes were delivered, their tags, and what was opened."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import LargeBinary, Select, func, select
from sqlalchemy.orm import Session

from traceability.labels.models import (
    LabelRun,
    ScratchDelivery,
    ScratchTags,
    ScratchUnit,
)
from traceability.labels.scratch.codes import TAG_BYTES, place_of
from traceability.records.models import SignedRecord
from traceability.records.queries import disclosures_of

RECIPIENT = "deliveredTo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """When a run's codes were handed out, to whom, and what came of them."""

    delivery: ScratchDelivery
    at: datetime
    to: str  # empty where it was erased
    opened: int
    opened_again: int


def delivery_of(session: Session, run: LabelRun) -> ScratchDelivery | None:
    """Return the delivery of a run's codes, if there was one."""
    return session.scalar(
        select(ScratchDelivery).where(ScratchDelivery.run_id == run.id)
    )


def delivered(session: Session, run: LabelRun) -> Delivered | None:
    """Return what is known of a run's codes once they were handed out."""
    delivery = delivery_of(session, run)
    if delivery is None:
        return None
    return Delivered(
        delivery=delivery,
        at=delivery.created_at,
        to=recipient_of(session, delivery),
        opened=session.scalar(_units(run, ScratchUnit.opened_at.is_not(None))) or 0,
        opened_again=session.scalar(_units(run, ScratchUnit.again > 0)) or 0,
    )


def recipient_of(session: Session, delivery: ScratchDelivery) -> str:
    """Return whom a delivery's record names; nothing where that was erased."""
    record = session.get_one(SignedRecord, delivery.record_id)
    found = {one.name: one.value for one in disclosures_of(session, record)}
    return str(found.get(RECIPIENT, ""))


def stored_tag(session: Session, run: LabelRun, position: int) -> bytes:
    """Return the tag of one label of a run, read out of its piece."""
    number, begin = place_of(position)
    part = func.substr(ScratchTags.tags, begin + 1, TAG_BYTES, type_=LargeBinary)
    found = session.scalar(
        select(part).where(ScratchTags.run_id == run.id, ScratchTags.number == number)
    )
    return bytes(found or b"")


def unit_of(session: Session, run: LabelRun, index: int) -> ScratchUnit:
    """Return the label's row, locked; it is there already."""
    return session.scalars(
        select(ScratchUnit)
        .where(ScratchUnit.run_id == run.id, ScratchUnit.serial_index == index)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _units(run: LabelRun, which: object) -> Select[int]:
    chosen: Select[int] = select(func.count(ScratchUnit.id))
    return chosen.where(ScratchUnit.run_id == run.id, which)  # type: ignore[arg-type]
