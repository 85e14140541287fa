"""A record as tools fetch it, and as people read it."""

import json

import jwt
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import FixedClock
from traceability.records.credential import RecordDraft, Voucher
from traceability.records.models import SignedRecord
from traceability.records.notary import notary_of
from traceability.records.service import publish_record
from traceability.records.vocabulary import undefined_terms
from traceability.signing.errors import SignerDownError
from traceability.signing.keystore import KeyStore
from traceability.web.context import Services

HTML = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"
SUBJECT = "https://tx.example/01/09521234500018/10/L7"


@pytest.fixture
def record(use: Services) -> SignedRecord:
    return publish(use)


def publish(use: Services, basis: str = "declared", name: str = "") -> SignedRecord:
    draft = RecordDraft(
        type="BatchRecord",
        subject=SUBJECT,
        claims={"lotNumber": "L7", "variety": "<script>chè & mật</script>"},
        vouched_by=Voucher(
            id="https://tx.example/organisations/1", name=name, basis=basis
        ),
        private={"producer-name": "a sample household"},
    )
    with use.database.transaction() as session:
        return publish_record(session, draft, notary=notary_of(use))


def get(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    return client.get(path, base_url="https://tx.example", headers=headers)


@pytest.mark.parametrize(
    "accept", ["", "*/*", "application/vc+jwt", "application/json", HTML[10:]]
)
def test_tools_get_the_signed_bytes(
    client: FlaskClient, record: SignedRecord, accept: str
) -> None:
    answer = get(client, f"/records/{record.public_id}", Accept=accept)
    assert answer.content_type == "application/vc+jwt"
    assert answer.get_data(as_text=True) == record.token
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Accept" in answer.headers["Vary"]


def test_pyjwt_verifies_what_is_served_with_the_keys_that_are_served(
    client: FlaskClient, record: SignedRecord
) -> None:
    token = get(client, f"/records/{record.public_id}").get_data(as_text=True)
    jwks = json.loads(get(client, "/.well-known/jwks.json").data)
    key = jwt.PyJWKSet.from_dict(jwks)[jwt.get_unverified_header(token)["kid"]]
    payload = jwt.decode(token, key, algorithms=["EdDSA"])
    assert payload["id"] == f"https://tx.example/records/{record.public_id}"
    assert payload["credentialSubject"]["lotNumber"] == "L7"


def test_people_get_a_page_that_explains_the_record(
    client: FlaskClient, record: SignedRecord
) -> None:
    answer = get(client, f"/records/{record.public_id}?lang=en", Accept=HTML)
    page = answer.get_data(as_text=True)
    assert answer.content_type == "text/html; charset=utf-8"
    assert {"Accept", "Accept-Language"} <= set(answer.vary)
    assert "The signature is valid" in page
    assert "Declared by the producer" in page
    assert f'href="/records/{record.public_id}/proof"' in page
    shown = page.replace("<wbr>", "")
    assert record.kid in shown
    assert record.digest in shown
    assert "&lt;script&gt;chè &amp; mật" in page
    assert "<script" not in page
    assert "a sample household" not in page


def test_the_page_speaks_vietnamese(client: FlaskClient, use: Services) -> None:
    found = publish(use, "entered-by-officer", "Chi cục mẫu")
    path = f"/records/{found.public_id}?lang=vi"
    page = get(client, path, Accept=HTML).get_data(as_text=True)
    assert "Chữ ký hợp lệ" in page
    assert "Cán bộ Chi cục mẫu nhập, hệ thống ký" in page
    assert "The signature" not in page


def test_the_page_says_when_a_signature_no_longer_counts(
    client: FlaskClient, use: Services, record: SignedRecord, clock: FixedClock
) -> None:
    use.get(KeyStore).revoke(record.kid, record.log_index, clock)
    path = f"/records/{record.public_id}?lang=en"
    page = get(client, path, Accept=HTML).get_data(as_text=True)
    assert "The signature is valid" not in page
    assert "The key was revoked, and this was not logged before." in page


@pytest.mark.parametrize("accept", [HTML, "application/vc+jwt"])
def test_an_unknown_record_is_not_found(client: FlaskClient, accept: str) -> None:
    answer = get(client, "/records/nothing", Accept=accept)
    assert answer.status_code == 404


def test_unchanged_pages_and_records_are_not_sent_twice(
    client: FlaskClient, record: SignedRecord
) -> None:
    for accept in (HTML, "application/vc+jwt"):
        path = f"/records/{record.public_id}"
        etag = get(client, path, Accept=accept).headers["ETag"]
        assert get(client, path, Accept=accept, If_None_Match=etag).status_code == 304


def test_the_context_defines_every_word_of_a_record(
    client: FlaskClient, record: SignedRecord
) -> None:
    answer = get(client, "/contexts/v1")
    assert answer.content_type == "application/ld+json"
    context = json.loads(answer.data)["@context"]
    assert context["lotNumber"] == "https://tx.example/contexts/v1#lotNumber"
    assert context["lot"]["@type"] == "@id"
    assert not {"id", "type", "name", "issuer"} & set(context)
    payload = jwt.decode(record.token, options={"verify_signature": False})
    assert not undefined_terms(payload)
    assert undefined_terms({"type": ["VerifiableCredential", "Tale"], "x": [{"y": 1}]})


def test_a_service_whose_keys_are_damaged_reads_but_has_no_notary(
    client: FlaskClient, use: Services, record: SignedRecord
) -> None:
    (use.get(KeyStore).folder / "trust-list.jws").unlink()
    with pytest.raises(SignerDownError):
        notary_of(use)
    assert get(client, f"/records/{record.public_id}").status_code == 200
    page = get(client, f"/records/{record.public_id}?lang=en", Accept=HTML)
    assert "could not be checked here now" in page.get_data(as_text=True)
