"""Files this service gives away are in the log, so that nobody gets one of their own.

Whoever holds a copy compares its SHA-256 with the newest record about its address.
"""

from dataclasses import dataclass

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
        subject = use.identity.url(file.path)
        last = latest_record(session, subject, PUBLISHED_FILE_RECORD)
        if last is not None and _digest_in(last) == file.digest:
            return
        draft = RecordDraft(
            type=PUBLISHED_FILE_RECORD,
            subject=subject,
            claims={"fileSha256": file.digest, "fileVersion": file.version},
            vouched_by=Voucher(
                id=use.identity.did, name=use.identity.host, basis="service"
            ),
        )
        publish_record(session, draft, notary=notary_of(use))


def record_of_file(use: Services, file: PublishedFile) -> str:
    """Return the id of the newest record about a file if it is of these very bytes.

    Empty where that is not logged yet.
    """
    with use.database.reading() as session:
        subject = use.identity.url(file.path)
        last = latest_record(session, subject, PUBLISHED_FILE_RECORD)
        same = last is not None and _digest_in(last) == file.digest
        return last.public_id if last is not None and same else ""


def _digest_in(record: SignedRecord) -> str:
    subject = read_unverified(record.token).payload["credentialSubject"]
    return str(subject["fileSha256"])
