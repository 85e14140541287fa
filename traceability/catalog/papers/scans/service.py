"""Attach scans to certificates: each change of them is a new signed version."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from traceability.accounts.service import audit
from traceability.catalog.models import (
    Certificate,
    CertificateFile,
    CertificateFilePart,
)
from traceability.catalog.paper_files import PaperFile
from traceability.catalog.papers.queries import file_of
from traceability.catalog.papers.service import keep_file, publish_certificate
from traceability.core.permissions import Actor
from traceability.core.ports import Clock, Notary


def add_file(
    session: Session,
    certificate: Certificate,
    file: PaperFile,
    *,
    actor: Actor,
    notary: Notary,
) -> CertificateFile:
    """Attach a file; its digest is signed. The caller commits.

    Raises ``FileTakenError`` and ``FileLimitError``.
    """
    session.refresh(certificate, with_for_update=True)
    row = keep_file(session, certificate, file, notary.clock)
    publish_certificate(session, certificate, notary)
    _audit(session, certificate, "certificate-file-added", row.digest, actor, notary)
    return row


def remove_file(
    session: Session,
    certificate: Certificate,
    digest: str,
    *,
    actor: Actor,
    notary: Notary,
) -> None:
    """Take a file away and erase its bytes; the record's next version is without it.

    Raises ``FileNotFoundHereError``. The caller commits.
    """
    session.refresh(certificate, with_for_update=True)
    row = file_of(session, certificate, digest)
    session.execute(
        delete(CertificateFilePart).where(CertificateFilePart.file_id == row.id)
    )
    session.delete(row)
    session.flush()
    publish_certificate(session, certificate, notary)
    _audit(session, certificate, "certificate-file-removed", digest, actor, notary)


def show_file(
    session: Session,
    certificate: Certificate,
    digest: str,
    *,
    is_public: bool,
    actor: Actor,
    clock: Clock,
) -> None:
    """Open a file to everybody, or to those concerned alone. The caller commits.

    Raises ``FileNotFoundHereError``.
    """
    row = file_of(session, certificate, digest)
    row.is_public = is_public
    session.flush()
    action = "certificate-file-opened" if is_public else "certificate-file-closed"
    target = f"certificate:{certificate.public_id}"
    audit(session, actor, action, target, clock, digest=digest)


def _audit(
    session: Session,
    certificate: Certificate,
    action: str,
    digest: str,
    actor: Actor,
    notary: Notary,
) -> None:
    target = f"certificate:{certificate.public_id}"
    audit(session, actor, action, target, notary.clock, digest=digest)
