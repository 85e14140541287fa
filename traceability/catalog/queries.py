"""Read the catalogue; what takes an owner answers for that producer only."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from traceability.catalog.errors import (
    CertificateNotFoundError,
    IpRightNotFoundError,
    PhotoNotFoundError,
    ProductNotFoundError,
    SiteNotFoundError,
)
from traceability.catalog.models import (
    Certificate,
    IpRight,
    Product,
    ProductPhoto,
    Site,
)
from traceability.gs1.keys import Gtin, InternalCode


def product_by_key(session: Session, key: Gtin | InternalCode) -> Product | None:
    """Return the product of a GTIN or internal code, whoever makes it."""
    column = Product.gtin if isinstance(key, Gtin) else Product.internal_code
    return session.scalar(select(Product).where(column == str(key)))


def product_by_public_id(session: Session, public_id: str) -> Product:
    """Return a product, whoever makes it. Raises ``ProductNotFoundError``."""
    found = session.scalar(select(Product).where(Product.public_id == public_id))
    if found is None:
        raise ProductNotFoundError("There is no such product.")
    return found


def own_product(session: Session, owner: int, public_id: str) -> Product:
    """Return a producer's own product. Raises ``ProductNotFoundError``."""
    found = product_by_public_id(session, public_id)
    if found.organisation_id != owner:
        raise ProductNotFoundError("There is no such product.")
    return found


def products_of(session: Session, owner: int) -> Sequence[Product]:
    """Return a producer's products by name."""
    return session.scalars(
        select(Product)
        .where(Product.organisation_id == owner)
        .order_by(Product.name_folded)
    ).all()


def photo(session: Session, digest: str) -> ProductPhoto:
    """Return a photo. Raises ``PhotoNotFoundError``."""
    found = session.get(ProductPhoto, digest)
    if found is None:
        raise PhotoNotFoundError("There is no such photo.")
    return found


def own_site(session: Session, owner: int, public_id: str) -> Site:
    """Return a producer's own site. Raises ``SiteNotFoundError``."""
    found = session.scalar(
        select(Site).where(Site.public_id == public_id, Site.organisation_id == owner)
    )
    if found is None:
        raise SiteNotFoundError("There is no such place.")
    return found


def sites_of(session: Session, owner: int) -> Sequence[Site]:
    """Return a producer's sites by name."""
    return session.scalars(
        select(Site).where(Site.organisation_id == owner).order_by(Site.name, Site.id)
    ).all()


def own_certificate(session: Session, owner: int, public_id: str) -> Certificate:
    """Return a producer's own certificate. Raises ``CertificateNotFoundError``."""
    found = session.scalar(
        select(Certificate).where(
            Certificate.public_id == public_id, Certificate.organisation_id == owner
        )
    )
    if found is None:
        raise CertificateNotFoundError("There is no such certificate.")
    return found


def certificates_of(session: Session, owner: int) -> Sequence[Certificate]:
    """Return a producer's certificates, the newest first."""
    return session.scalars(
        select(Certificate)
        .where(Certificate.organisation_id == owner)
        .order_by(Certificate.issued.desc(), Certificate.id)
    ).all()


def certificates_for(
    session: Session, product: Product, site_id: int | None = None
) -> Sequence[Certificate]:
    """Return the certificates that speak for a product made at a site.

    Those of the product, those of the site, and those of the producer as a whole.
    """
    of_product = or_(
        Certificate.product_id == product.id, Certificate.product_id.is_(None)
    )
    of_site = or_(Certificate.site_id == site_id, Certificate.site_id.is_(None))
    return session.scalars(
        select(Certificate)
        .where(
            Certificate.organisation_id == product.organisation_id,
            of_product,
            of_site,
        )
        .order_by(Certificate.kind, Certificate.issued.desc(), Certificate.id)
    ).all()


def own_ip_right(session: Session, owner: int, public_id: str) -> IpRight:
    """Return a producer's own right. Raises ``IpRightNotFoundError``."""
    found = session.scalar(
        select(IpRight).where(
            IpRight.public_id == public_id, IpRight.organisation_id == owner
        )
    )
    if found is None:
        raise IpRightNotFoundError("There is no such right.")
    return found


def ip_rights_of(session: Session, owner: int) -> Sequence[IpRight]:
    """Return a producer's rights by sign."""
    return session.scalars(
        select(IpRight)
        .where(IpRight.organisation_id == owner)
        .order_by(IpRight.sign_folded, IpRight.id)
    ).all()


def ip_rights_for(session: Session, product: Product) -> Sequence[IpRight]:
    """Return every right declared for a product; ``ip_rights.shown`` decides."""
    return session.scalars(
        select(IpRight)
        .where(IpRight.product_id == product.id)
        .order_by(IpRight.kind, IpRight.id)
    ).all()


def name_exists(session: Session, folded_name: str) -> bool:
    """Return whether any product or sign, whoever's, has this folded name."""
    products = select(Product.id).where(Product.name_folded == folded_name)
    signs = select(IpRight.id).where(IpRight.sign_folded == folded_name)
    return any(
        session.scalar(query.limit(1)) is not None for query in (products, signs)
    )
