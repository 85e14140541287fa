"""Put a batch's rows together into what is signed: its record, its birth event."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from traceability.batches.models import Batch, BatchInput
from traceability.batches.overrides import RuleOverride
from traceability.batches.record import (
    RECORD_TYPE,
    BatchRecord,
    LotInput,
    OutsideInput,
    Override,
    ProducerClaim,
    ProductClaim,
    RecognitionClaim,
    SiteClaim,
)
from traceability.catalog.models import Product, Site
from traceability.catalog.records import product_link
from traceability.core.identity import Identity
from traceability.events.composing import place_facts
from traceability.events.event import Birth, LotQuantity
from traceability.events.vocabulary import Stage
from traceability.gs1.digital_link import DigitalLink
from traceability.records.credential import RecordDraft, Voucher


@dataclass(frozen=True, slots=True)
class SignedInput:
    """An input row with its source lot's link and current record digest, if a lot."""

    row: BatchInput
    lot: str = ""
    record_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a record needs beside the batch's own row."""

    inputs: Sequence[SignedInput]
    override: Override | None = None
    rule_overrides: tuple[RuleOverride, ...] = ()
    recognition: RecognitionClaim | None = None
    correction_reason: str = ""


def lot_link(identity: Identity, product: Product, lot_number: str) -> str:
    """Return a lot's canonical Digital Link."""
    link = DigitalLink(
        origin=identity.origin,
        key=product.key,
        lot=lot_number,
        serial=None,
        variant=None,
    )
    return str(link)


def record_of(batch: Batch, parts: Parts, identity: Identity) -> BatchRecord:
    """Return what a batch's producer vouches for now."""
    organisation = batch.organisation
    return BatchRecord(
        product=_product(batch.product, identity),
        producer=ProducerClaim(
            id=identity.url(f"/organisations/{organisation.public_id}"),
            name=organisation.name_vi,
            name_public=organisation.name_public,
        ),
        lot_number=batch.lot_number,
        production_date=batch.production_date,
        packaging_date=batch.packaging_date,
        best_before=batch.best_before,
        expiry=batch.expiry,
        quantity=batch.quantity,
        site=_site(batch.site),
        variety=batch.variety,
        stage=batch.stage,
        inputs=tuple(_input(one) for one in parts.inputs),
        override=parts.override,
        rule_overrides=parts.rule_overrides,
        recognition=parts.recognition,
        correction_reason=parts.correction_reason,
    )


def record_draft(
    batch: Batch, parts: Parts, voucher: Voucher, identity: Identity
) -> RecordDraft:
    """Return a batch's record as it is handed over to be signed."""
    record = record_of(batch, parts, identity)
    return RecordDraft(
        type=RECORD_TYPE,
        subject=batch.digital_link,
        claims=record.claims(),
        vouched_by=voucher,
        private=record.private(),
    )


def _product(product: Product, identity: Identity) -> ProductClaim:
    return ProductClaim(
        link=product_link(product.key, identity),
        key_kind="gtin" if product.gtin is not None else "internalCode",
        key=str(product.key),
        name_vi=product.name_vi,
        name_en=product.name_en,
        net_content=product.net,
    )


def _site(site: Site) -> SiteClaim:
    """Return the place; one that is not public shows its commune only."""
    shown = site.gln_digits if site.is_public else None
    return SiteClaim(
        commune_code=site.commune_code,
        commune_name=site.commune.full_name,
        gln=shown or "",
    )


def _input(one: SignedInput) -> LotInput | OutsideInput:
    if one.lot:
        return LotInput(
            lot=one.lot, record_sha256=one.record_sha256, quantity=one.row.quantity
        )
    return OutsideInput(
        outside=one.row.outside,
        quantity=one.row.quantity,
        lot_number=one.row.outside_lot,
        supplier=one.row.supplier,
    )


def birth_of(
    batch: Batch, inputs: Sequence[SignedInput], event_id: UUID, identity: Identity
) -> Birth:
    """Return how a batch came into being, for its first event.

    What came from outside has no lot of its own: it is named by a fragment of this
    lot's link.
    """
    taken = (
        LotQuantity(one.lot or f"{batch.digital_link}#input-{place}", one.row.quantity)
        for place, one in enumerate(inputs)
    )
    place = place_facts(batch.site, identity)
    return Birth(
        id=event_id,
        day=batch.packaging_date or batch.production_date,
        lot=LotQuantity(batch.digital_link, batch.quantity),
        inputs=tuple(taken),
        place=place.link,
        stage=Stage(batch.stage),
        ilmd=_master_data(batch),
        values={"place": dict(place.shown)},
    )


def _master_data(batch: Batch) -> dict[str, str]:
    """Return instance and lot master data in the words of CBV 2.0 and GS1's web."""
    days = {
        "gs1:productionDate": batch.production_date,
        "gs1:packagingDate": batch.packaging_date,
        "cbvmda:bestBeforeDate": batch.best_before,
        "cbvmda:itemExpirationDate": batch.expiry,
    }
    shown = {name: day.isoformat() for name, day in days.items() if day}
    return {"cbvmda:lotNumber": batch.lot_number, **shown}
