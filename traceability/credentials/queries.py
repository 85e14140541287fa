"""Read records to derive from, what is public around them, and what was signed."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.accounts.models import Organisation
from traceability.batches.record import (
    RECORD_TYPE as BATCH,
    OutsideInput,
    read_batch_record,
)
from traceability.catalog.models import Product, Site
from traceability.catalog.product_sets import product_set
from traceability.catalog.queries import product_by_key
from traceability.catalog.records import CERTIFICATE
from traceability.core.errors import DomainError
from traceability.core.identity import Identity
from traceability.credentials.models import DerivedCredential
from traceability.credentials.places import place_of
from traceability.credentials.source import (
    Around,
    Category,
    Holder,
    Place,
    Source,
    Variant,
)
from traceability.credentials.stages import both
from traceability.events.composing import place_facts
from traceability.events.event import EpcisEvent, read_event
from traceability.events.models import TraceEvent
from traceability.events.queries import birth_of_lot, signed_event
from traceability.events.service import RECORD_TYPE as EVENT, lots_in
from traceability.gs1.digital_link import DigitalLink
from traceability.ocop.records import RECOGNITION
from traceability.records.models import SignedRecord
from traceability.records.queries import latest_record
from traceability.signing.envelope import read_unverified

_OUTSIDE = "#input-"
PRODUCE = Category("produce", both("Nguyên liệu, bán thành phẩm", "Produce"))


def source_of(record: SignedRecord) -> Source:
    """Return a stored record as what is derived from."""
    return Source(
        public_id=record.public_id,
        type=record.type,
        subject=record.subject,
        digest=record.digest,
        log_index=record.log_index,
        issued_at=record.issued_at,
        payload=read_unverified(record.token).payload,
    )


def event_in(source: Source) -> EpcisEvent | None:
    """Return the event a record holds; nothing for one that calls an event wrong."""
    event = read_event(source.claims["event"])
    return None if event.error else event


def stored_credential(
    session: Session, record: SignedRecord, variant: Variant
) -> DerivedCredential | None:
    """Return what was signed before, or nothing."""
    return session.scalar(
        select(DerivedCredential).where(
            DerivedCredential.record_id == record.id,
            DerivedCredential.variant == variant.value,
        )
    )


def around(session: Session, source: Source) -> Around:
    """Return the public facts of other records that a credential names."""
    if source.type == BATCH:
        return Around(
            birthplace=_birthplace(session, source.subject),
            category=_category(session, source.subject),
        )
    if source.type == RECOGNITION:
        link = str(source.claims["product"])
        return Around(
            names=_product_names(session, [link]), holder=_holder(session, link)
        )
    if source.type == CERTIFICATE:
        said = source.claims.get("product") or []
        links = said if isinstance(said, list) else [said]
        return Around(names=_product_names(session, links))
    if source.type == EVENT:
        event = read_event(source.claims["event"])
        return Around(names=_lot_names(session, event))
    return Around()


def record_naming_place(
    session: Session, site: Site, identity: Identity
) -> SignedRecord | None:
    """Return the newest record of a standing event that happened at a site."""
    place = place_facts(site, identity).link
    return session.scalar(
        select(SignedRecord)
        .join(TraceEvent, TraceEvent.record_id == SignedRecord.id)
        .where(
            TraceEvent.site_id == site.id,
            TraceEvent.place == place,
            TraceEvent.error_reason.is_(None),
        )
        .order_by(SignedRecord.log_index.desc())
        .limit(1)
    )


def _birthplace(session: Session, lot: str) -> Place | None:
    birth = birth_of_lot(session, lot)
    return place_of(signed_event(session, birth)) if birth else None


def _product(session: Session, link: str) -> Product | None:
    try:
        return product_by_key(session, DigitalLink.parse(link).key)
    except DomainError:
        return None


def _category(session: Session, link: str) -> Category | None:
    """Return the product's group in the programme; produce that is none has its own."""
    product = _product(session, link)
    if product is None:
        return None
    if product.ocop_set:
        group = product_set(product.ocop_set)
        return Category(group.code, both(group.name.vi, group.name.en))
    return PRODUCE if product.is_intermediate else None


def _holder(session: Session, link: str) -> Holder | None:
    product = _product(session, link)
    if product is None:
        return None
    maker = session.get_one(Organisation, product.organisation_id)
    address = f"{DigitalLink.parse(link).origin}/organisations/{maker.public_id}"
    return Holder(address, maker.name_vi if maker.name_public else "")


def _product_names(session: Session, links: Iterable[str]) -> dict[str, str]:
    found = {link: _product(session, link) for link in links}
    return {link: product.name_vi for link, product in found.items() if product}


def _lot_names(session: Session, event: EpcisEvent) -> dict[str, str]:
    """Return the product's name for each lot, as its own record tells it.

    What came from outside has no record: it is named as the lot that took it in says.
    """
    names = {}
    for _part, one in lots_in(event):
        lot, _, place = one.epc_class.partition(_OUTSIDE)
        name = _outside_name(session, lot, place) if place else _name(session, lot)
        if name:
            names[one.epc_class] = name
    return names


def _name(session: Session, lot: str) -> str:
    record = latest_record(session, lot, BATCH)
    if record is not None:
        return read_batch_record(source_of(record).claims).product.name_vi
    product = _product(session, lot)
    return product.name_vi if product else ""


def _outside_name(session: Session, lot: str, place: str) -> str:
    record = latest_record(session, lot, BATCH)
    if record is None or not place.isdecimal():
        return ""
    inputs = read_batch_record(source_of(record).claims).inputs
    one = inputs[int(place)] if int(place) < len(inputs) else None
    return one.outside if isinstance(one, OutsideInput) else ""
