"""Key files: encrypted, written whole or not at all, private to their owner."""

import fcntl
import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from traceability.signing.keys import PrivateKey

PRIVATE_MODE = 0o600
FOLDER_MODE = 0o700
PUBLIC_MODE = 0o644
SECRET_BYTES = 32
_SALT_BYTES = 16
_NONCE_BYTES = 12
_MAGIC = b"traceability-secret-1\n"


class KeyDamageError(Exception):
    """A key file cannot be trusted; the message says which and why."""


@dataclass(frozen=True, slots=True)
class LocalMac:
    """A secret MAC key held in memory; implements ``core.ports.Mac``."""

    secret: bytes = field(repr=False)

    @property
    def key_id(self) -> str:
        """Return 16 hex digits of the secret's fingerprint."""
        return hashlib.sha256(b"traceability-mac-key\0" + self.secret).hexdigest()[:16]

    def digest(self, message: bytes) -> bytes:
        """Return HMAC-SHA256 (32 bytes) of the message."""
        return hmac.digest(self.secret, message, "sha256")


def generate_mac() -> LocalMac:
    """Return a fresh secret of 256 bits."""
    return LocalMac(secrets.token_bytes(SECRET_BYTES))


def write_atomic(path: Path, data: bytes, *, mode: int = PUBLIC_MODE) -> None:
    """Replace a file so that a crash leaves the old bytes or the new, on the disk."""
    with _draft(path, data, mode) as draft:
        draft.replace(path)
    _sync_folder(path.parent)


def write_once(path: Path, data: bytes) -> None:
    """Write a private file; if another process was first, its file stands."""
    with _draft(path, data, PRIVATE_MODE) as draft, suppress(FileExistsError):
        path.hardlink_to(draft)
    _sync_folder(path.parent)


@contextmanager
def _draft(path: Path, data: bytes, mode: int) -> Iterator[Path]:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock: one process changes keys at a time."""
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, PRIVATE_MODE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)  # which lets the lock go


def make_private_folder(folder: Path) -> None:
    """Create a folder that only its owner may enter."""
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    folder.chmod(FOLDER_MODE)


def write_private(path: Path, key: PrivateKey, passphrase: str) -> None:
    """Write an encrypted PKCS#8 PEM file."""
    pem = key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.encode())
    )
    write_atomic(path, pem, mode=PRIVATE_MODE)


def read_private(path: Path, passphrase: str) -> PrivateKey:
    """Read an encrypted PEM file. Raises ``KeyDamageError``."""
    pem = _read(path)
    try:
        key = load_pem_private_key(pem, passphrase.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise KeyDamageError(
            f"{path.name} cannot be opened: wrong pass phrase, damaged or not encrypted"
        ) from None
    if not isinstance(key, Ed25519PrivateKey | EllipticCurvePrivateKey):
        raise KeyDamageError(f"{path.name} holds a kind of key we do not use")
    return key


def write_secret(path: Path, mac: LocalMac, passphrase: str) -> None:
    """Write a MAC key: scrypt(pass phrase) opens AES-256-GCM, bound to the key's id."""
    salt, nonce = _new_salt(), secrets.token_bytes(_NONCE_BYTES)
    cipher = AESGCM(_stretched(passphrase, salt))
    sealed = cipher.encrypt(nonce, mac.secret, mac.key_id.encode())
    write_atomic(path, _MAGIC + salt + nonce + sealed, mode=PRIVATE_MODE)


def read_secret(path: Path, key_id: str, passphrase: str) -> LocalMac:
    """Read a MAC key and check it is the one listed. Raises ``KeyDamageError``."""
    data = _read(path)
    body = data.removeprefix(_MAGIC)
    salt, nonce = body[:_SALT_BYTES], body[_SALT_BYTES : _SALT_BYTES + _NONCE_BYTES]
    sealed = body[_SALT_BYTES + _NONCE_BYTES :]
    try:
        cipher = AESGCM(_stretched(passphrase, salt))
        mac = LocalMac(cipher.decrypt(nonce, sealed, key_id.encode()))
    except (InvalidTag, ValueError):
        raise KeyDamageError(
            f"{path.name} cannot be opened: wrong pass phrase or damaged"
        ) from None
    if mac.key_id != key_id or not data.startswith(_MAGIC):
        raise KeyDamageError(f"{path.name} is not the key the trust list names")
    return mac


def _new_salt() -> bytes:
    return secrets.token_bytes(_SALT_BYTES)


def _stretched(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**14, r=8, p=1).derive(passphrase.encode())


def _read(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
        data = path.read_bytes()
    except FileNotFoundError:
        raise KeyDamageError(f"{path.name} is missing") from None
    except OSError as error:
        raise KeyDamageError(f"{path.name} cannot be read: {error.strerror}") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyDamageError(f"{path.name} is open to other users; chmod it to 600")
    return data
