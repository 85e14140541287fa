"""Sign bytes as a compact JWS and read one back, strictly (RFC 7515, VC-JOSE-COSE)."""

import json
import warnings
from dataclasses import dataclass, field
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, OKPKey

from traceability.core.ports import Signer
from traceability.signing.errors import (
    AlgMismatchError,
    CriticalHeaderError,
    KeyMismatchError,
    SignatureInvalidError,
    SignatureLengthError,
    SignatureRangeError,
    TokenMalformedError,
    TokenTooLargeError,
    TypeMismatchError,
)
from traceability.signing.keys import (
    EDDSA,
    SIGNATURE_BYTES,
    PublicKey,
    decode_base64url,
    encode_base64url,
    in_range,
    load_jwk,
)
from traceability.signing.strict_json import read_object

CREDENTIAL_TYPE = "vc+jwt"
MAX_TOKEN = 1024 * 1024
_ACCEPTED = {EDDSA: (EDDSA, "Ed25519")}  # RFC 9864 gave the same thing a second name

# We emit the name that every verifier knows; joserfc would warn at each use of it.
warnings.filterwarnings(
    "ignore", "EdDSA is deprecated via RFC 9864", category=SecurityWarning
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A compact JWS taken apart; nothing in it is verified yet."""

    header: dict[str, Any]
    payload: dict[str, Any]
    signature: bytes = field(repr=False)

    @property
    def kid(self) -> str:
        """Return the id of the key the token says it was signed with."""
        return str(self.header["kid"])


def sign_credential(payload: bytes, *, signer: Signer) -> str:
    """Return the payload's bytes, verbatim, as a ``vc+jwt`` compact JWS."""
    return sign_token(payload, CREDENTIAL_TYPE, signer=signer)


def sign_token(payload: bytes, typ: str, *, signer: Signer) -> str:
    """Return a compact JWS with ``alg``, ``kid`` and ``typ`` in its header.

    The signer may live in another device, so that only bytes are handed to it.
    """
    asked = signing_input(payload, typ, alg=signer.alg, kid=signer.kid)
    return with_signature(asked, signer.sign(asked.encode("ascii")))


def signing_input(payload: bytes, typ: str, *, alg: str, kid: str) -> str:
    """Return the ASCII text that is signed: header and payload (RFC 7515 5.1)."""
    header = {"alg": alg, "kid": kid, "typ": typ}
    protected = json.dumps(header, separators=(",", ":")).encode("ascii")
    return f"{encode_base64url(protected)}.{encode_base64url(payload)}"


def with_signature(asked: str, signature: bytes) -> str:
    """Return a signing input with its signature: the compact JWS."""
    return f"{asked}.{encode_base64url(signature)}"


def read_unverified(token: str) -> Envelope:
    """Take a token apart. Raises ``TokenMalformedError``, ``TokenTooLargeError``.

    There is one spelling of each token: base64url without padding or stray bits, JSON
    objects without duplicate keys.
    """
    if len(token) > MAX_TOKEN:
        raise TokenTooLargeError("The token is longer than %(n)d bytes.", n=MAX_TOKEN)
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 (header, payload, signature)
        raise TokenMalformedError("The token has not three parts.")
    try:
        header, payload, signature = (decode_base64url(part) for part in parts)
        envelope = Envelope(
            header=read_object(header),
            payload=read_object(payload),
            signature=signature,
        )
    except ValueError:
        raise TokenMalformedError("The token's parts cannot be read.") from None
    if not isinstance(envelope.header.get("kid"), str):
        raise TokenMalformedError("The token names no key.")
    return envelope


def verify_credential(token: str, key: PublicKey) -> dict[str, Any]:
    """Return the payload of a ``vc+jwt`` that this key signed.

    Raises a ``SignatureRefusedError`` that says why not. Whether the key may sign this
    is the key ring's question.
    """
    return verify_token(token, CREDENTIAL_TYPE, key)


def verify_token(token: str, typ: str, key: PublicKey) -> dict[str, Any]:
    """Return the payload of a token of this type that this key signed."""
    envelope = read_unverified(token)
    _check_header(envelope, typ, key)
    _check_signature(token, envelope, key)
    return envelope.payload


def _check_header(envelope: Envelope, typ: str, key: PublicKey) -> None:
    header = envelope.header
    if header.get("typ") != typ:
        raise TypeMismatchError("This is no token of type %(typ)s.", typ=typ)
    if "crit" in header or "b64" in header:
        raise CriticalHeaderError("The token asks for extensions we do not know.")
    if envelope.kid != key.kid:
        raise KeyMismatchError("The token was signed with another key.")
    if header.get("alg") not in _ACCEPTED.get(key.alg, (key.alg,)):
        raise AlgMismatchError("The token's algorithm is not that of its key.")


def _check_signature(token: str, envelope: Envelope, key: PublicKey) -> None:
    if len(envelope.signature) != SIGNATURE_BYTES:
        raise SignatureLengthError("The signature has not 64 bytes.")
    if not in_range(key.alg, envelope.signature):
        raise SignatureRangeError("The signature's numbers are out of range.")
    load_jwk(key.jwk)  # refuses a malformed key with its own code
    jose_key = (OKPKey if key.alg == EDDSA else ECKey).import_key(dict(key.jwk))
    try:
        jws.deserialize_compact(token, jose_key, registry=_registry(key.alg))
    except JoseError:
        raise SignatureInvalidError("The signature does not fit the record.") from None


def _registry(alg: str) -> jws.JWSRegistry:
    registry = jws.JWSRegistry(
        algorithms=_ACCEPTED.get(alg, (alg,)), strict_check_header=False
    )
    registry.max_header_length = registry.max_payload_length = MAX_TOKEN
    return registry
