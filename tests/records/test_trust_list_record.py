"""What was served as trust list stands in the log."""

import hashlib
from typing import Any

from flask.testing import FlaskClient

from tests.conftest import FixedClock
from traceability.records.queries import records_about
from traceability.records.trust_list_record import log_trust_list
from traceability.records.vocabulary import undefined_terms
from traceability.signing.envelope import read_unverified, verify_credential
from traceability.signing.keys import KeyRole
from traceability.signing.keystore import KeyStore
from traceability.web.context import Services

SUBJECT = "https://tx.example/.well-known/trust-list.jws"


def payloads(use: Services) -> list[dict[str, Any]]:
    with use.database.reading() as session:
        tokens = [one.token for one in records_about(session, SUBJECT)]
    ring = use.get(KeyStore).ring
    return [
        verify_credential(token, ring.key(read_unverified(token).kid))
        for token in tokens
    ]


def test_each_version_is_logged_once(use: Services, clock: FixedClock) -> None:
    for _ in range(2):
        log_trust_list(use)
    use.get(KeyStore).rotate(KeyRole.SEAL, clock)
    for _ in range(2):
        log_trust_list(use)
    subjects = [payload["credentialSubject"] for payload in payloads(use)]
    assert [subject["trustListVersion"] for subject in subjects] == [1, 2]


def test_the_record_holds_the_digest_of_what_is_served(
    use: Services, client: FlaskClient
) -> None:
    log_trust_list(use)
    served = client.get(SUBJECT).data
    [payload] = payloads(use)
    digest = hashlib.sha256(served).hexdigest()
    assert payload["credentialSubject"]["trustListSha256"] == digest
    assert payload["vouchedBy"]["basis"] == "service"
    assert not undefined_terms(payload)
