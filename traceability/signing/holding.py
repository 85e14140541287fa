"""What a party signs with a key of its own, away from this service; pure.

The text to sign is a JWS signing input (RFC 7515 5.1): its header says which key is
asked for, its payload what is said. What comes back is the signature, or the whole JWS.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from traceability.core.json_text import json_text
from traceability.signing.entries import instant_text
from traceability.signing.envelope import (
    CREDENTIAL_TYPE,
    read_unverified,
    signing_input,
    with_signature,
)
from traceability.signing.errors import (
    AlgMismatchError,
    KeyMismatchError,
    SignatureInvalidError,
    TokenMalformedError,
    TypeMismatchError,
)
from traceability.signing.keys import (
    SIGNATURE_BYTES,
    LocalSigner,
    PublicKey,
    decode_base64url,
    thumbprint,
)

PROOF_TYPE = "key-proof+jwt"
CONFIRMATION_TYPE = CREDENTIAL_TYPE
MAX_ANSWER = 40_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A text to sign, taken apart for whoever is to sign it."""

    text: str
    typ: str
    alg: str
    kid: str
    payload: Mapping[str, Any]


def proof_of_possession(
    key: PublicKey, service: str, nonce: str, until: datetime
) -> str:
    """Return what the holder of a key signs to show that it holds the private half.

    ``service`` is the did of who asks, so that nobody can pass the proof on elsewhere.
    """
    payload = {
        "aud": service,
        "sub": key.party,
        "nonce": nonce,
        "exp": instant_text(until),
    }
    body = json_text(payload).encode()
    return signing_input(body, PROOF_TYPE, alg=key.alg, kid=key.kid)


def credential_to_sign(payload: Mapping[str, Any], key: PublicKey) -> str:
    """Return a credential as the text its holder signs."""
    body = json_text(dict(payload)).encode()
    return signing_input(body, CREDENTIAL_TYPE, alg=key.alg, kid=key.kid)


def read_asked(text: str) -> Asked:
    """Take a text to sign apart. Raises ``TokenMalformedError``."""
    text = text.strip()
    envelope = read_unverified(f"{text}.")
    header = envelope.header
    if not all(isinstance(header.get(name), str) for name in ("alg", "typ")):
        raise TokenMalformedError("The token's parts cannot be read.")
    return Asked(
        text=text,
        typ=header["typ"],
        alg=header["alg"],
        kid=envelope.kid,
        payload=envelope.payload,
    )


def answer(asked: Asked, typ: str, *, signer: LocalSigner) -> str:
    """Return the JWS that a key's holder sends back.

    Signs nothing but what is of this type and meant for this very key. Raises
    ``TypeMismatchError``, ``KeyMismatchError``, ``AlgMismatchError``.
    """
    if asked.typ != typ:
        raise TypeMismatchError("This is no token of type %(typ)s.", typ=typ)
    if not asked.kid.endswith(f"#{thumbprint(signer.public.jwk)}"):
        raise KeyMismatchError("The text is to be signed with another key.")
    if asked.alg != signer.alg:
        raise AlgMismatchError("The token's algorithm is not that of its key.")
    return with_signature(asked.text, signer.sign(asked.text.encode("ascii")))


def read_answer(sent: str, asked: str, key: PublicKey) -> str:
    """Return the JWS made of a text and what came back for it, verified.

    The answer is the signature in base64url, or the JWS. Raises
    ``SignatureInvalidError``.
    """
    sent = "".join(sent.split())
    before, dot, last = sent.rpartition(".")
    if dot and before != asked:
        raise SignatureInvalidError("What was sent signs another text.")
    try:
        signature = decode_base64url(last)
    except ValueError:
        raise SignatureInvalidError("This is no signature in base64url.") from None
    if len(signature) != SIGNATURE_BYTES or not key.verify(asked.encode(), signature):
        raise SignatureInvalidError("The signature does not fit this text and key.")
    return with_signature(asked, signature)
