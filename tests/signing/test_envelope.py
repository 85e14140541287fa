"""Tokens of ours verify everywhere; whatever else is refused with its own code."""

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, strategies as st
from jwcrypto import jwk as other_jwk, jws as other_jws

from tests.signing.make_signing import make_signer
from traceability.signing.envelope import (
    MAX_TOKEN,
    read_unverified,
    sign_credential,
    sign_token,
    verify_credential,
)
from traceability.signing.errors import SignatureRefusedError
from traceability.signing.keys import (
    ED25519_ORDER,
    EDDSA,
    ES256,
    P256_ORDER,
    LocalSigner,
    decode_base64url,
    encode_base64url,
    load_jwk,
)

PAYLOAD = '{"id":"https://tx.example/records/1","lot":"Chè số 7","n":1.50}'.encode()
SIGNER = make_signer()
TOKEN = sign_credential(PAYLOAD, signer=SIGNER)


@pytest.fixture(params=[EDDSA, ES256])
def signer(request: pytest.FixtureRequest) -> LocalSigner:
    return make_signer(request.param)


def forged(
    header: dict[str, Any] | bytes, payload: bytes = PAYLOAD, signer: Any = SIGNER
) -> str:
    """A token with any header at all, truly signed."""
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    signing_input = f"{encode_base64url(raw)}.{encode_base64url(payload)}"
    signature = signer.sign(signing_input.encode())
    return f"{signing_input}.{encode_base64url(signature)}"


def header_of(signer: LocalSigner = SIGNER, **changes: Any) -> dict[str, Any]:
    return {"alg": signer.alg, "kid": signer.kid, "typ": "vc+jwt", **changes}


def with_signature(signature: bytes, token: str = TOKEN) -> str:
    return f"{token.rpartition('.')[0]}.{encode_base64url(signature)}"


def test_what_was_signed_verifies_and_its_bytes_are_kept(signer: LocalSigner) -> None:
    token = sign_credential(PAYLOAD, signer=signer)
    read = verify_credential(token, signer.public)
    assert read["lot"] == "Chè số 7"
    assert str(read["n"]) == "1.50"
    assert decode_base64url(token.split(".")[1]) == PAYLOAD
    assert read_unverified(token).header == header_of(signer)


def test_pyjwt_verifies_our_records(signer: LocalSigner) -> None:
    token = sign_credential(PAYLOAD, signer=signer)
    key = jwt.PyJWK({**signer.public.jwk, "alg": signer.alg})
    assert jwt.decode(token, key, algorithms=[signer.alg])["lot"] == "Chè số 7"


def test_jwcrypto_verifies_our_records(signer: LocalSigner) -> None:
    token = sign_credential(PAYLOAD, signer=signer)
    found = other_jws.JWS()
    found.deserialize(token)
    found.verify(other_jwk.JWK(**signer.public.jwk))
    assert found.payload == PAYLOAD


def test_openssl_verifies_our_ed25519_signature(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    assert openssl, "openssl is needed: it is the tool that people have"
    signing_input, _, signature = TOKEN.rpartition(".")
    pem = load_jwk(SIGNER.public.jwk).public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "signature").write_bytes(decode_base64url(signature))

    def verifies(message: str) -> bool:
        (tmp_path / "message").write_text(message, encoding="ascii")
        command = "pkeyutl -verify -rawin -pubin -inkey key.pem -in message"
        arguments = [openssl, *command.split(), "-sigfile", "signature"]
        return not subprocess.run(  # noqa: S603 (openssl, with our own words)
            arguments, cwd=tmp_path, capture_output=True, check=False
        ).returncode

    assert verifies(signing_input)
    assert not verifies(signing_input + "x")


def test_the_newer_name_of_the_algorithm_is_accepted() -> None:
    token = forged(header_of(alg="Ed25519"))
    assert verify_credential(token, SIGNER.public)["lot"] == "Chè số 7"


HEAD, BODY, TAIL = TOKEN.split(".")
SIGNATURE = decode_base64url(TAIL)
S_PLUS_L = int.from_bytes(SIGNATURE[32:], "little") + ED25519_ORDER
OTHER = make_signer()
ES = make_signer(ES256)

LIES = {
    "empty": ("", "token-malformed"),
    "two parts": (f"{HEAD}.{BODY}", "token-malformed"),
    "four parts": (f"{TOKEN}.AAAA", "token-malformed"),
    "padding": (f"{TOKEN}=", "token-malformed"),
    "newline at the end": (f"{TOKEN}\n", "token-malformed"),
    "stray last bits": (f"{TOKEN[:-1]}{chr(ord(TOKEN[-1]) + 1)}", "token-malformed"),
    "plus and slash": (f"{HEAD}.{BODY}.+/{TAIL[2:]}", "token-malformed"),
    "not ASCII": (f"{HEAD}.{BODY}.é{TAIL[1:]}", "token-malformed"),
    "too long": ("a" * (MAX_TOKEN + 1), "token-too-large"),
    "header no JSON": (forged(b"alg"), "token-malformed"),
    "header a list": (forged(b"[]"), "token-malformed"),
    "header not UTF-8": (forged(b"\xff\xfe"), "token-malformed"),
    "header key twice": (
        forged(b'{"alg":"none","alg":"EdDSA","kid":"k","typ":"vc+jwt"}'),
        "token-malformed",
    ),
    "no kid": (forged({"alg": EDDSA, "typ": "vc+jwt"}), "token-malformed"),
    "kid a number": (forged(header_of(kid=7)), "token-malformed"),
    "payload no JSON": (forged(header_of(), b"lot 7"), "token-malformed"),
    "payload a text": (forged(header_of(), b'"lot 7"'), "token-malformed"),
    "payload key twice": (forged(header_of(), b'{"a":1,"a":2}'), "token-malformed"),
    "payload NaN": (forged(header_of(), b'{"a":NaN}'), "token-malformed"),
    "lone surrogate": (forged(header_of(), b'{"a":"\\ud800"}'), "token-malformed"),
    "100,000 arrays": (
        forged(header_of(), b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        "token-malformed",
    ),
    "5,000 digits": (
        forged(header_of(), b'{"a":' + b"9" * 5000 + b"}"),
        "token-malformed",
    ),
    "bytes after the payload": (forged(header_of(), PAYLOAD + b"x"), "token-malformed"),
    "no typ": (forged({"alg": EDDSA, "kid": SIGNER.kid}), "type-mismatch"),
    "typ JWT": (sign_token(PAYLOAD, "JWT", signer=SIGNER), "type-mismatch"),
    "typ a list": (forged(header_of(typ=["vc+jwt"])), "type-mismatch"),
    "crit": (forged(header_of(crit=["exp"], exp=1)), "critical-header"),
    "b64": (forged(header_of(b64=False)), "critical-header"),
    "alg none": (forged(header_of(alg="none")), "alg-mismatch"),
    "alg HS256": (forged(header_of(alg="HS256")), "alg-mismatch"),
    "alg ES256": (forged(header_of(alg=ES256)), "alg-mismatch"),
    "alg a list": (forged(header_of(alg=[EDDSA])), "alg-mismatch"),
    "another key's kid": (sign_credential(PAYLOAD, signer=OTHER), "key-mismatch"),
    "another key": (forged(header_of(), signer=OTHER), "signature-invalid"),
    "its own key in the header": (
        forged(header_of(jwk=dict(OTHER.public.jwk)), signer=OTHER),
        "signature-invalid",
    ),
    "no signature": (f"{HEAD}.{BODY}.", "signature-length"),
    "63 bytes": (with_signature(SIGNATURE[:-1]), "signature-length"),
    "65 bytes": (with_signature(SIGNATURE + b"\0"), "signature-length"),
    "s + L": (
        with_signature(SIGNATURE[:32] + S_PLUS_L.to_bytes(32, "little")),
        "signature-range",
    ),
    "zeros": (with_signature(bytes(64)), "signature-invalid"),
    "other payload": (
        f"{HEAD}.{encode_base64url(PAYLOAD.replace(b'7', b'8'))}.{TAIL}",
        "signature-invalid",
    ),
}


@pytest.mark.parametrize(("token", "code"), LIES.values(), ids=LIES.keys())
def test_each_lie_has_its_code(token: str, code: str) -> None:
    with pytest.raises(SignatureRefusedError) as refusal:
        verify_credential(token, SIGNER.public)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("r", "s", "code"),
    [
        (0, 1, "signature-range"),
        (1, 0, "signature-range"),
        (1, P256_ORDER, "signature-range"),
        (P256_ORDER, 1, "signature-range"),
        (1, 1, "signature-invalid"),
    ],
)
def test_es256_numbers_out_of_range_are_told_apart(r: int, s: int, code: str) -> None:
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    token = with_signature(signature, sign_credential(PAYLOAD, signer=ES))
    with pytest.raises(SignatureRefusedError) as refusal:
        verify_credential(token, ES.public)
    assert refusal.value.code == code


def test_a_der_signature_is_no_es256_signature() -> None:
    der = bytes.fromhex("3045") + bytes(69)
    with pytest.raises(SignatureRefusedError) as refusal:
        verify_credential(with_signature(der, forged(header_of(ES))), ES.public)
    assert refusal.value.code == "signature-length"


def test_a_malformed_public_key_is_refused_by_name() -> None:
    off_curve = {**ES.public.jwk, "y": encode_base64url(bytes(32))}
    token = sign_credential(PAYLOAD, signer=ES)
    with pytest.raises(SignatureRefusedError) as refusal:
        verify_credential(token, replace(ES.public, jwk=off_curve))
    assert refusal.value.code == "key-malformed"
    assert not replace(ES.public, jwk=off_curve).verify(b"message", bytes([1] * 64))


@given(st.text(max_size=300))
def test_no_text_is_taken_for_a_token(text: str) -> None:
    with pytest.raises(SignatureRefusedError, match="token"):
        read_unverified(text)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_no_bytes_are_taken_for_a_header(header: bytes, body: bytes) -> None:
    with pytest.raises(SignatureRefusedError):
        verify_credential(forged(header, body), SIGNER.public)


@given(st.integers(0, len(TOKEN) - 1), st.integers(0, 7))
def test_no_flipped_bit_goes_unseen(place: int, bit: int) -> None:
    flipped = chr(ord(TOKEN[place]) ^ 1 << bit)
    with pytest.raises(SignatureRefusedError):
        verify_credential(TOKEN[:place] + flipped + TOKEN[place + 1 :], SIGNER.public)


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_verify_answers_no_to_anything_else(message: bytes, signature: bytes) -> None:
    assert not SIGNER.public.verify(message, signature)
    assert not ES.public.verify(message, signature.ljust(64, b"\1")[:64])


@given(st.binary(max_size=200))
def test_both_kinds_of_key_verify_what_they_signed(message: bytes) -> None:
    for one in (SIGNER, ES):
        signature = one.sign(message)
        assert len(signature) == 64
        assert one.public.verify(message, signature)
        assert not one.public.verify(message + b"x", signature)


def test_a_key_verifies_only_with_its_own_algorithm() -> None:
    relabelled = replace(SIGNER.public, alg=ES256)
    assert not relabelled.verify(b"message", SIGNER.sign(b"message"))
    relabelled = replace(ES.public, alg=EDDSA)
    assert not relabelled.verify(b"message", ES.sign(b"message"))
