"""Each version of the trust list is a record too, so that the log holds it.

Nobody can be shown a list of their own: what is served must be what was logged.
"""

import hashlib

from traceability.records.credential import RecordDraft, Voucher
from traceability.records.models import SignedRecord
from traceability.records.notary import notary_of
from traceability.records.queries import latest_record
from traceability.records.service import publish_record
from traceability.signing.envelope import read_unverified
from traceability.signing.keystore import KeyStore
from traceability.web.context import Services

TRUST_LIST_RECORD = "TrustListRecord"
_PATH = "/.well-known/trust-list.jws"


def log_trust_list(use: Services) -> None:
    """Sign and log the trust list that is served, unless that was done before.

    Run at start and after each change of keys. Raises ``SignerDownError`` and what
    the log refuses with.
    """
    token = use.get(KeyStore).trust_list_jws
    digest = hashlib.sha256(token.encode("ascii")).hexdigest()
    subject = use.identity.url(_PATH)
    with use.database.transaction() as session:
        last = latest_record(session, subject, TRUST_LIST_RECORD)
        if last is not None and _digest_in(last) == digest:
            return
        draft = RecordDraft(
            type=TRUST_LIST_RECORD,
            subject=subject,
            claims={
                "trustListVersion": use.get(KeyStore).trust_list.version,
                "trustListSha256": digest,
            },
            vouched_by=Voucher(
                id=use.identity.did, name=use.identity.host, basis="service"
            ),
        )
        publish_record(session, draft, notary=notary_of(use))


def _digest_in(record: SignedRecord) -> str:
    subject = read_unverified(record.token).payload["credentialSubject"]
    return str(subject["trustListSha256"])
