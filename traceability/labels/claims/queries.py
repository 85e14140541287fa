"""Gather what a batch's labels may say on a day."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from traceability.accounts.models import Organisation
from traceability.batches.models import Batch
from traceability.batches.queries import current_record
from traceability.catalog.models import Product
from traceability.catalog.product_sets import product_set
from traceability.catalog.queries import certificates_for, producer_details
from traceability.labels.content import CertificateFact, LabelFacts
from traceability.labels.seal import FLAG_BEST_BEFORE, SealFacts
from traceability.ocop.queries import recognition_facts
from traceability.ocop.rating import TwoStandings, standing_for
from traceability.web.formats import number, quantity


def facts_for(
    session: Session, batch: Batch, today: date
) -> tuple[LabelFacts, SealFacts]:
    """Return what labels of a batch say today, in words and in their seal.

    Stars and certificates only where they held on the production date and hold today.
    """
    held = standing_of(session, batch, today)
    stars = stars_of(held)
    until = held.today.recognition.expires if stars and held.today.recognition else None
    record = current_record(session, batch)
    facts = replace(
        product_facts(session, batch.product, batch.organisation),
        lot_number=batch.lot_number,
        production_date=batch.production_date,
        best_before=batch.best_before,
        expiry=batch.expiry,
        stars=stars or None,
        certificates=_certificates(session, batch, today),
    )
    return facts, SealFacts(
        production_date=batch.production_date,
        expiry=batch.expiry or batch.best_before,
        stars=stars,
        stars_until=until,
        flags=FLAG_BEST_BEFORE if batch.best_before and not batch.expiry else 0,
        log_index=record.log_index if record else 0,
    )


def product_facts(
    session: Session, product: Product, producer: Organisation
) -> LabelFacts:
    """Return what every pack of a product may say, whatever its lot.

    Nothing of it can lapse: stars and certificates are a lot's.
    """
    return LabelFacts(
        product_name=product.name_vi,
        lot_number="",
        net_content=_capital(product.pack_text or quantity(product.net)),
        producer_name=producer.name_vi if producer.name_public else "",
        brand=product.brand,
        responsible_name=product.responsible_name,
        address=_address(session, product, producer),
        origin=product.origin,
        ingredients=product.ingredients,
        ethanol=_percent(product.alcohol_percent),
        usage=product.usage,
        storage=product.storage,
        warnings=product.warnings,
    )


def _address(session: Session, product: Product, producer: Organisation) -> str:
    """Return where the responsible party is; a private producer's stays private."""
    if product.responsible_name or product.responsible_address:
        return product.responsible_address
    if not producer.name_public:
        return ""
    details = producer_details(session, producer.id)
    return (details.address if details else "") or producer.address


def _certificates(
    session: Session, batch: Batch, today: date
) -> tuple[CertificateFact, ...]:
    known = certificates_for(session, batch.product, batch.site_id)
    return tuple(
        CertificateFact(public_id=one.public_id, kind=one.kind, number=one.number)
        for one in known
        if one.term.holds(batch.production_date, today)
    )


def _percent(value: Decimal | None) -> str:
    return "" if value is None else f"{number(value)} % vol"


def product_set_of(product: Product) -> int | None:
    """Return the number of a product's OCOP set, which decides about its label."""
    return product_set(product.ocop_set).number if product.ocop_set else None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def standing_of(session: Session, batch: Batch, today: date) -> TwoStandings:
    """Return a batch's rating when it was made, and on a day."""
    return standing_for(
        recognition_facts(session, batch.product_id),
        production_date=batch.production_date,
        today=today,
    )


def stars_of(held: TwoStandings) -> int:
    """Return the stars that held then and hold now."""
    return min(held.made.stars, held.today.stars)
