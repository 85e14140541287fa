"""Published vectors: RFC 8037, 7515 and 7638."""

import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.signing.make_signing import make_public
from traceability.signing.keys import (
    LocalSigner,
    decode_base64url,
    encode_base64url,
    jwk_of,
    thumbprint,
)

PATH = Path(__file__).parents[1] / "vectors" / "jose.json"
VECTORS: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))


def parts(token: str) -> tuple[bytes, bytes]:
    signing_input, _, signature = token.rpartition(".")
    return signing_input.encode(), decode_base64url(signature)


def test_our_signer_makes_the_signature_of_rfc_8037() -> None:
    vector = VECTORS["ed25519"]
    seed = decode_base64url(vector["private"]["d"])
    private = Ed25519PrivateKey.from_private_bytes(seed)
    signer = LocalSigner(make_public(jwk_of(private)), private)
    signing_input, signature = parts(vector["jws"])
    assert jwk_of(private)["x"] == vector["private"]["x"]
    assert signer.sign(signing_input) == signature
    assert signer.public.verify(signing_input, signature)
    assert thumbprint(jwk_of(private)) == vector["thumbprint"]


def test_the_es256_signature_of_rfc_7515_verifies() -> None:
    vector = VECTORS["es256"]
    signing_input, signature = parts(vector["jws"])
    key = make_public(vector["public"])
    assert key.verify(signing_input, signature)
    assert not key.verify(signing_input + b"x", signature)


def test_the_thumbprint_of_rfc_7638() -> None:
    vector = VECTORS["rsa"]
    assert thumbprint(vector["public"]) == vector["thumbprint"]


def test_base64url_of_rfc_7515_appendix_c() -> None:
    octets = bytes([3, 236, 255, 224, 193])
    assert encode_base64url(octets) == "A-z_4ME"
    assert decode_base64url("A-z_4ME") == octets
