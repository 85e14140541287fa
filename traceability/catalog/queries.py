"""Read the catalogue; what takes an owner answers for that producer only."""

from collections.abc import Sequence

from sqlalchemy import exists, or_, select
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
    CertificateProduct,
    CertificateSite,
    IpRight,
    ProducerDetails,
    Product,
    ProductPhoto,
    Site,
)
from traceability.db.window import Window
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


def site_by_public_id(session: Session, public_id: str) -> Site:
    """Return a site of anybody's. Raises ``SiteNotFoundError``."""
    found = session.scalar(select(Site).where(Site.public_id == public_id))
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
    products = select(CertificateProduct.product_id).where(
        CertificateProduct.certificate_id == Certificate.id
    )
    sites = select(CertificateSite.site_id).where(
        CertificateSite.certificate_id == Certificate.id
    )
    of_product = products.where(CertificateProduct.product_id == product.id)
    of_site = sites.where(CertificateSite.site_id == site_id)
    return session.scalars(
        select(Certificate)
        .where(
            Certificate.organisation_id == product.organisation_id,
            or_(~exists(products), exists(of_product)),
            or_(~exists(sites), exists(of_site)),
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
    """Return whether any product, brand or sign, whoever's, has this folded name."""
    names = (Product.name_folded, Product.brand_folded, IpRight.sign_folded)
    return any(
        session.scalar(select(column).where(column == folded_name).limit(1)) is not None
        for column in names
    )


def producer_details(session: Session, owner: int) -> ProducerDetails | None:
    """Return what a producer's labels say of it, where it entered anything."""
    return session.get(ProducerDetails, owner)


def active_sites_of(session: Session, owner: int) -> Sequence[Site]:
    """Return the sites new lots may be made at, by name."""
    return [one for one in sites_of(session, owner) if one.state == "active"]


def sites_in(session: Session, owner: int, window: Window) -> Sequence[Site]:
    """Return a page of a producer's sites, the newest first."""
    query = select(Site).where(Site.organisation_id == owner)
    return session.scalars(window.cut(query, Site.id)).all()


def products_in(
    session: Session, owner: int | None, window: Window
) -> Sequence[Product]:
    """Return a page of a producer's products, or of everybody's, the newest first."""
    query = select(Product)
    if owner is not None:
        query = query.where(Product.organisation_id == owner)
    return session.scalars(window.cut(query, Product.id)).all()


def certificates_in(
    session: Session, owner: int | None, window: Window
) -> Sequence[Certificate]:
    """Return a page of a producer's certificates, or of everybody's."""
    query = select(Certificate)
    if owner is not None:
        query = query.where(Certificate.organisation_id == owner)
    return session.scalars(window.cut(query, Certificate.id)).all()


def ip_rights_in(
    session: Session, owner: int | None, window: Window
) -> Sequence[IpRight]:
    """Return a page of a producer's rights, or of everybody's, the newest first."""
    query = select(IpRight)
    if owner is not None:
        query = query.where(IpRight.organisation_id == owner)
    return session.scalars(window.cut(query, IpRight.id)).all()


def ip_right_by_public_id(session: Session, public_id: str) -> IpRight:
    """Return a right, whoever's. Raises ``IpRightNotFoundError``."""
    found = session.scalar(select(IpRight).where(IpRight.public_id == public_id))
    if found is None:
        raise IpRightNotFoundError("There is no such right.")
    return found
