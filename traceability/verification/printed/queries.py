"""Read which lot a link leads to, and what is known of its label."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from traceability.batches.models import Batch
from traceability.batches.queries import batch_by_link
from traceability.catalog.queries import product_by_key
from traceability.core.errors import DomainError
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.queries import (
    batch_bound,
    job_of,
    label_state,
    stamp_state,
)
from traceability.labels.serials import SerialNumber
from traceability.labels.standing import LabelStanding, LabelState as Known
from traceability.records.models import SignedRecord
from traceability.verification.evidence import LabelFacts, LabelState
from traceability.verification.findings import Problem
from traceability.verification.queries import (
    applied_record,
    label_records,
    runs_holding,
)
from traceability.verification.room import KEYS_UNREADABLE, Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """The service's word on a label, and the records of its printing."""

    label: LabelFacts | Problem
    records: Sequence[SignedRecord] = ()


def named_by(
    session: Session, link: DigitalLink, sources: Sources
) -> tuple[Batch | None, Printed]:
    """Return the lot that a link leads to, and what is known of its label.

    A blank stamp's link names no lot; what it was bound to is its lot.
    """
    if link.lot is None and link.serial is not None:
        return _stamp(session, link, sources)
    batch = batch_by_link(session, link) if link.lot is not None else None
    if batch is None:
        return None, Printed(label=LabelFacts(state=unregistered(session, link)))
    return batch, printed_for(session, batch, link, sources)


def lot_of(session: Session, link: DigitalLink, sources: Sources) -> Batch | None:
    """Return the lot that a link names, or that its blank stamp is bound to."""
    return named_by(session, link, sources)[0]


def _stamp(
    session: Session, link: DigitalLink, sources: Sources
) -> tuple[Batch | None, Printed]:
    product = product_by_key(session, link.key)
    if product is None:
        return None, Printed(label=LabelFacts(state=LabelState.PRODUCT_UNKNOWN))
    try:
        known = stamp_state(session, product.id, link.serial or "", sources.mac_of)
    except DomainError as refusal:  # its words name files: they are for operators
        return None, Printed(label=Problem(refusal.code, KEYS_UNREADABLE))
    batch = batch_bound(session, known.binding)
    return batch, _printed(session, known, link)


def _printed(session: Session, known: Known, link: DigitalLink) -> Printed:
    if known.run is None:
        return Printed(label=label_facts(known))
    records = [
        *label_records(session, known.run, known.binding),
        *applied_record(session, known.run, link.serial or ""),
    ]
    return Printed(label=label_facts(known), records=records)


def unregistered(session: Session, link: DigitalLink) -> LabelState:
    """Return what is to say of a link whose lot nobody registered."""
    if product_by_key(session, link.key) is None:
        return LabelState.PRODUCT_UNKNOWN
    return LabelState.PRODUCT if link.lot is None else LabelState.LOT_UNKNOWN


_STATES = {
    LabelStanding.LIVE: LabelState.LIVE,
    LabelStanding.VOID: LabelState.VOID,
    LabelStanding.OTHER_BATCH: LabelState.OTHER_BATCH,
    LabelStanding.UNBOUND: LabelState.UNBOUND,
    LabelStanding.UNKNOWN: LabelState.UNKNOWN,
}


def printed_for(
    session: Session, batch: Batch, link: DigitalLink, sources: Sources
) -> Printed:
    """Return the service's word on a label, and the records of its printing.

    Where the serial key cannot be read now, nobody knows: never green, never an error.
    """
    if link.serial is None:
        return Printed(label=LabelFacts(state=LabelState.LOT))
    try:
        known = label_state(session, batch, link.serial, sources.mac_of)
    except DomainError as refusal:  # its words name files: they are for operators
        return Printed(label=Problem(refusal.code, KEYS_UNREADABLE))
    mine = known.batch_id == batch.id
    return _printed(session, known, link) if mine else Printed(label=label_facts(known))


def label_facts(known: Known) -> LabelFacts:
    """Return the state of a label as a verifier is told it."""
    return LabelFacts(
        state=_STATES[known.standing],
        sealed=known.sealed,
        void_on=known.void.at if known.void else None,
        void_reason=known.void.reason if known.void else "",
    )


def links_of_serial(session: Session, serial: str, *, sources: Sources) -> list[str]:
    """Return the links of the labels that carry a serial typed by itself.

    The product is part of what the serial's check characters cover, so that a genuine
    one nearly always leads to one label.
    """
    number = SerialNumber.parse(serial)
    found = []
    for run, batch in runs_holding(session, number.index):
        link = replace(job_of(run, batch).lot, serial=serial)
        try:
            known = (
                label_state(session, batch, serial, sources.mac_of)
                if batch
                else stamp_state(session, run.product_id, serial, sources.mac_of)
            )
        except DomainError:
            continue
        if known.run is not None and known.run.id == run.id:
            found.append(str(link))
    return found
