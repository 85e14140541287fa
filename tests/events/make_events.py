"""Plain builders: a desk to write at, lots to write of, elements of every kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from tests.batches.make_batches import Producer, make_notary, make_producer
from traceability.catalog.models import Site
from traceability.core.canonical import Json
from traceability.core.clock import HANOI
from traceability.core.identity import Identity
from traceability.core.permissions import Actor
from traceability.core.ports import Clock
from traceability.events.elements import TOP
from traceability.events.entry.service import Desk, EventDraft
from traceability.events.kinds import ElementType, Kind, KindElement, kind, kinds
from traceability.events.ports import KnownLot, LotBook

RICE = "https://tx.example/01/09520001001017/10/BT-1"
PADDY = "https://tx.example/X/LUA/10/L-1"
THEIRS = "https://tx.example/01/09520001002014/10/T-1"
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=HANOI)
FILE = {"name": "phieu.pdf", "sha256": "ab" * 32, "mediaType": "application/pdf"}
# What a form or program can enter: all but places and recalls.
ENTERED = [one for one in kinds() if one.id not in {"farm_setup", "recall"}]


@dataclass
class Place:
    """A producer, its place and its desk."""

    producer: Producer
    site: Site
    desk: Desk

    def draft(self, kind_id: str, **values: Any) -> EventDraft:
        elements = values.pop("elements", sample_elements(kind(kind_id)))
        values.setdefault("site", self.site.public_id)
        values.setdefault("time", NOON)
        if kind_id == "aggregate":
            values.setdefault("lot", RICE)
        return EventDraft(kind=kind_id, elements=elements, **values)


class Lots:
    """A book of lots that stands in memory."""

    def __init__(self, lots: Sequence[KnownLot]) -> None:
        self.lots = lots

    def find(self, _session: Session, text: str, owner: int) -> KnownLot | None:
        named = (one for one in self.lots if text in {one.link, one.number})
        return next(
            (one for one in named if one.owner_id == owner or not one.draft), None
        )

    def own(self, _session: Session, owner: int) -> list[KnownLot]:
        return [one for one in self.lots if one.owner_id == owner]

    def book(self) -> LotBook:
        return LotBook(find=self.find, own=self.own)


def known(link: str, owner: int, *, draft: bool = False) -> KnownLot:
    return KnownLot(
        link=link,
        number=link.rpartition("/")[2],
        product_name="Gạo mẫu",
        ocop_set="rice-grain",
        owner_id=owner,
        draft=draft,
    )


def make_place(
    session: Session, folder: Path, identity: Identity, clock: Clock, **values: Any
) -> Place:
    mine = make_producer(session, clock, 0, **values)
    other = make_producer(session, clock, 1)
    notary = make_notary(folder, identity, clock)
    owner, foreign = owner_of(mine.actor), owner_of(other.actor)
    lots = [known(RICE, owner), known(PADDY, owner), known(THEIRS, foreign)]
    desk = Desk(actor=mine.actor, notary=notary, lots=Lots(lots).book())
    return Place(mine, session.get_one(Site, mine.site_id), desk)


def owner_of(actor: Actor) -> int:
    if actor.organisation_id is None:
        raise AssertionError("this actor has no organisation")
    return actor.organisation_id


def sample_elements(one: Kind) -> dict[str, Json]:
    """Return a value for every element of a kind."""
    return {
        element.id: sample_value(element)
        for element in one.elements
        if element.id not in TOP
    }


def sample_value(one: KindElement) -> Json:
    special: dict[str, Json] = {
        "output_lot": [{"lot": RICE}],
        "input_lots": [
            {"lot": PADDY, "quantity": {"value": "60", "unitCode": "KGM"}},
            {"lot": "Lúa của hộ ngoài"},
        ],
        "lot": RICE,
        "commune": "05587",
        "parent_code": "(00) 1 9520001 000000001 7",
        "shop_url": "https://shop.example/gao",
        "date_from": "2026-11-01",
        "exp_date": "2027-11-18",
    }
    if one.id in special:
        return special[one.id]
    if one.element.choices:
        return one.element.choices[0].id
    unit = {"goods": "KGM", "mass": "KGM"}.get(one.element.units, one.element.units)
    return {
        ElementType.TEXT: f"Chữ mẫu {one.id}",
        ElementType.PARTY: f"Bên mẫu {one.id}",
        ElementType.PLACE: f"Nơi mẫu {one.id}",
        ElementType.DATE: "2026-11-18",
        ElementType.QUANTITY: {"value": "12.5", "unitCode": unit},
        ElementType.NUMBER: "7",
        ElementType.BOOL: True,
        ElementType.LOT: [{"lot": f"Mẫu {one.id}"}],
        ElementType.FILE: FILE,
    }[one.element.type]
