"""Make the EPCIS event of what was written down: public parts and private ones. Pure.

Private values stay out of the event. Where EPCIS needs a name for one (a document, a
party, a lot of somebody outside), it is the eventID with the element's id as fragment:
the value itself is committed to under that id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from traceability.catalog.models import Site
from traceability.core.canonical import Json
from traceability.core.clock import day_in_vietnam
from traceability.core.identity import Identity
from traceability.core.quantity import Quantity
from traceability.events.event import Endpoint, EpcisEvent, LotQuantity, Transaction
from traceability.events.kinds import Kind
from traceability.events.vocabulary import (
    Action,
    BizStep,
    Disposition,
    EventType,
    PartyType,
    TransactionType,
)
from traceability.gs1.digital_link import DigitalLink

OUTPUT, INPUTS, SUBJECT = "output_lot", "input_lots", "lot"
IN_LISTS = frozenset({OUTPUT, INPUTS, SUBJECT})
_PLACES = frozenset({"facility", "slaughterhouse"})
_PAPERS = {
    "document_no": TransactionType.DESPATCH_ADVICE,
    "contract_no": TransactionType.PURCHASE_ORDER,
    "invoice_no": TransactionType.INVOICE,
    "food_safety_cert": TransactionType.CERTIFICATE,
    "vet_certificate": TransactionType.CERTIFICATE,
    "report_no": TransactionType.TEST_RESULT,
}
_FROM = {
    "from_party": PartyType.POSSESSING_PARTY,
    "supplier": PartyType.POSSESSING_PARTY,
}
_TO = {"to_party": PartyType.POSSESSING_PARTY, "to_place": PartyType.LOCATION}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFacts:
    """Where it happened: an address, and what of it the public may read."""

    link: str
    shown: Mapping[str, Json]  # communeCode, communeName, and name where it is public
    public: bool


def place_facts(site: Site, identity: Identity) -> PlaceFacts:
    """Return a place as an event tells it: of a household's plot the commune only."""
    shown = {"communeCode": site.commune.code, "communeName": site.commune.full_name}
    if site.is_public:
        shown["name"] = site.name
    link = identity.url(f"/sites/{site.public_id}")
    if site.gln_digits and site.is_public:
        link = f"{identity.origin}/414/{site.gln_digits}"
    return PlaceFacts(link=link, shown=shown, public=site.is_public)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFacts:
    """Everything known of one event, checked; lots are links where they are ours."""

    id: UUID
    kind: Kind
    time: datetime
    place: PlaceFacts
    party: str  # the address of whoever did it
    elements: Mapping[str, Json]
    lots: Mapping[str, Sequence[str]]  # element id to links, in the order given
    growing: str = ""
    parent: str = ""
    taken_apart: bool = False  # of an aggregation: what was packed is unpacked
    returned: bool = False  # of a receipt

    def hidden(self, element: str) -> str:
        """Return the name a private value is spoken of by."""
        return f"{self.id.urn}#{element}"


@dataclass(frozen=True, slots=True)
class Composed:
    """An event as it is signed, and the values it only commits to."""

    event: EpcisEvent
    private: Mapping[str, Json]


def compose(facts: EventFacts) -> Composed:
    """Return the event and its private values. The kind must be an EPCIS event."""
    kind = facts.kind
    if kind.type is None or kind.biz_step is None:
        raise ValueError(f"{kind.id} is no EPCIS event")
    public = {one.id for one in kind.elements if one.public}
    if not facts.place.public:
        public -= _PLACES
    in_clear = _in_lists(facts)
    values = {
        name: value
        for name, value in facts.elements.items()
        if name in public and name not in in_clear
    }
    private = {
        name: value
        for name, value in facts.elements.items()
        if name not in public and not (name in IN_LISTS - {INPUTS} and name in in_clear)
    }
    event = EpcisEvent(
        id=facts.id,
        type=kind.type,
        time=facts.time,
        action=_action(facts),
        biz_step=BizStep.UNPACKING if facts.taken_apart else kind.biz_step,
        disposition=_disposition(facts),
        stage=kind.id,
        place=facts.place.link,
        objects=_objects(facts),
        inputs=_inputs(facts),
        outputs=_outputs(facts),
        parent=facts.parent,
        children=_children(facts),
        transactions=_transactions(facts),
        sources=_sources(facts),
        destinations=_destinations(facts),
        ilmd=_master_data(facts),
        growing=facts.growing if kind.makes_lot else "",
        values={"place": dict(facts.place.shown), **values},
    )
    return Composed(event, private)


def _in_lists(facts: EventFacts) -> set[str]:
    """Return the elements that stand in the event's lists of lots."""
    shown = {name for name in IN_LISTS if name in facts.elements}
    return shown | {"qty"} if _public_quantity(facts) else shown


def _action(facts: EventFacts) -> Action | None:
    return Action.DELETE if facts.taken_apart else facts.kind.action


def _disposition(facts: EventFacts) -> Disposition:
    """Return the state after the event; where there are several, its result decides."""
    if facts.taken_apart:
        return Disposition.IN_PROGRESS
    choices = facts.kind.dispositions
    if facts.elements.get("result") == "fail":
        return Disposition.NON_CONFORMANT
    if facts.returned:
        return Disposition.RETURNED
    return choices[0]


def _public_quantity(facts: EventFacts) -> Quantity | None:
    one = facts.kind.element("qty")
    given = facts.elements.get("qty")
    if one is None or not one.public or given is None:
        return None
    return Quantity.parse(given["value"], given["unitCode"])


def _objects(facts: EventFacts) -> tuple[LotQuantity, ...]:
    if facts.kind.type is not EventType.OBJECT:
        return ()
    if facts.kind.about_growing:
        return (LotQuantity(facts.growing),)
    amount = _public_quantity(facts)
    named = (
        link for name in (SUBJECT, OUTPUT, INPUTS) for link in facts.lots.get(name, ())
    )
    return tuple(LotQuantity(link, amount) for link in named)


def _inputs(facts: EventFacts) -> tuple[LotQuantity, ...]:
    if facts.kind.type is not EventType.TRANSFORMATION:
        return ()
    lots = tuple(LotQuantity(link) for link in facts.lots.get(INPUTS, ()))
    herd = (LotQuantity(facts.growing),) if facts.growing else ()
    return lots or herd


def _outputs(facts: EventFacts) -> tuple[LotQuantity, ...]:
    if facts.kind.type is not EventType.TRANSFORMATION:
        return ()
    return tuple(LotQuantity(link) for link in facts.lots.get(OUTPUT, ()))


def _children(facts: EventFacts) -> tuple[LotQuantity, ...]:
    if facts.kind.type is not EventType.AGGREGATION:
        return ()
    return tuple(LotQuantity(link) for link in facts.lots.get(SUBJECT, ()))


def _transactions(facts: EventFacts) -> tuple[Transaction, ...]:
    return tuple(
        Transaction(paper, facts.hidden(name))
        for name, paper in _PAPERS.items()
        if name in facts.elements
    )


def _sources(facts: EventFacts) -> tuple[Endpoint, ...]:
    if facts.kind.id == "ship":
        return _here(facts)
    return _hidden_ends(facts, _FROM)


def _destinations(facts: EventFacts) -> tuple[Endpoint, ...]:
    if facts.kind.id in {"receive", "collect"}:
        return _here(facts)
    return _hidden_ends(facts, _TO)


def _here(facts: EventFacts) -> tuple[Endpoint, ...]:
    return (
        Endpoint(PartyType.POSSESSING_PARTY, facts.party),
        Endpoint(PartyType.LOCATION, facts.place.link),
    )


def _hidden_ends(
    facts: EventFacts, ends: Mapping[str, PartyType]
) -> tuple[Endpoint, ...]:
    if facts.kind.id not in {"ship", "receive", "collect"}:
        return ()
    return tuple(
        Endpoint(kind, facts.hidden(name))
        for name, kind in ends.items()
        if name in facts.elements
    )


def _master_data(facts: EventFacts) -> dict[str, str]:
    """Return instance and lot master data of a lot that comes into being."""
    born = facts.lots.get(OUTPUT, ())
    if not facts.kind.makes_lot or not born:
        return {}
    known = {"cbvmda:lotNumber": DigitalLink.parse(born[0]).lot or ""}
    if facts.kind.id == "harvest":
        known["gs1:harvestDate"] = day_in_vietnam(facts.time).isoformat()
    days = {"mfg_date": "gs1:productionDate", "exp_date": "cbvmda:itemExpirationDate"}
    for element, name in days.items():
        if element in facts.elements:
            known[name] = facts.elements[element]
    return known
