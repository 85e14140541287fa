"""Gather what an inspector may see of a label or lot that was opened.

Names that parties keep to themselves stay so: an inspector asks the producer for them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.accounts.models import Organisation
from traceability.batches.models import Batch
from traceability.batches.queries import inputs_of, made_from
from traceability.core.clock import day_in_vietnam
from traceability.core.quantity import Quantity
from traceability.events.queries import CapturedEvent, events_of
from traceability.gs1.digital_link import DigitalLink
from traceability.inspection.queries import Listed, visits_of_lot
from traceability.labels.counting.queries import Counted, labels_of_lot
from traceability.records.models import SignedRecord
from traceability.scans.queries import history
from traceability.scans.rules import History, signs
from traceability.signing.envelope import read_unverified

Counts = Callable[[SignedRecord], bool]
ONWARD = ("ship", "receive", "collect", "retail")  # kinds of events lots leave by
_RECEIVER = "to_party"


@dataclass(frozen=True, slots=True, kw_only=True)
class LotStep:
    """A lot one step back or forward, or a described outside source."""

    name: str  # product, or what an outside source was called
    lot_number: str = ""
    link: str = ""  # empty for what is no lot of ours
    owner: str = ""  # empty where it keeps its name
    quantity: Quantity | None = None
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """An event by which some of the lot left or arrived."""

    kind: str  # the kind's id
    day: date
    who: str  # whose word it is; empty where it keeps its name
    place: str
    receiver_kept: bool  # the receiver stands in the record, but only as a commitment
    counts: bool  # whether the record's signature does
    record: str  # its path


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Everything shown of a lot beside the eleven checks."""

    batch: Batch
    back: Sequence[LotStep]
    forward: Sequence[LotStep]
    passings: Sequence[Passing]
    labels: Counted
    scans: History
    signs: Sequence[str]
    single: bool  # a label's own code, not the lot's
    visits: Sequence[Listed]


def opened(
    session: Session, link: DigitalLink, batch: Batch | None, *, counts: Counts
) -> Opened | None:
    """Return what is known of the lot a link leads to, or nothing where it is unknown.

    ``batch`` is that lot: named by the link, or bound to its stamp.
    """
    if batch is None:
        return None
    single = link.serial is not None
    scans = history(session, str(link), single=single)
    return Opened(
        batch=batch,
        back=list(_back(session, batch)),
        forward=list(_forward(session, batch)),
        passings=list(_passings(session, batch, counts)),
        labels=labels_of_lot(session, batch, counts=counts),
        scans=scans,
        signs=signs(scans) if single else (),
        single=single,
        visits=visits_of_lot(session, batch),
    )


def named(party: Organisation) -> str:
    """Return a party's name where it is public, else nothing."""
    return party.name_vi if party.name_public else ""


def _back(session: Session, batch: Batch) -> Iterator[LotStep]:
    for row in inputs_of(session, batch):
        source = row.source
        if source is None:
            yield LotStep(
                name=row.input.outside,
                lot_number=row.input.outside_lot,
                quantity=row.input.quantity,
            )
        else:
            yield _of_lot(source, row.input.quantity)


def _forward(session: Session, batch: Batch) -> Iterator[LotStep]:
    for one in made_from(session, batch):
        yield _of_lot(one, None)


def _of_lot(batch: Batch, quantity: Quantity | None) -> LotStep:
    return LotStep(
        name=batch.product.name_vi,
        lot_number=batch.lot_number,
        link=batch.digital_link,
        owner=named(batch.organisation),
        quantity=quantity,
        state=batch.state,
    )


def _passings(session: Session, batch: Batch, counts: Counts) -> Iterator[Passing]:
    found = [
        one
        for one in events_of(session, batch.digital_link)
        if one.event.stage in ONWARD and not one.event.wrong
    ]
    ids = {one.event.organisation_id for one in found} - {None}
    parties = {
        one.id: one
        for one in session.scalars(select(Organisation).where(Organisation.id.in_(ids)))
    }
    for one in found:
        party = parties.get(one.event.organisation_id or 0)
        yield _passing(one, named(party) if party else "", counts(one.record))


def _passing(one: CapturedEvent, who: str, counts: bool) -> Passing:  # noqa: FBT001 (a fact of the record)
    subject = read_unverified(one.record.token).payload["credentialSubject"]
    place = subject["event"].get("ocop:place", {})
    return Passing(
        kind=one.event.stage,
        day=day_in_vietnam(one.event.event_time),
        who=who,
        place=str(place.get("communeName", "")),
        receiver_kept=_RECEIVER in subject.get("commitments", {}),
        counts=counts,
        record=f"/records/{one.record.public_id}",
    )
