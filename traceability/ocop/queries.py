"""Read recognitions."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.accounts.models import Organisation
from traceability.catalog.models import Product
from traceability.ocop.errors import RecognitionNotFoundError
from traceability.ocop.models import Recognition
from traceability.ocop.rating import RecognitionFacts


@dataclass(frozen=True, slots=True)
class Listed:
    """A recognition with the product it is for and who makes that."""

    recognition: Recognition
    product: Product
    producer: Organisation


def recognition_by_public_id(session: Session, public_id: str) -> Listed:
    """Return one recognition. Raises ``RecognitionNotFoundError``."""
    for listed in recognitions(session, public_id=public_id):
        return listed
    raise RecognitionNotFoundError("There is no such recognition.")


def recognitions(session: Session, *, public_id: str | None = None) -> list[Listed]:
    """Return all recognitions, or the one asked for; the newest decision first."""
    query = (
        select(Recognition, Product, Organisation)
        .join(Product, Product.id == Recognition.product_id)
        .join(Organisation, Organisation.id == Product.organisation_id)
        .order_by(Recognition.issued.desc(), Recognition.id.desc())
    )
    if public_id is not None:
        query = query.where(Recognition.public_id == public_id)
    return [Listed(*row) for row in session.execute(query)]


def recognition_facts(session: Session, product_id: int) -> list[RecognitionFacts]:
    """Return what decides about a product's stars, for ``rating.standing_for``."""
    return [one.facts for one in recognitions_of(session, product_id)]


def recognitions_of(session: Session, product_id: int) -> Sequence[Recognition]:
    """Return a product's recognitions, the oldest first."""
    return session.scalars(
        select(Recognition)
        .where(Recognition.product_id == product_id)
        .order_by(Recognition.issued, Recognition.id)
    ).all()


def producers_products(session: Session) -> list[tuple[Product, Organisation]]:
    """Return every finished product with its producer, by name."""
    rows = session.execute(
        select(Product, Organisation)
        .join(Organisation, Organisation.id == Product.organisation_id)
        .where(Product.is_intermediate.is_(False))
        .order_by(Product.name_folded, Product.id)
    )
    return [(product, producer) for product, producer in rows]
