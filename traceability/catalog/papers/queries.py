"""Read certificates, what they are for and their files; and what will end."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from traceability.accounts.models import Organisation
from traceability.catalog.errors import CertificateNotFoundError, FileNotFoundHereError
from traceability.catalog.expiry import Ending
from traceability.catalog.models import (
    Certificate,
    CertificateFile,
    CertificateFilePart,
    CertificateProduct,
    CertificateSite,
    IpRight,
    Product,
    Site,
)


@dataclass(frozen=True, slots=True)
class CertificateScope:
    """What a certificate is for; nothing named means all of the producer's."""

    products: Sequence[Product]
    sites: Sequence[Site]


def scope_of(session: Session, certificate: Certificate) -> CertificateScope:
    """Return the products and sites a certificate names, by name."""
    return scopes_of(session, [certificate.id])[certificate.id]


def scopes_of(
    session: Session, certificate_ids: Collection[int]
) -> Mapping[int, CertificateScope]:
    """Return the scope of each of some certificates."""
    products: dict[int, list[Product]] = {one: [] for one in certificate_ids}
    sites: dict[int, list[Site]] = {one: [] for one in certificate_ids}
    for certificate_id, product in session.execute(
        select(CertificateProduct.certificate_id, Product)
        .join(Product, Product.id == CertificateProduct.product_id)
        .where(CertificateProduct.certificate_id.in_(certificate_ids))
        .order_by(Product.name_folded, Product.id)
    ):
        products[certificate_id].append(product)
    for certificate_id, site in session.execute(
        select(CertificateSite.certificate_id, Site)
        .join(Site, Site.id == CertificateSite.site_id)
        .where(CertificateSite.certificate_id.in_(certificate_ids))
        .order_by(Site.name, Site.id)
    ):
        sites[certificate_id].append(site)
    return {one: CertificateScope(products[one], sites[one]) for one in certificate_ids}


def certificate_by_public_id(session: Session, public_id: str) -> Certificate:
    """Return a certificate, whoever's. Raises ``CertificateNotFoundError``."""
    found = session.scalar(
        select(Certificate).where(Certificate.public_id == public_id)
    )
    if found is None:
        raise CertificateNotFoundError("There is no such certificate.")
    return found


def files_of(session: Session, certificate: Certificate) -> Sequence[CertificateFile]:
    """Return a certificate's files in the order they came."""
    return session.scalars(
        select(CertificateFile)
        .where(CertificateFile.certificate_id == certificate.id)
        .order_by(CertificateFile.id)
    ).all()


def file_of(session: Session, certificate: Certificate, digest: str) -> CertificateFile:
    """Return one file of a certificate. Raises ``FileNotFoundHereError``."""
    found = session.scalar(
        select(CertificateFile).where(
            CertificateFile.certificate_id == certificate.id,
            CertificateFile.digest == digest,
        )
    )
    if found is None:
        raise FileNotFoundHereError("There is no such file.")
    return found


def content_of(session: Session, file: CertificateFile) -> bytes:
    """Return a file's bytes."""
    parts = session.scalars(
        select(CertificateFilePart.content)
        .where(CertificateFilePart.file_id == file.id)
        .order_by(CertificateFilePart.number)
    )
    return b"".join(parts)


def papers_ending(session: Session, owner: int | None) -> Iterator[Ending]:
    """Return the certificates and rights that have a last day, of one producer or all.

    What was withdrawn ends no more. A certificate that a newer one of the same kind
    and scope has followed is left out.
    """
    rows = (
        select(Certificate, Organisation)
        .join(Organisation, Organisation.id == Certificate.organisation_id)
        .where(
            Certificate.expires.is_not(None),
            Certificate.withdrawn_on.is_(None),
            _whose(owner),
        )
        .order_by(Certificate.id)
    )
    found = [(one, party) for one, party in session.execute(rows)]
    scopes = scopes_of(session, [one.id for one, _ in found])
    newest: dict[object, Certificate] = {}
    for one, _ in found:
        key = _followed_by(one, scopes[one.id])
        known = newest.get(key)
        if known is None or _last_day(known) < _last_day(one):
            newest[key] = one
    for one, party in found:
        scope = scopes[one.id]
        if newest[_followed_by(one, scope)] is one:
            yield _certificate_ending(one, scope, party)
    yield from _rights_ending(session, owner)


def _last_day(one: Certificate) -> tuple[str, int]:
    return str(one.expires), one.id


def _followed_by(one: Certificate, scope: CertificateScope) -> object:
    products = tuple(product.id for product in scope.products)
    sites = tuple(site.id for site in scope.sites)
    return one.organisation_id, one.kind, products, sites


def _certificate_ending(
    one: Certificate, scope: CertificateScope, party: Organisation
) -> Ending:
    if one.expires is None:
        raise AssertionError(one)
    return Ending(
        kind="certificate",
        public_id=one.public_id,
        name=one.number,
        detail=one.kind,
        product=", ".join(product.name_vi for product in scope.products),
        owner_id=party.id,
        owner=party.name_vi,
        begins=one.issued,
        ends=one.expires,
    )


def _rights_ending(session: Session, owner: int | None) -> Iterator[Ending]:
    rows = (
        select(IpRight, Organisation, Product)
        .join(Organisation, Organisation.id == IpRight.organisation_id)
        .join(Product, Product.id == IpRight.product_id)
        .where(
            IpRight.valid_to.is_not(None),
            IpRight.withdrawn_on.is_(None),
            _whose(owner),
        )
        .order_by(IpRight.id)
    )
    for right, party, product in session.execute(rows):
        if right.valid_to is None:
            raise AssertionError(right)
        yield Ending(
            kind="ip-right",
            public_id=right.public_id,
            name=right.sign,
            detail=right.kind,
            product=product.name_vi,
            owner_id=party.id,
            owner=party.name_vi,
            begins=None,
            ends=right.valid_to,
        )


def _whose(owner: int | None) -> ColumnElement[bool]:
    return true() if owner is None else Organisation.id == owner
