"""Places as an event's record names them. Pure."""

from collections.abc import Mapping

from traceability.core.canonical import Json
from traceability.core.identity import Identity
from traceability.credentials.source import Place
from traceability.credentials.untp import NOT_PUBLIC
from traceability.events.event import EpcisEvent

_GLN_PATH = "/414/"


def said_of_place(event: EpcisEvent) -> Mapping[str, Json]:
    """Return what the event tells of its place: its commune, its name where public."""
    found: Mapping[str, Json] = event.values.get("place", {})
    return found


def place_of(event: EpcisEvent) -> Place:
    """Return the place under the name that may be told, or its commune's."""
    said = said_of_place(event)
    name = said.get("name") or said.get("communeName") or NOT_PUBLIC
    return Place(event.place, str(name))


def gln_of(place: Place, identity: Identity) -> str:
    """Return the place's GLN, where its address is made of one."""
    start = identity.origin + _GLN_PATH
    return place.id.removeprefix(start) if place.id.startswith(start) else ""
