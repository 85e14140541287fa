"""Write the catalogue. Every change leaves an audit row in the same transaction."""

from contextlib import suppress
from datetime import date
from typing import NamedTuple

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from traceability.accounts.models import Organisation
from traceability.accounts.service import audit
from traceability.catalog.drafts import (
    CertificateDraft,
    IpRightDraft,
    ProductDraft,
    SiteDraft,
    cleaned,
)
from traceability.catalog.errors import (
    CertificateDatesError,
    CertificateTakenError,
    CertificateWithdrawnError,
    GlnTakenError,
    GtinTakenError,
    InternalCodeTakenError,
    NameTakenError,
    ProductKeyError,
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
from traceability.catalog.names import (
    ConfusableError,
    DisguisedNameError,
    folded,
    refuse_disguise,
    skeleton,
)
from traceability.catalog.photos import WebPhoto
from traceability.catalog.queries import name_exists
from traceability.catalog.records import (
    CERTIFICATE,
    IP_RIGHT,
    CertificateRecord,
    ip_right_claims,
    product_link,
)
from traceability.catalog.vouching import voucher_of
from traceability.core.canonical import Json
from traceability.core.errors import DomainError
from traceability.core.ids import new_id
from traceability.core.permissions import Actor
from traceability.core.ports import Clock, Notary
from traceability.db.translating import translating
from traceability.gs1.keys import Gtin, InternalCode
from traceability.records.credential import RecordDraft
from traceability.records.models import SignedRecord
from traceability.records.service import publish_record


def refuse_look_alike(session: Session, name: str, *, field: str) -> None:
    """Refuse a name written to be taken for another.

    Raises ``ConfusableError`` where it reads like an existing product or sign, else
    ``DisguisedNameError``. Disguised names are never stored, so nothing races here.
    """
    try:
        refuse_disguise(name, field=field)
    except DisguisedNameError:
        if name_exists(session, skeleton(name)):
            raise ConfusableError(
                "This name looks like one that exists but uses other letters.",
                field=field,
            ) from None
        raise


def register_site(
    session: Session, draft: SiteDraft, *, owner: int, actor: Actor, clock: Clock
) -> Site:
    """Store a producer's place. Raises ``GlnTakenError``. The caller commits."""
    site = Site(public_id=new_id(), organisation_id=owner, created_at=clock.now())
    return _saved_site(session, site, draft, actor=actor, clock=clock)


def update_site(
    session: Session, site: Site, draft: SiteDraft, *, actor: Actor, clock: Clock
) -> Site:
    """Change a place. Raises ``GlnTakenError``. The caller commits."""
    return _saved_site(session, site, draft, actor=actor, clock=clock)


def _saved_site(
    session: Session, site: Site, draft: SiteDraft, *, actor: Actor, clock: Clock
) -> Site:
    site.kind = draft.kind.value
    site.name = draft.name
    site.gln_digits = str(draft.gln) if draft.gln else None
    site.commune_code = draft.commune_code
    site.old_address = draft.old_address
    site.area_code = draft.area_code
    site.is_public = draft.is_public
    new = site.id is None
    session.add(site)
    taken = GlnTakenError("A place with this GLN exists already.", field="gln")
    with translating({"uq_site_gln_digits": taken}):
        session.flush()
    action = "site-registered" if new else "site-changed"
    audit(session, actor, action, f"site:{site.public_id}", clock)
    return site


def register_product(
    session: Session, draft: ProductDraft, *, owner: int, actor: Actor, clock: Clock
) -> Product:
    """Store a producer's product. The caller commits.

    Raises ``NameTakenError``, ``GtinTakenError``, ``InternalCodeTakenError`` and
    ``ConfusableError``.
    """
    product = Product(public_id=new_id(), organisation_id=owner, created_at=clock.now())
    is_gtin = isinstance(draft.key, Gtin)
    product.gtin = str(draft.key) if is_gtin else None
    product.internal_code = None if is_gtin else str(draft.key)
    _save_product(session, product, draft)
    audit(session, actor, "product-registered", f"product:{product.public_id}", clock)
    return product


def update_product(
    session: Session,
    product: Product,
    draft: ProductDraft,
    *,
    actor: Actor,
    clock: Clock,
) -> Product:
    """Change what a product's page says, never its GTIN or code.

    Raises ``ProductKeyError``, ``NameTakenError`` and ``ConfusableError``. The caller
    commits.
    """
    if draft.key != product.key:
        raise ProductKeyError(
            "The GTIN or code stays as it is: labels carry it.",
            field="gtin" if product.gtin else "internal_code",
        )
    _save_product(session, product, draft)
    audit(session, actor, "product-changed", f"product:{product.public_id}", clock)
    return product


def _save_product(session: Session, product: Product, draft: ProductDraft) -> None:
    refuse_look_alike(session, draft.name_vi, field="name_vi")
    refuse_look_alike(session, draft.name_en, field="name_en")
    for name in _PRODUCT_VALUES:
        setattr(product, name, getattr(draft, name))
    product.name_folded = folded(draft.name_vi)
    product.net_amount = draft.net.amount if draft.net else None
    product.net_unit = draft.net.unit if draft.net else None
    product.state = draft.state.value
    session.add(product)
    with translating(_product_conflicts(draft.key)):
        session.flush()


_PRODUCT_VALUES = (
    *("name_vi", "name_en", "ocop_set", "pack_text", "story_vi", "story_en"),
    *("ingredients", "storage", "shelf_life_days", "is_intermediate"),
)


def _product_conflicts(key: Gtin | InternalCode) -> dict[str, DomainError]:
    return {
        "uq_product_organisation_id_name_folded": NameTakenError(
            "You already have a product of this name.", field="name_vi"
        ),
        "uq_product_gtin": GtinTakenError(
            "A product with GTIN %(gtin)s is registered already.",
            field="gtin",
            gtin=str(key),
        ),
        "uq_product_internal_code": InternalCodeTakenError(
            "A product with the code %(internal_code)s is registered already.",
            field="internal_code",
            internal_code=str(key),
        ),
    }


def set_photo(
    session: Session, product: Product, photo: WebPhoto, *, actor: Actor, clock: Clock
) -> None:
    """Show this photo on the product's page. The caller commits."""
    _keep_photo(session, photo)
    product.photo_digest = photo.digest
    session.flush()
    target = f"product:{product.public_id}"
    audit(session, actor, "product-photo-set", target, clock, digest=photo.digest)


def _keep_photo(session: Session, photo: WebPhoto) -> None:
    """Store a photo once, though two people may send the same one at once."""
    if session.get(ProductPhoto, photo.digest) is not None:
        return
    row = ProductPhoto(
        digest=photo.digest, webp=photo.webp, width=photo.width, height=photo.height
    )
    with suppress(IntegrityError), session.begin_nested():
        session.add(row)


def register_certificate(
    session: Session,
    draft: CertificateDraft,
    *,
    owner: int,
    actor: Actor,
    notary: Notary,
) -> Certificate:
    """Store a producer's certificate, sign it as declared and log it.

    Raises ``CertificateTakenError``, and ``ProductNotFoundError`` or
    ``SiteNotFoundError`` for what belongs to another producer. The caller commits.
    """
    if draft.product_id is not None:
        _own_product(session, draft.product_id, owner)
    if draft.site_id is not None:
        _own_site(session, draft.site_id, owner)
    certificate = Certificate(
        public_id=new_id(),
        organisation_id=owner,
        kind=draft.kind.value,
        number=draft.number,
        body=draft.body,
        product_id=draft.product_id,
        site_id=draft.site_id,
        issued=draft.issued,
        expires=draft.expires,
        withdrawal_reason="",
    )
    session.add(certificate)
    taken = CertificateTakenError(
        "This certificate is registered already.", field="number"
    )
    with translating({"uq_certificate_organisation_id_kind_number": taken}):
        session.flush()
    _publish_certificate(session, certificate, notary)
    target = f"certificate:{certificate.public_id}"
    audit(session, actor, "certificate-registered", target, notary.clock)
    return certificate


def withdraw_certificate(
    session: Session,
    certificate: Certificate,
    *,
    on: date,
    reason: str,
    actor: Actor,
    notary: Notary,
) -> SignedRecord:
    """Say from which day a certificate counts no more: a new signed version.

    Raises ``CertificateWithdrawnError`` and ``CertificateDatesError``. The caller
    commits.
    """
    session.refresh(certificate, with_for_update=True)
    if certificate.withdrawn_on is not None:
        raise CertificateWithdrawnError("This certificate was withdrawn before.")
    if on < certificate.issued or on > notary.clock.today():
        raise CertificateDatesError(
            "The day lies between the issue of the certificate and today.", field="on"
        )
    certificate.withdrawn_on = on
    certificate.withdrawal_reason = cleaned(reason, "reason", required=True)
    session.flush()
    record = _publish_certificate(session, certificate, notary)
    target = f"certificate:{certificate.public_id}"
    audit(session, actor, "certificate-withdrawn", target, notary.clock)
    return record


def _publish_certificate(
    session: Session, certificate: Certificate, notary: Notary
) -> SignedRecord:
    product = certificate.product_id and session.get(Product, certificate.product_id)
    site = certificate.site_id and session.get(Site, certificate.site_id)
    record = CertificateRecord(
        kind=certificate.kind,
        number=certificate.number,
        body=certificate.body,
        issued=certificate.issued,
        expires=certificate.expires,
        product_link=product_link(product.key, notary.identity) if product else None,
        commune_code=site.commune_code if site else None,
        withdrawn_on=certificate.withdrawn_on,
        withdrawal_reason=certificate.withdrawal_reason,
    )
    fact = _Fact(CERTIFICATE, f"/certificates/{certificate.public_id}", record.claims())
    return _declare(session, fact, owner=certificate.organisation_id, notary=notary)


class _Fact(NamedTuple):
    type: str
    path: str
    claims: dict[str, Json]


def _declare(
    session: Session, fact: _Fact, *, owner: int, notary: Notary
) -> SignedRecord:
    """Sign a fact as what its producer declares."""
    party = session.get_one(Organisation, owner)
    draft = RecordDraft(
        type=fact.type,
        subject=notary.identity.url(fact.path),
        claims=fact.claims,
        vouched_by=voucher_of(party, basis="declared", identity=notary.identity),
    )
    return publish_record(session, draft, notary=notary)


def _own_product(session: Session, product_id: int, owner: int) -> Product:
    product = session.get(Product, product_id)
    if product is None or product.organisation_id != owner:
        raise ProductNotFoundError("There is no such product.", field="product")
    return product


def _own_site(session: Session, site_id: int, owner: int) -> Site:
    site = session.get(Site, site_id)
    if site is None or site.organisation_id != owner:
        raise SiteNotFoundError("There is no such place.", field="site")
    return site


def register_ip_right(
    session: Session, draft: IpRightDraft, *, owner: int, actor: Actor, notary: Notary
) -> IpRight:
    """Store a producer's right, sign it as declared and log it. The caller commits.

    Raises ``ConfusableError`` for a sign that only looks like an existing one.
    """
    right = IpRight(public_id=new_id(), organisation_id=owner)
    _save_ip_right(session, right, draft, notary)
    target = f"ip-right:{right.public_id}"
    audit(session, actor, "ip-right-registered", target, notary.clock)
    return right


def correct_ip_right(
    session: Session,
    right: IpRight,
    draft: IpRightDraft,
    *,
    actor: Actor,
    notary: Notary,
) -> IpRight:
    """Put a right's facts straight: a new signed version. The caller commits."""
    session.refresh(right, with_for_update=True)
    _save_ip_right(session, right, draft, notary)
    target = f"ip-right:{right.public_id}"
    audit(session, actor, "ip-right-corrected", target, notary.clock)
    return right


def _save_ip_right(
    session: Session, right: IpRight, draft: IpRightDraft, notary: Notary
) -> None:
    owner = right.organisation_id
    product = _own_product(session, draft.product_id, owner)
    refuse_look_alike(session, draft.sign, field="sign")
    for name in _IP_TEXTS:
        setattr(right, name, getattr(draft, name))
    right.state = draft.state.value
    right.sign_folded = folded(draft.sign)
    right.product_id = product.id
    right.right_to_use_date = draft.right_to_use_date
    right.valid_to = draft.valid_to
    session.add(right)
    session.flush()
    claims = ip_right_claims(right.facts, product_link(product.key, notary.identity))
    fact = _Fact(IP_RIGHT, f"/ip-rights/{right.public_id}", claims)
    _declare(session, fact, owner=owner, notary=notary)


_IP_TEXTS = (
    *("kind", "sign", "register_no", "owner", "managing_body"),
    *("decision", "goods", "right_to_use"),
)
