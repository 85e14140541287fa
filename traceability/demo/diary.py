"""Write the sample diary down, through the same service as a producer's clicks."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from traceability.batches.known.queries import lot_book
from traceability.catalog.paper_files import paper_file
from traceability.core.canonical import Json
from traceability.core.permissions import Role
from traceability.core.ports import Notary
from traceability.demo.loaded import Loaded
from traceability.demo.samples import Sample, report_file, sample_events
from traceability.events.composing import INPUTS, OUTPUT, SUBJECT
from traceability.events.entry.service import Desk, EventDraft, record_event
from traceability.events.keeping.service import keep_file
from traceability.events.kinds import GROWING, MAKES_LOT


def load_before(session: Session, loaded: Loaded, notary: Notary) -> None:
    """Write down what was done before there was a lot: planting, use of inputs."""
    for one in sample_events():
        if one["kind"] in GROWING:
            _write(session, one, loaded, notary)


def load_birth(session: Session, lot: str, loaded: Loaded, notary: Notary) -> None:
    """Write down how one lot came into being, while it is a draft."""
    for one in sample_events():
        if one["kind"] in MAKES_LOT and _made(one) == lot:
            _write(session, one, loaded, notary)


def load_after(session: Session, loaded: Loaded, notary: Notary) -> None:
    """Write down what was done with issued lots."""
    for one in sample_events():
        if one["kind"] not in GROWING | MAKES_LOT:
            _write(session, one, loaded, notary)


def _write(session: Session, one: Sample, loaded: Loaded, notary: Notary) -> None:
    elements = dict(one["elements"])
    for name in (SUBJECT, OUTPUT, INPUTS):
        if name in elements:
            elements[name] = list(_linked(elements[name], loaded))
    if one["kind"] == "test":
        owner = loaded.organisations[one["party"]].id
        file = paper_file(report_file(), "phieu-mau.pdf")
        kept = keep_file(session, file, owner=owner, clock=notary.clock)
        elements["file"] = kept
    inspected = one["kind"] == "inspect"
    actor = loaded.actor(one["party"], Role.INSPECTOR if inspected else Role.PRODUCER)
    draft = EventDraft(
        kind=one["kind"],
        time=datetime.fromisoformat(one["time"]),
        site=loaded.sites[one["place"]].public_id if "place" in one else "",
        elements=elements,
        returned=one.get("returned", False),
    )
    desk = Desk(actor=actor, notary=notary, lots=lot_book())
    record_event(session, draft, desk=desk)


def _made(one: Sample) -> str:
    return str(one["elements"][OUTPUT][0]["lot"])


def _linked(lots: Json, loaded: Loaded) -> Iterator[Json]:
    """Return lots by their links: whoever writes of them may not be their producer."""
    for lot in lots:
        yield {**lot, "lot": loaded.batches[lot["lot"]].digital_link}
