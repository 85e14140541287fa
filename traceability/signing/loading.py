"""Open a key folder: each private key is held against its listed fingerprint."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from traceability.core.identity import Identity
from traceability.signing.changes import current
from traceability.signing.envelope import verify_token
from traceability.signing.errors import SignatureRefusedError
from traceability.signing.keyfiles import (
    KeyDamageError,
    LocalMac,
    read_private,
    read_secret,
)
from traceability.signing.keys import (
    KeyRole,
    LocalSigner,
    PublicKey,
    jwk_of,
    thumbprint,
)
from traceability.signing.trust_list import (
    TRUST_LIST_TYPE,
    TrustList,
    parse_trust_list,
    root_named_by,
)

TRUST_LIST_JWS = "trust-list.jws"
PRIVATE = "private"
PUBLIC = "public"
# The root may live elsewhere; a home from before a role has no key of it listed.
NEEDED = (KeyRole.RECORD, KeyRole.SEAL, KeyRole.LOG, KeyRole.STATUS)
SECRET = (KeyRole.SERIAL, KeyRole.SCRATCH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A key folder as it was found; ``damage`` says why nothing may be signed."""

    token: str
    trust_list: TrustList
    signers: Mapping[KeyRole, LocalSigner]
    macs: Mapping[str, LocalMac]
    damage: str | None
    broken: tuple[str, ...] = ()  # the roles whose keys are at fault
    root_only: bool = False  # another machine's home: it signs trust lists, no more


ROOT_ONLY = "this home holds only the root: it signs trust lists and nothing else"


def stem_of(key: PublicKey) -> str:
    """Return the name of a key's files: role and the start of its fingerprint."""
    return f"{key.role.value}-{thumbprint(key.jwk)[:16]}"


def private_path(folder: Path, key: PublicKey) -> Path:
    """Return where a private key lies."""
    return folder / PRIVATE / f"{stem_of(key)}.pem"


def public_path(folder: Path, key: PublicKey) -> Path:
    """Return where a public key lies."""
    return folder / PUBLIC / f"{stem_of(key)}.jwk"


def secret_path(folder: Path, role: KeyRole, key_id: str) -> Path:
    """Return where a secret MAC key lies."""
    return folder / PRIVATE / f"{role.value}-{key_id}.mac"


def read_trust_list(folder: Path) -> tuple[str, TrustList]:
    """Return the stored list and its token. Raises ``KeyDamageError``."""
    try:
        token = (folder / TRUST_LIST_JWS).read_text("ascii").strip()
        root = root_named_by(token)
        return token, parse_trust_list(verify_token(token, TRUST_LIST_TYPE, root))
    except FileNotFoundError:
        raise KeyDamageError(f"{TRUST_LIST_JWS} is missing") from None
    except (OSError, UnicodeDecodeError):
        raise KeyDamageError(f"{TRUST_LIST_JWS} cannot be read") from None
    except SignatureRefusedError as error:
        raise KeyDamageError(f"{TRUST_LIST_JWS}: {error}") from None


def open_folder(folder: Path, passphrase: str | None, identity: Identity) -> Opened:
    """Read the list, then each key. Raises ``KeyDamageError`` if there is no list."""
    token, trust_list = read_trust_list(folder)
    signers: dict[KeyRole, LocalSigner] = {}
    macs: dict[str, LocalMac] = {}
    damages = [*_foreign(trust_list, identity)]
    root_only = holds_only_the_root(folder, trust_list)
    if passphrase is None:
        damages.append(("passphrase", "the pass phrase is missing"))
    else:
        damages += _open_signers(folder, passphrase, trust_list, signers)
        damages += _open_macs(folder, passphrase, trust_list, macs)
    if root_only and KeyRole.ROOT in signers:
        damages = [*_foreign(trust_list, identity), ("root-only", ROOT_ONLY)]
    return Opened(
        token=token,
        trust_list=trust_list,
        signers=signers,
        macs=macs,
        damage="; ".join(text for _, text in damages) or None,
        broken=tuple(dict.fromkeys(name for name, _ in damages)),
        root_only=root_only,
    )


def holds_only_the_root(folder: Path, trust_list: TrustList) -> bool:
    """Return whether of the private keys that sign now only the root is here."""
    here = {
        role
        for role in (KeyRole.ROOT, *NEEDED)
        if (key := current(trust_list, role)) and private_path(folder, key).exists()
    }
    return here == {KeyRole.ROOT}


Damage = tuple[str, str]  # which role's key, and the sentence for the operator


def _foreign(trust_list: TrustList, identity: Identity) -> Iterator[Damage]:
    if trust_list.issuer != identity.did:
        said = f"the keys are those of {trust_list.issuer}, this is {identity.did}"
        yield "identity", said


def _open_signers(
    folder: Path,
    passphrase: str,
    trust_list: TrustList,
    signers: dict[KeyRole, LocalSigner],
) -> Iterator[Damage]:
    for key in trust_list.keys:
        if key.party != trust_list.issuer:
            continue  # another party's: its private half was never here
        signs_now = current(trust_list, key.role) == key
        path = private_path(folder, key)
        if not path.exists() and not (signs_now and key.role in NEEDED):
            continue  # an ended key may be destroyed
        try:
            signer = open_pinned(path, passphrase, key)
        except KeyDamageError as damage:
            yield key.role.value, str(damage)
            continue
        if signs_now:
            signers[key.role] = signer


def open_pinned(path: Path, passphrase: str, key: PublicKey) -> LocalSigner:
    """Return a private key that is the listed one. Raises ``KeyDamageError``."""
    private = read_private(path, passphrase)
    if jwk_of(private) != key.jwk:
        raise KeyDamageError(f"{path.name} is not the key the trust list names")
    signer = LocalSigner(key, private)
    message = b"traceability-start-test\0" + secrets.token_bytes(16)
    if not key.verify(message, signer.sign(message)):
        raise KeyDamageError(f"{path.name} signs what its public key does not verify")
    return signer


def _open_macs(
    folder: Path,
    passphrase: str,
    trust_list: TrustList,
    macs: dict[str, LocalMac],
) -> Iterator[Damage]:
    for entry in trust_list.mac_keys:
        path = secret_path(folder, entry.role, entry.key_id)
        try:
            macs[entry.key_id] = read_secret(path, entry.key_id, passphrase)
        except KeyDamageError as damage:
            yield entry.role.value, str(damage)
