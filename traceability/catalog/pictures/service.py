"""Add, describe, order and remove the photos of a product.

Every change locks the product's row, so that the order and the cover stay one story.
"""

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy import delete, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from traceability.accounts.service import audit
from traceability.catalog.drafts import cleaned
from traceability.catalog.errors import PhotoLimitError
from traceability.catalog.models import Product, ProductPhoto, ProductPicture
from traceability.catalog.photos import WebPhoto
from traceability.catalog.pictures.queries import picture_of, pictures_of
from traceability.core.permissions import Actor
from traceability.core.ports import Clock

MAX_PHOTOS = 8


def add_photo(
    session: Session,
    product: Product,
    photo: WebPhoto,
    alt: str = "",
    *,
    actor: Actor,
    clock: Clock,
) -> ProductPicture:
    """Put a photo behind those a product has; the first one is its cover.

    Sent again, the same photo stays where it is and takes the new words. Raises
    ``PhotoLimitError``. The caller commits.
    """
    alt = cleaned(alt, "alt")
    session.refresh(product, with_for_update=True)
    known = list(pictures_of(session, product))
    for one in known:
        if one.digest == photo.digest:
            one.alt = alt or one.alt
            session.flush()
            return one
    if len(known) >= MAX_PHOTOS:
        raise PhotoLimitError(
            "A product shows at most %(most)s photos: remove one first.",
            field="photo",
            most=MAX_PHOTOS,
        )
    _keep_photo(session, photo)
    picture = ProductPicture(
        product_id=product.id, digest=photo.digest, position=len(known), alt=alt
    )
    session.add(picture)
    _order(session, product, [*known, picture])
    _audit(session, product, "product-photo-set", photo.digest, actor, clock)
    return picture


def describe_photo(
    session: Session,
    product: Product,
    digest: str,
    alt: str,
    *,
    actor: Actor,
    clock: Clock,
) -> None:
    """Say in words what a photo shows. Raises ``PhotoNotFoundError``."""
    picture = picture_of(session, product, digest)
    picture.alt = cleaned(alt, "alt")
    session.flush()
    _audit(session, product, "product-photo-set", digest, actor, clock)


def move_photo_up(
    session: Session, product: Product, digest: str, *, actor: Actor, clock: Clock
) -> None:
    """Show a photo one place earlier; the first stays. The caller commits.

    Raises ``PhotoNotFoundError``.
    """
    session.refresh(product, with_for_update=True)
    known = list(pictures_of(session, product))
    picture = picture_of(session, product, digest)
    place = known.index(picture)
    if place == 0:
        return
    known[place - 1], known[place] = picture, known[place - 1]
    _order(session, product, known)
    _audit(session, product, "product-photo-set", digest, actor, clock)


def remove_photo(
    session: Session, product: Product, digest: str, *, actor: Actor, clock: Clock
) -> None:
    """Take a photo off a product; where nobody else shows it, its bytes go too.

    Raises ``PhotoNotFoundError``. The caller commits.
    """
    session.refresh(product, with_for_update=True)
    picture = picture_of(session, product, digest)
    known = [one for one in pictures_of(session, product) if one is not picture]
    session.delete(picture)
    _order(session, product, known)
    _forget_photo(session, digest)
    _audit(session, product, "product-photo-removed", digest, actor, clock)


def _order(
    session: Session, product: Product, pictures: Sequence[ProductPicture]
) -> None:
    for position, picture in enumerate(pictures):
        picture.position = position
    product.photo_digest = pictures[0].digest if pictures else None
    session.flush()


def _keep_photo(session: Session, photo: WebPhoto) -> None:
    """Store a photo once, though two people may send the same one at once."""
    if session.get(ProductPhoto, photo.digest) is not None:
        return
    row = ProductPhoto(
        digest=photo.digest, webp=photo.webp, width=photo.width, height=photo.height
    )
    with suppress(IntegrityError), session.begin_nested():
        session.add(row)


def _forget_photo(session: Session, digest: str) -> None:
    """Drop a photo nobody shows; one that is just being shown again stays."""
    shown = exists(select(ProductPicture.id).where(ProductPicture.digest == digest))
    with suppress(IntegrityError), session.begin_nested():
        session.execute(
            delete(ProductPhoto)
            .where(ProductPhoto.digest == digest, ~shown)
            .execution_options(synchronize_session="fetch")
        )


def _audit(
    session: Session,
    product: Product,
    action: str,
    digest: str,
    actor: Actor,
    clock: Clock,
) -> None:
    target = f"product:{product.public_id}"
    audit(session, actor, action, target, clock, digest=digest)
