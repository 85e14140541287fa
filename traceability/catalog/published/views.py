"""Public pages of certificates and rights: what their signed records say today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint
from sqlalchemy.orm import Session
from werkzeug import Response

from traceability.catalog import wording
from traceability.catalog.certificates import Validity
from traceability.catalog.communes import commune
from traceability.catalog.drafts import SiteState
from traceability.catalog.errors import (
    CertificateNotFoundError,
    FileNotFoundHereError,
    IpRightNotFoundError,
)
from traceability.catalog.models import CertificateFile
from traceability.catalog.papers.handing_out.views import handed_out
from traceability.catalog.papers.queries import (
    certificate_by_public_id,
    content_of,
    file_of,
    files_of,
)
from traceability.catalog.published.reading import (
    RightStanding,
    right_of,
    right_page,
    several,
    term_of,
)
from traceability.catalog.queries import product_by_key, site_by_public_id
from traceability.catalog.records import CERTIFICATE, IP_RIGHT
from traceability.gs1.digital_link import DigitalLink
from traceability.records.models import SignedRecord
from traceability.records.queries import records_about, signature_counts
from traceability.signing.envelope import read_unverified
from traceability.signing.keystore import KeyStore
from traceability.web.context import Services, services
from traceability.web.i18n import language
from traceability.web.publishing import cacheable
from traceability.web.rendering import render

blueprint = Blueprint("papers", __name__)
PAGE_AGE = 60  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The newest signed version of a paper, and how it stands with its signature."""

    claims: Mapping[str, Any]
    holder: str  # empty where the name is private
    record: SignedRecord
    versions: Sequence[SignedRecord]
    sound: bool


@dataclass(frozen=True, slots=True)
class NamedProduct:
    """A product a record names by its link."""

    name: str
    path: str


@blueprint.get("/certificates/<public_id>")
def certificate(public_id: str) -> Response:
    """Show what the newest signed record of a certificate says."""
    use = services()
    with use.database.reading() as session:
        signed = _signed(session, f"/certificates/{public_id}", CERTIFICATE, use)
        if signed is None:
            raise CertificateNotFoundError("There is no such certificate.")
        row = certificate_by_public_id(session, public_id)
        files = _files(signed, files_of(session, row))
        products = _products(session, signed)
    validity = term_of(signed.claims).on(use.clock.today())
    answer = render(
        "papers/certificate.html",
        signed=signed,
        kind=wording.CERTIFICATE_KINDS[signed.claims["kind"]],
        validity=validity,
        valid=Validity.VALID,
        validities=wording.VALIDITIES,
        term=term_of(signed.claims),
        products=products,
        communes=[commune(one) for one in several(signed.claims.get("siteCommune"))],
        files=files,
        public_id=public_id,
    )
    return cacheable(answer, max_age=PAGE_AGE)


@blueprint.get("/certificates/<public_id>/files/<digest>")
def certificate_file(public_id: str, digest: str) -> Response:
    """Hand out a file its holder has opened to everybody."""
    with services().database.reading() as session:
        file = file_of(session, certificate_by_public_id(session, public_id), digest)
        if not file.is_public:
            raise FileNotFoundHereError("There is no such file.")
        return handed_out(file, content_of(session, file))


@blueprint.get("/ip-rights/<public_id>")
def ip_right(public_id: str) -> Response:
    """Show what the newest signed record of a right says, as far as buyers may see."""
    use = services()
    with use.database.reading() as session:
        signed = _signed(session, f"/ip-rights/{public_id}", IP_RIGHT, use)
        if signed is None:
            raise IpRightNotFoundError("There is no such right.")
        products = _products(session, signed)
    facts = right_of(signed.claims)
    answer = render(
        "papers/ip_right.html",
        signed=signed,
        facts=facts,
        page=right_page(facts, use.clock.today()),
        standings=RightStanding,
        labels=wording.RIGHT_VALUES,
        kind_name=lambda kind: kind.name.in_language(language()),
        products=products,
    )
    return cacheable(answer, max_age=PAGE_AGE)


@blueprint.get("/sites/<public_id>")
def site(public_id: str) -> Response:
    """Show what is public of a place: of a household's plot, its commune."""
    with services().database.reading() as session:
        found = site_by_public_id(session, public_id)
    answer = render(
        "papers/site.html",
        site=found,
        commune=found.commune,
        kind=wording.SITE_KINDS[found.kind],
        retired=found.state != SiteState.ACTIVE,
    )
    return cacheable(answer, max_age=PAGE_AGE)


def _signed(session: Session, path: str, type_: str, use: Services) -> Signed | None:
    found = records_about(session, use.identity.url(path))
    versions = [one for one in found if one.type == type_]
    if not versions:
        return None
    newest = versions[-1]
    payload = read_unverified(newest.token).payload
    return Signed(
        claims=payload["credentialSubject"],
        holder=payload["vouchedBy"].get("name", ""),
        record=newest,
        versions=versions,
        sound=signature_counts(newest, lambda: use.get(KeyStore).ring),
    )


def _files(
    signed: Signed, rows: Sequence[CertificateFile]
) -> list[tuple[str, CertificateFile | None]]:
    """Return the digests that were signed, each with its file where it is public."""
    public = {row.digest: row for row in rows if row.is_public}
    digests = several(signed.claims.get("fileSha256"))
    return [(digest, public.get(digest)) for digest in digests]


def _products(session: Session, signed: Signed) -> list[NamedProduct]:
    found = []
    for text in several(signed.claims.get("product")):
        link = DigitalLink.parse(text)
        product = product_by_key(session, link.key)
        name = product.name.in_language(language()) if product else str(link.key)
        found.append(NamedProduct(name, f"/p{link.path()}"))
    return found
