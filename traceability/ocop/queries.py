"""Read recognitions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from traceability.accounts.models import Organisation
from traceability.catalog.expiry import Ending
from traceability.catalog.models import Product
from traceability.db.window import Window
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
    query = _whole().order_by(Recognition.issued.desc(), Recognition.id.desc())
    if public_id is not None:
        query = query.where(Recognition.public_id == public_id)
    return [Listed(*row) for row in session.execute(query)]


def recognitions_in(
    session: Session, window: Window, *, producer: int | None
) -> list[Listed]:
    """Return a window on all recognitions, or on those of a producer's products."""
    query = _whole()
    if producer is not None:
        query = query.where(Product.organisation_id == producer)
    return [Listed(*row) for row in session.execute(window.cut(query, Recognition.id))]


def _whole() -> Select[Recognition, Product, Organisation]:
    return (
        select(Recognition, Product, Organisation)
        .join(Product, Product.id == Recognition.product_id)
        .join(Organisation, Organisation.id == Product.organisation_id)
    )


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


def recognitions_ending(session: Session, owner: int | None) -> Iterator[Ending]:
    """Return the stars that have a last day, of one producer or of everybody.

    Of several recognitions of a product the one issued last counts; what was withdrawn
    ends no more.
    """
    newest: dict[int, Listed] = {}
    for one in recognitions(session):
        if owner is None or one.producer.id == owner:
            newest.setdefault(one.product.id, one)
    for one in newest.values():
        if one.recognition.withdrawn_on is None:
            yield _ending(one)


def _ending(one: Listed) -> Ending:
    return Ending(
        kind="recognition",
        public_id=one.recognition.public_id,
        name=one.recognition.certificate_no,
        detail=str(one.recognition.stars),
        product=one.product.name_vi,
        owner_id=one.producer.id,
        owner=one.producer.name_vi,
        begins=one.recognition.issued,
        ends=one.recognition.expires,
    )
