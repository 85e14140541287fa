"""Private keys on their way to another machine: one encrypted file."""

import base64
import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from traceability.signing.entries import as_object, as_text
from traceability.signing.envelope import verify_token
from traceability.signing.errors import ArchiveError, SignatureRefusedError
from traceability.signing.keyfiles import (
    KeyDamageError,
    LocalMac,
    make_private_folder,
    read_secret,
    write_private,
    write_secret,
)
from traceability.signing.keys import KeyRole, PrivateKey, PublicKey, jwk_of
from traceability.signing.keystore import KeyStore
from traceability.signing.loading import (
    PRIVATE,
    PUBLIC,
    open_pinned,
    private_path,
    secret_path,
)
from traceability.signing.strict_json import read_object
from traceability.signing.trust_list import (
    TRUST_LIST_TYPE,
    TrustList,
    parse_trust_list,
    root_named_by,
)

MAGIC = b"traceability-keys-1\n"
_SALT, _NONCE = 16, 12
_COST = 2**15  # scrypt: 32 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """What one file carries: the signed list, and private keys by their fingerprint."""

    token: str
    private: dict[str, PrivateKey] = field(repr=False)  # by kid
    secret: dict[str, LocalMac] = field(repr=False)  # by key id


def packed(store: KeyStore, roles: Collection[KeyRole], passphrase: str) -> bytes:
    """Return the private keys of some roles, as far as they are here, encrypted.

    Raises ``SignerDownError`` for a list that cannot be read, ``ArchiveError`` for a
    key that cannot, or where there is none.
    """
    trust_list, own = store.trust_list, store.passphrase
    private, secret = {}, {}
    try:
        for key in _ours(trust_list, roles):
            path = private_path(store.folder, key)
            if path.exists():
                private[key.kid] = _der(open_pinned(path, own, key).private)
        for entry in trust_list.mac_keys:
            if entry.role in roles:
                path = secret_path(store.folder, entry.role, entry.key_id)
                secret[entry.key_id] = read_secret(path, entry.key_id, own).secret
    except KeyDamageError as damage:
        raise ArchiveError("%(reason)s.", reason=str(damage)) from None
    if not private and not secret:
        raise ArchiveError("There is no such key here to carry.")
    value = {
        "v": 1,
        "trust_list": store.trust_list_jws,
        "private": {kid: _text(data) for kid, data in private.items()},
        "secret": {key_id: _text(data) for key_id, data in secret.items()},
    }
    return _sealed(json.dumps(value).encode(), passphrase)


def unpacked(data: bytes, passphrase: str) -> Archive:
    """Read what ``packed`` wrote. Raises ``ArchiveError``."""
    salt, nonce, sealed = _split(data.removeprefix(MAGIC))
    try:
        plain = AESGCM(_stretched(passphrase, salt)).decrypt(nonce, sealed, MAGIC)
        value = read_object(plain)
        return Archive(
            token=as_text(value["trust_list"]),
            private={
                kid: _key(text) for kid, text in as_object(value["private"]).items()
            },
            secret={
                key_id: LocalMac(base64.b64decode(text))
                for key_id, text in as_object(value["secret"]).items()
            },
        )
    except (InvalidTag, ValueError, KeyError, TypeError):
        raise ArchiveError(
            "The archive cannot be opened: wrong pass phrase, or damaged."
        ) from None


def take_in(store: KeyStore, archive: Archive) -> list[str]:
    """Keep an archive's keys under this folder's own pass phrase; return their ids.

    Each must be one that the list names; a folder without a list takes the archive's.
    Raises ``ArchiveError``, ``SignerDownError``.
    """
    trust_list = store.trust_list if store.exists else _list_of(store, archive)
    named = {key.kid: key for key in trust_list.keys}
    secrets_named = {one.key_id: one for one in trust_list.mac_keys}
    sound = all(
        kid in named and jwk_of(key) == named[kid].jwk
        for kid, key in archive.private.items()
    ) and all(
        key_id in secrets_named and mac.key_id == key_id
        for key_id, mac in archive.secret.items()
    )
    if not sound:
        raise ArchiveError("The archive holds a key that the trust list does not name.")
    (store.folder / PUBLIC).mkdir(parents=True, exist_ok=True)
    make_private_folder(store.folder / PRIVATE)
    for kid, key in archive.private.items():
        write_private(private_path(store.folder, named[kid]), key, store.passphrase)
    for key_id, mac in archive.secret.items():
        path = secret_path(store.folder, secrets_named[key_id].role, key_id)
        write_secret(path, mac, store.passphrase)
    store.adopt(archive.token if not store.exists else store.trust_list_jws)
    return [*archive.private, *archive.secret]


def _list_of(store: KeyStore, archive: Archive) -> TrustList:
    try:
        root = root_named_by(archive.token)
        found = parse_trust_list(verify_token(archive.token, TRUST_LIST_TYPE, root))
    except SignatureRefusedError:
        raise ArchiveError("The archive's trust list does not verify.") from None
    if found.issuer != store.identity.did:
        raise ArchiveError(
            "The archive is of %(theirs)s, this is %(ours)s.",
            theirs=found.issuer,
            ours=store.identity.did,
        )
    return found


def _ours(trust_list: TrustList, roles: Collection[KeyRole]) -> list[PublicKey]:
    return [
        key
        for key in trust_list.keys
        if key.party == trust_list.issuer and key.role in roles
    ]


def _der(private: PrivateKey) -> bytes:
    return private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def _key(text: Any) -> PrivateKey:
    key = load_der_private_key(base64.b64decode(text), None)
    if not isinstance(key, PrivateKey):
        raise TypeError("a kind of key we do not use")
    return key


def _sealed(plain: bytes, passphrase: str) -> bytes:
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    cipher = AESGCM(_stretched(passphrase, salt))
    return MAGIC + salt + nonce + cipher.encrypt(nonce, plain, MAGIC)


def _split(body: bytes) -> tuple[bytes, bytes, bytes]:
    return body[:_SALT], body[_SALT : _SALT + _NONCE], body[_SALT + _NONCE :]


def _stretched(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(passphrase.encode())


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def is_archive(path: Path) -> bool:
    """Return whether a file starts as archives do."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC
