"""Plain builders of keys and tokens."""

from dataclasses import replace
from datetime import UTC, datetime

from traceability.signing.keys import (
    EDDSA,
    KeyRole,
    LocalSigner,
    PublicKey,
    alg_of,
    generate_private,
    jwk_of,
    thumbprint,
)

DID = "did:web:tx.example"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def make_signer(alg: str = EDDSA, role: KeyRole = KeyRole.RECORD) -> LocalSigner:
    private = generate_private(alg)
    return LocalSigner(make_public(jwk_of(private), role), private)


def make_public(jwk: dict[str, str], role: KeyRole = KeyRole.RECORD) -> PublicKey:
    return PublicKey(
        kid=f"{DID}#{thumbprint(jwk)}",
        alg=alg_of(jwk),
        role=role,
        party=DID,
        jwk=jwk,
        not_before=BEGIN,
    )


def with_jwk(key: PublicKey, **members: str) -> PublicKey:
    return replace(key, jwk={**key.jwk, **members})
