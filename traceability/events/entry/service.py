"""Write down what happened: by kind and elements, checked, signed and logged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from traceability.accounts.kinds import OrganisationKind
from traceability.accounts.models import Organisation
from traceability.accounts.service import audit
from traceability.catalog.models import Site
from traceability.catalog.queries import own_site
from traceability.catalog.vouching import voucher_of
from traceability.core.canonical import Json
from traceability.core.clock import day_in_vietnam
from traceability.core.errors import DomainError, ForbiddenError
from traceability.core.identity import Identity
from traceability.core.ids import new_id
from traceability.core.permissions import Actor
from traceability.core.ports import Clock, Notary
from traceability.core.text import clean_text
from traceability.events.cases import case_code, own_case_link
from traceability.events.composing import (
    INPUTS,
    OUTPUT,
    SUBJECT,
    EventFacts,
    PlaceFacts,
    compose,
    place_facts,
)
from traceability.events.elements import MAX_TEXT, check_time, read_elements
from traceability.events.errors import (
    ActorKindError,
    ElementMissingError,
    KindElsewhereError,
    LotUnknownError,
)
from traceability.events.kinds import Kind, kind as kind_of
from traceability.events.models import Growing, TraceEvent
from traceability.events.ports import KnownLot, LotBook
from traceability.events.queries import (
    event_by_record,
    growing_of,
    growings_of,
    parent_of_case,
    received_lot,
)
from traceability.events.service import CapturedBy, capture
from traceability.gs1.digital_link import DigitalLink

ELSEWHERE = {
    "farm_setup": KindElsewhereError(
        "A place is entered in the list of growing areas and sites.", field="kind"
    ),
    "recall": KindElsewhereError(
        "A recall is entered on the page of the lot.", field="kind"
    ),
}
STATE = {OrganisationKind.AUTHORITY.value, OrganisationKind.INSPECTORATE.value}
ANY_LOT = frozenset({"test", "inspect", "receive", "collect"})
OWN_LOT = frozenset({"label_issue", "void_label"})  # labels are their producer's
HERE = ("facility", "slaughterhouse", "from_place")  # where nothing else is said
FROM_GROWING = frozenset({"harvest", "slaughter"})


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDraft:
    """What is written down about one event, as typed or sent."""

    kind: str
    time: datetime
    site: str = ""  # public id; an inspection may have none and says its place in words
    elements: Mapping[str, Json] = field(default_factory=dict)
    lot: str = ""  # of an aggregation: the lot that goes into the case
    growing: str = ""  # public id; else found by plot or herd
    taken_apart: bool = False
    returned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who writes, with what hands."""

    actor: Actor
    notary: Notary
    lots: LotBook


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One entry while it is made: what is written, by whom, where."""

    session: Session
    draft: EventDraft
    kind: Kind
    desk: Desk
    party: Organisation
    site: Site | None
    id: UUID

    @property
    def identity(self) -> Identity:
        """Return this service's identity."""
        return self.desk.notary.identity


def record_event(
    session: Session, draft: EventDraft, *, desk: Desk, corrects: str = ""
) -> TraceEvent:
    """Check, sign, log and keep one event, with its audit row. The caller commits.

    Raises the errors of elements and lots, ``KindElsewhereError``, ``ActorKindError``.
    """
    kind = kind_of(draft.kind)
    party = _party(session, kind, desk.actor)
    entry = _Entry(
        session=session,
        draft=draft,
        kind=kind,
        desk=desk,
        party=party,
        site=_site(session, draft, party),
        id=uuid4(),
    )
    composed = compose(_facts(entry))
    basis = "entered-by-officer" if party.kind in STATE else "declared"
    record = capture(
        session,
        composed.event,
        vouched_by=voucher_of(party, basis=basis, identity=entry.identity),
        notary=desk.notary,
        by=CapturedBy(party.id, entry.site.id if entry.site else None),
        private=composed.private,
    )
    details = {"kind": kind.id} | ({"corrects": corrects} if corrects else {})
    event_id = composed.event.event_id
    audit(session, desk.actor, "event-captured", event_id, desk.notary.clock, **details)
    return event_by_record(session, record.id)


def start_growing(
    session: Session,
    site: Site,
    *,
    name: str,
    plot: str,
    started: datetime,
    clock: Clock,
) -> Growing:
    """Keep a crop or herd of a place under a class id of its own."""
    growing = Growing(
        public_id=new_id(),
        organisation_id=site.organisation_id,
        site_id=site.id,
        name=name,
        plot=plot,
        started_on=day_in_vietnam(started),
        created_at=clock.now(),
    )
    session.add(growing)
    session.flush()
    return growing


def _party(session: Session, kind: Kind, actor: Actor) -> Organisation:
    """Return whom the actor speaks for, if such a party does such things."""
    if kind.id in ELSEWHERE:
        raise KindElsewhereError(ELSEWHERE[kind.id].message, field="kind")
    if actor.organisation_id is None:
        raise ForbiddenError("Your role does not allow this.")
    party = session.get_one(Organisation, actor.organisation_id)
    if (kind.id == "inspect") != (party.kind in STATE):
        raise ActorKindError(
            "Authorities enter inspections, and only they do.", field="kind"
        )
    if party.kind == OrganisationKind.LABORATORY.value and kind.id != "test":
        raise ActorKindError("A laboratory enters its tests.", field="kind")
    return party


def _facts(entry: _Entry) -> EventFacts:
    kind, draft, notary = entry.kind, entry.draft, entry.desk.notary
    time = check_time(draft.time, now=notary.clock.now())
    raw = _with_lot(draft, kind)
    place = _place(entry, raw)
    raw = _with_defaults(entry, raw)
    elements = read_elements(kind, raw, today=notary.clock.today())
    if "parent_code" in elements:
        elements["parent_code"] = case_code(elements["parent_code"])
    lots = {
        name: _links(entry, name, elements[name])
        for name in (OUTPUT, INPUTS, SUBJECT)
        if name in elements
    }
    if draft.lot and kind.id == "aggregate":
        lots[SUBJECT] = [_required_lot(entry, SUBJECT, draft.lot).link]
    growing = _growing(entry, elements)
    return EventFacts(
        id=entry.id,
        kind=kind,
        time=time,
        place=place,
        party=entry.identity.url(f"/organisations/{entry.party.public_id}"),
        elements=elements,
        lots=lots,
        growing=growing.link(entry.identity) if growing else "",
        parent=_parent(entry, elements),
        taken_apart=draft.taken_apart and kind.id == "aggregate",
        returned=draft.returned and kind.id == "receive",
    )


def _with_lot(draft: EventDraft, kind: Kind) -> dict[str, Json]:
    """Return the elements; the lot a form or program speaks of stands among them."""
    raw = dict(draft.elements)
    if not draft.lot or kind.id == "aggregate":
        return raw
    names = (one for one in (SUBJECT, OUTPUT, INPUTS) if kind.element(one) is not None)
    first = next(names, None)
    if first is not None and not raw.get(first):
        raw[first] = draft.lot
    return raw


def _with_defaults(entry: _Entry, raw: dict[str, Json]) -> dict[str, Json]:
    """Return the elements with what follows from the place and the lot filled in."""
    known: dict[str, Json] = {}
    if entry.site is not None:
        same = dict.fromkeys(HERE, entry.site.name)
        known = {**same, "commune": entry.site.commune_code}
    if raw.get(OUTPUT):
        known["gtin"] = _key_of(raw[OUTPUT])
    wanted = {one.id for one in entry.kind.elements if one.required}
    return {**{name: known[name] for name in wanted & known.keys()}, **raw}


def _key_of(lots: Json) -> str:
    first = lots[0] if isinstance(lots, list) else lots
    text = first.get("lot", "") if isinstance(first, dict) else first
    try:
        return str(DigitalLink.parse(text).key)
    except (DomainError, TypeError, AttributeError):
        return ""


def _site(session: Session, draft: EventDraft, party: Organisation) -> Site | None:
    if not draft.site and party.kind in STATE:
        return None
    return own_site(session, party.id, draft.site)


def _place(entry: _Entry, raw: dict[str, Json]) -> PlaceFacts:
    """Return where it was; an inspector away from any site of ours says it in words."""
    said = raw.pop("place", "")
    if entry.site is not None:
        return place_facts(entry.site, entry.identity)
    text = clean_text(said, field="place") if isinstance(said, str) else ""
    if not text:
        raise ElementMissingError("Please fill this in.", field="place")
    address = entry.identity.url(f"/organisations/{entry.party.public_id}")
    return PlaceFacts(link=address, shown={"name": text[:MAX_TEXT]}, public=True)


def _links(entry: _Entry, name: str, written: Json) -> list[str]:
    """Return the links of an element's lots; outside ones by their place in the list.

    What is written of a lot of ours becomes its link.
    """
    links = []
    for number, one in enumerate(written):
        lot = _lot(entry, name, one["lot"])
        if lot is None and name != INPUTS:
            raise _no_lot(name, one["lot"])
        if lot is not None:
            one["lot"] = lot.link
        links.append(lot.link if lot else f"{entry.id.urn}#{name}-{number}")
    return links


def _required_lot(entry: _Entry, name: str, text: str) -> KnownLot:
    lot = _lot(entry, name, text)
    if lot is None:
        raise _no_lot(name, text)
    return lot


def _no_lot(name: str, text: str) -> LotUnknownError:
    return LotUnknownError(
        "No lot of yours answers to “%(text)s”.", field=name, text=text[:60]
    )


def _lot(entry: _Entry, name: str, text: str) -> KnownLot | None:
    """Return a lot the actor may speak of: own, received, or any where it is taken in.

    A lot comes into being only at its own producer.
    """
    owner = entry.party.id
    lot = entry.desk.lots.find(entry.session, text, owner)
    if lot is None or lot.owner_id == owner:
        return lot
    if name == OUTPUT or entry.kind.id in OWN_LOT:
        return None
    free = entry.kind.id in ANY_LOT or name == INPUTS
    return lot if free or received_lot(entry.session, lot.link, owner) else None


def _growing(entry: _Entry, elements: Mapping[str, Json]) -> Growing | None:
    """Return the crop or herd an event is about; a new one where none is known yet."""
    kind, site, session = entry.kind, entry.site, entry.session
    if site is None or not (kind.about_growing or kind.id in FROM_GROWING):
        return None
    if entry.draft.growing:
        return growing_of(session, entry.draft.growing, organisation_id=entry.party.id)
    plot = _plot(elements)
    if kind.id != "planting":
        known = growings_of(session, entry.party.id, site.id)
        found = next((one for one in known if one.plot == plot), None)
        if found is not None or kind.id == "harvest":
            return found
    name = str(elements.get("crop") or elements.get("species") or "")
    return start_growing(
        session,
        site,
        name=name,
        plot=plot,
        started=entry.draft.time,
        clock=entry.desk.notary.clock,
    )


def _plot(elements: Mapping[str, Json]) -> str:
    herd = elements.get("herd_id")
    return str(herd[0]["lot"] if herd else elements.get("plot", ""))


def _parent(entry: _Entry, elements: Mapping[str, Json]) -> str:
    """Return the name of a case: the same as before where it was spoken of before.

    Its code is private: the event names the case by an address that says nothing.
    """
    if entry.kind.id != "aggregate":
        return ""
    code = elements["parent_code"]
    known = parent_of_case(entry.session, code, entry.party.id)
    return known or own_case_link(new_id(), entry.identity)
