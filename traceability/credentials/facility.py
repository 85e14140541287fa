"""The place an event's record names, as a UNTP Digital Facility Record. Pure.

Places are no signed records of their own (docs/credentials.md): what is told of one is
what the event's record tells. Of a household's plot that is the commune.
"""

from traceability.core.canonical import Json
from traceability.core.identity import Identity
from traceability.credentials.places import gln_of, place_of, said_of_place
from traceability.credentials.source import Source, filled
from traceability.credentials.stages import stage_name
from traceability.credentials.untp import (
    FACILITY,
    Derived,
    classification,
    country,
    named,
    source_link,
    voucher_party,
)
from traceability.events.event import EpcisEvent

STAGES = "OCOP traceability: kinds of event"


def facility(source: Source, event: EpcisEvent, identity: Identity) -> Derived | None:
    """Return the place; nothing where the event does not say in which commune."""
    said, place = said_of_place(event), place_of(event)
    commune = str(said.get("communeName", ""))
    if not commune:
        return None
    gln = gln_of(place, identity)
    step = classification(
        event.stage,
        stage_name(event.stage),
        identity.url("/contexts/v1#stage"),
        STAGES,
    )
    subject = filled(
        {
            **named("Facility", place.id, place.name),
            "registeredId": gln,
            "idScheme": _scheme(gln, identity),
            "countryOfOperation": country(),
            "processCategory": [step],
            "relatedParty": [
                {"role": "operator", "party": voucher_party(source.voucher)}
            ],
            "relatedDocument": [source_link(source, identity)],
            "locationInformation": {"communeCode": str(said["communeCode"])},
            "address": _address(commune),
        }
    )
    return Derived(kind=FACILITY, name=place.name, subject=subject)


def _scheme(gln: str, identity: Identity) -> dict[str, Json]:
    if gln:
        return named("IdentifierScheme", "https://id.gs1.org/414", "GS1 GLN")
    return named("IdentifierScheme", identity.url("/sites"), "Sites registered here")


def _address(commune: str) -> dict[str, Json]:
    """Return commune and province: streets and postal codes are not signed."""
    locality, _, region = commune.partition(", ")
    return {
        "streetAddress": "",
        "postalCode": "",
        "addressLocality": locality,
        "addressRegion": region,
        "addressCountry": country(),
    }
