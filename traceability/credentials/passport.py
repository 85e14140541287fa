"""A batch record as a UNTP Digital Product Passport. Pure."""

from datetime import date

from traceability.batches.record import BatchRecord, LotInput, read_batch_record
from traceability.core.canonical import Json
from traceability.core.identity import Identity
from traceability.core.quantity import Dimension, Quantity
from traceability.credentials.source import Around, Place, Source, filled
from traceability.credentials.untp import (
    PASSPORT,
    Derived,
    classification,
    country,
    measure,
    named,
    party,
    source_link,
    web_link,
)

_NO_GROUP = ("none", "Chưa xếp nhóm · Not in a group")
_SIZES = {Dimension.MASS: "weight", Dimension.VOLUME: "volume"}


def passport(source: Source, around: Around, identity: Identity) -> Derived:
    """Return the passport of a lot. Raises ``RecordUnreadableError``."""
    record = read_batch_record(source.claims)
    return Derived(
        kind=PASSPORT,
        name=f"{record.product.name_vi} · {record.lot_number}",
        subject=filled(
            {
                **named("Product", source.subject, record.product.name_vi),
                "description": record.product.name_en,
                "idScheme": _scheme(record, identity),
                "modelNumber": record.product.key,
                "batchNumber": record.lot_number,
                "idGranularity": "batch",
                "characteristics": _characteristics(record),
                "productCategory": _categories(around, identity),
                "relatedDocument": _documents(record, source, identity),
                "relatedParty": [_producer(record)],
                "producedAtFacility": _facility(record, source, around, identity),
                "productionDate": record.production_date.isoformat(),
                "expiryDate": _day(record.expiry),
                "countryOfProduction": country(),
                "dimensions": _dimensions(record.quantity),
            }
        ),
    )


def _scheme(record: BatchRecord, identity: Identity) -> dict[str, Json]:
    """Return what the product's key is: a GTIN, or a code that is no GS1 key."""
    if record.product.key_kind == "gtin":
        return named("IdentifierScheme", "https://id.gs1.org/01", "GS1 GTIN")
    title = "Mã nội bộ, không phải mã GS1 · Internal code, no GS1 key"
    return named("IdentifierScheme", identity.url("/X"), title)


def _categories(around: Around, identity: Identity) -> list[Json]:
    scheme, group = identity.url("/contexts/v1#productGroup"), around.category
    code, name = (group.code, group.name) if group else _NO_GROUP
    return [classification(code, name, scheme, "OCOP product groups")]


def _characteristics(record: BatchRecord) -> dict[str, Json]:
    """Return what UNTP has no field for, in the words of our own vocabulary."""
    net = record.product.net_content
    return filled(
        {
            "quantity": _amount(record.quantity),
            "netContent": _amount(net) if net else None,
            "variety": record.variety,
            "stage": record.stage,
            "packagingDate": _day(record.packaging_date),
            "bestBefore": _day(record.best_before),
        }
    )


def _amount(quantity: Quantity) -> dict[str, Json]:
    return {"value": quantity.plain(), "unitCode": quantity.unit}


def _dimensions(quantity: Quantity) -> dict[str, Json] | None:
    """Return the size of the lot; pieces have none."""
    name = _SIZES.get(quantity.dimension)
    return {name: measure(quantity)} if name else None


def _documents(record: BatchRecord, source: Source, identity: Identity) -> list[Json]:
    links: list[Json] = [source_link(source, identity)]
    links += [
        web_link(one.lot, f"Lô nguyên liệu · Input lot: {one.lot}", "traceability")
        for one in record.inputs
        if isinstance(one, LotInput)
    ]
    if record.recognition is not None:
        title = "Công nhận OCOP vào ngày sản xuất · OCOP recognition at production"
        link = web_link(record.recognition.subject, title, "certificationInfo")
        links.append(link)
    return links


def _producer(record: BatchRecord) -> dict[str, Json]:
    producer = party(record.producer.id, record.producer.name)
    return {"role": "producer", "party": producer}


def _facility(
    record: BatchRecord, source: Source, around: Around, identity: Identity
) -> dict[str, Json]:
    """Return where the lot came into being; without an event of that, its commune."""
    place = around.birthplace
    if place is None:
        gln = record.site.gln
        address = f"{identity.origin}/414/{gln}" if gln else f"{source.subject}#site"
        place = Place(address, record.site.commune_name)
    facility = named("Facility", place.id, place.name)
    return (
        {**facility, "registeredId": record.site.gln} if record.site.gln else facility
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
