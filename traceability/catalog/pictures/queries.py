"""Read the photos of products."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.catalog.errors import PhotoNotFoundError
from traceability.catalog.models import Product, ProductPicture


def pictures_of(session: Session, product: Product) -> Sequence[ProductPicture]:
    """Return a product's photos in their order; the first is the cover."""
    return session.scalars(
        select(ProductPicture)
        .where(ProductPicture.product_id == product.id)
        .order_by(ProductPicture.position, ProductPicture.id)
    ).all()


def picture_of(session: Session, product: Product, digest: str) -> ProductPicture:
    """Return one photo of a product. Raises ``PhotoNotFoundError``."""
    for one in pictures_of(session, product):
        if one.digest == digest:
            return one
    raise PhotoNotFoundError("There is no such photo.")
