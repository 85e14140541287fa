"""The well-known documents, as other people's tools fetch them."""

import json
from pathlib import Path
from typing import Any

import jwt
import pytest
from flask.testing import FlaskClient
from jwcrypto import jwk as other_jwk, jws as other_jws
from werkzeug.test import TestResponse

from tests.conftest import FixedClock
from tests.web.make_web import make_app, make_services
from traceability.db.database import Database
from traceability.signing.envelope import sign_credential
from traceability.signing.keys import ES256, KeyRole
from traceability.signing.keystore import KeyStore
from traceability.signing.trust_list import verify_trust_list
from traceability.web.context import Services

ADDRESSES = {
    "/.well-known/jwks.json": "application/jwk-set+json",
    "/.well-known/did.json": "application/did+json",
    "/.well-known/trust-list.json": "application/json",
    "/.well-known/trust-list.jws": "application/jose",
}


@pytest.fixture
def use(tmp_path: Path, sqlite_database: Database, clock: FixedClock) -> Services:
    return make_services(tmp_path / "home", sqlite_database, clock)


@pytest.fixture
def store(use: Services) -> KeyStore:
    return use.get(KeyStore)


@pytest.fixture
def client(use: Services) -> FlaskClient:
    return make_app(use).test_client()


def get(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    return client.get(path, base_url="https://tx.example", headers=headers)


def document(client: FlaskClient, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(get(client, f"/.well-known/{name}").data)
    return found


@pytest.mark.parametrize(("path", "content_type"), ADDRESSES.items())
def test_each_document_is_public_typed_and_cacheable(
    client: FlaskClient, path: str, content_type: str
) -> None:
    answer = get(client, path)
    assert (answer.status_code, answer.content_type) == (200, content_type)
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers
    again = get(client, path, If_None_Match=answer.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")


def test_pyjwt_finds_the_key_by_its_id(client: FlaskClient, store: KeyStore) -> None:
    token = sign_credential(b'{"lot":"7"}', signer=store.signer(KeyRole.RECORD))
    keys = jwt.PyJWKSet.from_dict(document(client, "jwks.json"))
    key = keys[jwt.get_unverified_header(token)["kid"]]
    assert jwt.decode(token, key, algorithms=["EdDSA"]) == {"lot": "7"}


def test_the_jwk_set_holds_no_key_of_another_role(
    client: FlaskClient, store: KeyStore
) -> None:
    keys = document(client, "jwks.json")["keys"]
    asserting = (KeyRole.RECORD, KeyRole.STATUS)
    assert [key["kid"] for key in keys] == [store.signer(one).kid for one in asserting]
    assert set(keys[0]) == {"kty", "crv", "x", "kid", "alg", "use"}


def test_an_old_key_stays_published_but_a_stolen_one_does_not(
    client: FlaskClient, store: KeyStore, clock: FixedClock
) -> None:
    old = store.signer(KeyRole.RECORD).kid
    before = get(client, "/.well-known/jwks.json").headers["ETag"]
    store.rotate(KeyRole.RECORD, clock, alg=ES256)
    answer = get(client, "/.well-known/jwks.json", If_None_Match=before)
    assert answer.status_code == 200
    algs = [key["alg"] for key in json.loads(answer.data)["keys"]]
    assert algs == [ES256, "EdDSA", "EdDSA"]
    store.revoke(old, 0, clock)
    for name, member in (("jwks.json", "keys"), ("did.json", "verificationMethod")):
        assert len(document(client, name)[member]) == 2
        assert old not in json.dumps(document(client, name))


def test_the_did_document_says_who_may_assert(
    client: FlaskClient, store: KeyStore
) -> None:
    found = document(client, "did.json")
    roles = (KeyRole.RECORD, KeyRole.STATUS)
    assert found["assertionMethod"] == [store.signer(role).kid for role in roles]
    assert found["id"] == "did:web:tx.example"
    for method, kid in zip(
        found["verificationMethod"], found["assertionMethod"], strict=True
    ):
        assert (method["id"], method["controller"]) == (kid, found["id"])
        assert method["type"] == "JsonWebKey"
        assert other_jwk.JWK(**method["publicKeyJwk"]).thumbprint() in kid


def test_the_signed_list_verifies_with_the_root_it_names(
    client: FlaskClient, store: KeyStore, clock: FixedClock
) -> None:
    token = get(client, "/.well-known/trust-list.jws").get_data(as_text=True)
    root = store.signer(KeyRole.ROOT).public
    assert verify_trust_list(token, root, now=clock.now()) == store.trust_list
    found = other_jws.JWS()
    found.deserialize(token)
    found.verify(other_jwk.JWK(**root.jwk))
    assert found.payload == get(client, "/.well-known/trust-list.json").data


def test_without_a_trust_list_the_answer_is_503(
    client: FlaskClient, store: KeyStore
) -> None:
    (store.folder / "trust-list.jws").unlink()
    for path in ADDRESSES:
        answer = get(client, path, Accept="application/json")
        assert answer.status_code == 503
        assert json.loads(answer.data)["code"] == "signer-down"
