"""Files this service gives away are in the log, so that nobody gets one of their own.

Whoever holds a copy compares its SHA-256 with the newest record about its address.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from traceability.core.identity import Identity
from traceability.records.credential import RecordDraft, Voucher
from traceability.records.models import SignedRecord
from traceability.records.notary import notary_of
from traceability.records.queries import latest_record
from traceability.records.service import publish_record
from traceability.signing.envelope import read_unverified
from traceability.web.context import Services

PUBLISHED_FILE_RECORD = "PublishedFileRecord"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFile:
    """A file as it is given away: where, its SHA-256 (lower-case hex), its version."""

    path: str
    digest: str
    version: str


def log_published_file(use: Services, file: PublishedFile) -> None:
    """Sign and log what a file is now, unless the newest record says just that.

    Run at start. Raises ``SignerDownError`` and what the log refuses with.
    """
    with use.database.transaction() as session:
        if record_of_file(session, use.identity, file) is not None:
            return
        draft = RecordDraft(
            type=PUBLISHED_FILE_RECORD,
            subject=use.identity.url(file.path),
            claims={"fileSha256": file.digest, "fileVersion": file.version},
            vouched_by=Voucher(
                id=use.identity.did, name=use.identity.host, basis="service"
            ),
        )
        publish_record(session, draft, notary=notary_of(use))


def record_of_file(
    session: Session, identity: Identity, file: PublishedFile
) -> SignedRecord | None:
    """Return the newest record about a file's address, if it is of these very bytes."""
    last = latest_record(session, identity.url(file.path), PUBLISHED_FILE_RECORD)
    if last is None or _digest_in(last) != file.digest:
        return None
    return last


def _digest_in(record: SignedRecord) -> str:
    subject = read_unverified(record.token).payload["credentialSubject"]
    return str(subject["fileSha256"])
