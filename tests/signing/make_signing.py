"""Plain builders of keys and tokens."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from traceability.core.clock import SystemClock
from traceability.core.identity import Identity
from traceability.signing.changes import (
    empty_list,
    next_version,
    with_key,
    with_mac_key,
)
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
from traceability.signing.keystore import KeyStore
from traceability.signing.trust_list import TrustList

IDENTITY = Identity("https://tx.example")
DID = IDENTITY.did
PASSPHRASE = "a sample of 128 random bits"
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


def make_list(*signers: LocalSigner) -> TrustList:
    """Version 1 with these keys; a log key must be among them."""
    trust_list = empty_list(IDENTITY, BEGIN)
    for signer in signers:
        trust_list = with_key(trust_list, signer.public, overlap=timedelta(0))
    trust_list = with_mac_key(trust_list, "0123456789abcdef", KeyRole.SERIAL, BEGIN)
    return next_version(trust_list, BEGIN)


def private_file(store: KeyStore, role: KeyRole) -> Path:
    """The only private file of a role in a fresh store."""
    [path] = (store.folder / "private").glob(f"{role.value}-*")
    return path


def reopened(store: KeyStore, passphrase: str | None = PASSPHRASE) -> KeyStore:
    """The same folder as another process finds it."""
    return KeyStore(store.folder, passphrase, store.identity).open()


def rotate(folder: Path, origin: str, role: KeyRole, times: int) -> None:
    """Open a store and put new keys in, one after the other."""
    store = KeyStore(folder, PASSPHRASE, Identity(origin)).open()
    for _ in range(times):
        store.rotate(role, SystemClock())
