"""Write certificates and rights: every change is a new signed version, logged."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from traceability.accounts.models import Organisation
from traceability.accounts.service import audit
from traceability.catalog.drafts import CertificateDraft, IpRightDraft, cleaned
from traceability.catalog.errors import (
    CertificateDatesError,
    CertificateTakenError,
    CertificateWithdrawnError,
    FileLimitError,
    FileTakenError,
    IpRightDatesError,
    IpRightWithdrawnError,
    ProductNotFoundError,
    SiteNotFoundError,
)
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
from traceability.catalog.names import folded
from traceability.catalog.paper_files import MAX_FILES, PaperFile
from traceability.catalog.papers.queries import files_of, scope_of
from traceability.catalog.records import (
    CERTIFICATE,
    IP_RIGHT,
    CertificateRecord,
    ip_right_claims,
    product_link,
)
from traceability.catalog.service import refuse_look_alike
from traceability.catalog.vouching import voucher_of
from traceability.core.canonical import Json
from traceability.core.ids import new_id
from traceability.core.permissions import Actor
from traceability.core.ports import Clock, Notary
from traceability.db.translating import translating
from traceability.records.credential import RecordDraft
from traceability.records.models import SignedRecord
from traceability.records.service import publish_record


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """From which day a paper counts no more, and why."""

    on: date
    reason: str


def register_certificate(
    session: Session,
    draft: CertificateDraft,
    files: tuple[PaperFile, ...] = (),
    *,
    owner: int,
    actor: Actor,
    notary: Notary,
) -> Certificate:
    """Store a producer's certificate with its files, sign it as declared and log it.

    Raises ``CertificateTakenError``, and ``ProductNotFoundError`` or
    ``SiteNotFoundError`` for what belongs to another producer. The caller commits.
    """
    _refuse_foreign(session, draft, owner)
    certificate = Certificate(
        public_id=new_id(),
        organisation_id=owner,
        kind=draft.kind.value,
        number=draft.number,
        body=draft.body,
        scope=draft.scope,
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
    _bind(session, certificate, draft)
    for file in files:
        keep_file(session, certificate, file, notary.clock)
    publish_certificate(session, certificate, notary)
    target = f"certificate:{certificate.public_id}"
    audit(session, actor, "certificate-registered", target, notary.clock)
    return certificate


def _bind(session: Session, certificate: Certificate, draft: CertificateDraft) -> None:
    """Tie a certificate to what it is for."""
    for product_id in dict.fromkeys(draft.product_ids):
        session.add(
            CertificateProduct(certificate_id=certificate.id, product_id=product_id)
        )
    for site_id in dict.fromkeys(draft.site_ids):
        session.add(CertificateSite(certificate_id=certificate.id, site_id=site_id))
    session.flush()


def _refuse_foreign(session: Session, draft: CertificateDraft, owner: int) -> None:
    """Let nobody tie a certificate to what is somebody else's."""
    for product_id in draft.product_ids:
        _own_product(session, product_id, owner)
    for site_id in draft.site_ids:
        _own_site(session, site_id, owner)


def keep_file(
    session: Session, certificate: Certificate, file: PaperFile, clock: Clock
) -> CertificateFile:
    """Store a file's bytes; its digest goes into the next record.

    Raises ``FileTakenError`` and ``FileLimitError``.
    """
    if len(files_of(session, certificate)) >= MAX_FILES:
        raise FileLimitError(
            "A certificate has at most %(most)s files.", field="file", most=MAX_FILES
        )
    row = CertificateFile(
        certificate_id=certificate.id,
        digest=file.digest,
        media_type=file.media_type,
        name=file.name,
        size=len(file.content),
        is_public=False,
        added_at=clock.now(),
    )
    session.add(row)
    taken = FileTakenError("This file is attached already.", field="file")
    with translating({"uq_certificate_file_certificate_id_digest": taken}):
        session.flush()
    session.add_all(
        CertificateFilePart(file_id=row.id, number=number, content=part)
        for number, part in enumerate(file.parts)
    )
    session.flush()
    return row


def withdraw_certificate(
    session: Session,
    certificate: Certificate,
    withdrawal: Withdrawal,
    *,
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
    if not certificate.issued <= withdrawal.on <= notary.clock.today():
        raise CertificateDatesError(
            "The day lies between the issue of the certificate and today.", field="on"
        )
    certificate.withdrawn_on = withdrawal.on
    certificate.withdrawal_reason = cleaned(withdrawal.reason, "reason", required=True)
    session.flush()
    record = publish_certificate(session, certificate, notary)
    target = f"certificate:{certificate.public_id}"
    audit(session, actor, "certificate-withdrawn", target, notary.clock)
    return record


def publish_certificate(
    session: Session, certificate: Certificate, notary: Notary
) -> SignedRecord:
    """Sign and log the next version of what a certificate says."""
    scope = scope_of(session, certificate)
    links = (product_link(one.key, notary.identity) for one in scope.products)
    communes = dict.fromkeys(site.commune_code for site in scope.sites)
    record = CertificateRecord(
        kind=certificate.kind,
        number=certificate.number,
        body=certificate.body,
        issued=certificate.issued,
        expires=certificate.expires,
        product_links=tuple(links),
        commune_codes=tuple(communes),
        scope=certificate.scope,
        file_digests=tuple(one.digest for one in files_of(session, certificate)),
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
    right = IpRight(public_id=new_id(), organisation_id=owner, withdrawal_reason="")
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
    """Put a right's facts straight: a new signed version. The caller commits.

    Raises ``IpRightWithdrawnError``: what was withdrawn stays as it was.
    """
    session.refresh(right, with_for_update=True)
    _refuse_withdrawn(right)
    _save_ip_right(session, right, draft, notary)
    target = f"ip-right:{right.public_id}"
    audit(session, actor, "ip-right-corrected", target, notary.clock)
    return right


def withdraw_ip_right(
    session: Session,
    right: IpRight,
    withdrawal: Withdrawal,
    *,
    actor: Actor,
    notary: Notary,
) -> IpRight:
    """Say from which day a right is held no more: a new signed version.

    Raises ``IpRightWithdrawnError`` and ``IpRightDatesError``. The caller commits.
    """
    session.refresh(right, with_for_update=True)
    _refuse_withdrawn(right)
    if withdrawal.on > notary.clock.today():
        raise IpRightDatesError("The day lies in the future.", field="on")
    right.withdrawn_on = withdrawal.on
    right.withdrawal_reason = cleaned(withdrawal.reason, "reason", required=True)
    session.flush()
    product = session.get_one(Product, right.product_id)
    _publish_ip_right(session, right, product, notary)
    target = f"ip-right:{right.public_id}"
    audit(session, actor, "ip-right-withdrawn", target, notary.clock)
    return right


def _refuse_withdrawn(right: IpRight) -> None:
    if right.withdrawn_on is not None:
        raise IpRightWithdrawnError("This right was withdrawn before.")


def _save_ip_right(
    session: Session, right: IpRight, draft: IpRightDraft, notary: Notary
) -> None:
    product = _own_product(session, draft.product_id, right.organisation_id)
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
    _publish_ip_right(session, right, product, notary)


def _publish_ip_right(
    session: Session, right: IpRight, product: Product, notary: Notary
) -> None:
    claims = ip_right_claims(right.facts, product_link(product.key, notary.identity))
    fact = _Fact(IP_RIGHT, f"/ip-rights/{right.public_id}", claims)
    _declare(session, fact, owner=right.organisation_id, notary=notary)


_IP_TEXTS = (
    *("kind", "sign", "register_no", "owner", "managing_body"),
    *("decision", "goods", "right_to_use"),
)
