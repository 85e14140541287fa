"""Gather what a product and its producer answer of the legal fields."""

from datetime import date

from sqlalchemy.orm import Session

from traceability.accounts.queries import organisation_by_id
from traceability.catalog.holdings import Surroundings, held_by
from traceability.catalog.legal_fields import DocumentCheck, checked
from traceability.catalog.models import Product
from traceability.catalog.pictures.queries import pictures_of
from traceability.catalog.product_sets import product_set
from traceability.catalog.queries import (
    active_sites_of,
    certificates_for,
    producer_details,
)


def legal_checks(
    session: Session, product: Product, today: date
) -> list[DocumentCheck]:
    """Return what trace page, passport and label ask of a product on a day."""
    owner = organisation_by_id(session, product.organisation_id)
    details = producer_details(session, owner.id)
    papers = certificates_for(session, product)
    around = Surroundings(
        producer_name=owner.name_vi,
        producer_address=(details.address if details else "") or owner.address,
        producer_number=(details.gln_digits or details.tax_code) if details else "",
        photos=len(pictures_of(session, product)),
        certificates=sum(one.term.holds(today) for one in papers),
        sites=len(active_sites_of(session, owner.id)),
    )
    number = product_set(product.ocop_set).number if product.ocop_set else None
    return checked(held_by(product, around), number)
