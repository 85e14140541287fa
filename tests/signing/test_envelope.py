import json
from dataclasses import replace

import jwt
import pytest
from jwcrypto import jwk as other_jwk, jws as other_jws
from tests.signing.make_signing import make_signer, with_jwk

from traceability.core.errors import DomainError
from traceability.signing.envelope import (
    MAX_TOKEN,
    read_unverified,
    sign_credential,
    sign_token,
    verify_credential,
)
from traceability.signing.keys import (
    ED25519_ORDER,
    EDDSA,
    ES256,
    LocalSigner,
    decode_base64url,
    encode_base64url,
)

PAYLOAD = '{"id":"https://tx.example/records/1","lot":"Lô chè số 7"}'.encode()


@pytest.fixture(params=[EDDSA, ES256])
def signer(request: pytest.FixtureRequest) -> LocalSigner:
    return make_signer(request.param)


def test_what_was_signed_verifies(signer: LocalSigner) -> None:
    token = sign_credential(PAYLOAD, signer=signer)
    assert verify_credential(token, signer.public) == json.loads(PAYLOAD)
    assert decode_base64url(token.split(".")[1]) == PAYLOAD
