"""Signed notes with Ed25519 keys (C2SP signed-note), and cosignatures on them.

A key of kind ``ED25519`` signs the note's text. One of kind ``COSIGNATURE`` (C2SP
tlog-cosignature) signs the text under a line that says when; its signature begins with
that instant in eight bytes.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from traceability.core.ports import Signer
from traceability.transparency.errors import (
    NoteMalformedError,
    NoteSignatureError,
    NoteTooLargeError,
    NoteUnsignedError,
    VkeyMalformedError,
)

MAX_BYTES = 64 * 1024
MAX_SIGNATURES = 64
ED25519 = 0x01
COSIGNATURE = 0x04
MAX_TIME = 2**63 - 1  # POSIX seconds
_TIME_BYTES = 8
_KEY_BYTES = 32
_ID_BYTES = 4
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")
_NO_VKEY = "This is no verifier key of a log."
_LINE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+={0,2})")


@dataclass(frozen=True, slots=True)
class NoteKey:
    """Who may sign: a key name, a raw Ed25519 public key (32 bytes), and how."""

    name: str
    raw: bytes
    kind: int = ED25519

    @property
    def key_id(self) -> bytes:
        """Return the four bytes that stand before each of its signatures."""
        preimage = self.name.encode() + b"\n" + bytes([self.kind]) + self.raw
        return hashlib.sha256(preimage).digest()[:_ID_BYTES]

    def verifies(self, text: str, signature: bytes) -> bool:
        """Return whether this key made the raw signature over the note's text."""
        message = text.encode()
        if self.kind == COSIGNATURE:
            at, signature = time_of(signature), signature[_TIME_BYTES:]
            if at > MAX_TIME:
                return False
            message = cosigned_message(text, at)
        try:
            key = Ed25519PublicKey.from_public_bytes(self.raw)
            key.verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: key name, key id (4 bytes) and raw signature."""

    name: str
    key_id: bytes
    signature: bytes

    def line(self) -> str:
        """Return the line with its newline."""
        encoded = base64.b64encode(self.key_id + self.signature).decode()
        return f"— {self.name} {encoded}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signatures; not yet believed."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def format(self) -> str:
        """Return the signed note."""
        return self.text + "\n" + "".join(one.line() for one in self.signatures)


def time_of(signature: bytes) -> int:
    """Return the POSIX seconds a raw cosignature begins with, unverified."""
    return int.from_bytes(signature[:_TIME_BYTES], "big")


def cosigned_message(text: str, at: int) -> bytes:
    """Return what a witness signs (C2SP tlog-cosignature, Ed25519)."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def parse_vkey(vkey: str, kind: int = ED25519) -> NoteKey:
    """Read ``name+hash+key`` of a kind of key (C2SP signed-note).

    Raises ``VkeyMalformedError``.
    """
    name, _, rest = vkey.strip().partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        data = base64.b64decode(encoded, validate=True)
        given = bytes.fromhex(key_id)
    except ValueError:
        raise VkeyMalformedError(_NO_VKEY) from None
    right = data[:1] == bytes([kind]) and len(data) == 1 + _KEY_BYTES
    if not right or not is_key_name(name):
        raise VkeyMalformedError(_NO_VKEY)
    key = NoteKey(name, data[1:], kind)
    if given != key.key_id or format_vkey(key) != vkey.strip():
        raise VkeyMalformedError("The verifier key's checksum is wrong.")
    return key


def format_vkey(key: NoteKey) -> str:
    """Return ``name+hash+key``. Raises ``VkeyMalformedError`` for an unusable name."""
    if not is_key_name(key.name) or len(key.raw) != _KEY_BYTES:
        raise VkeyMalformedError(_NO_VKEY)
    encoded = base64.b64encode(bytes([key.kind]) + key.raw).decode()
    return f"{key.name}+{key.key_id.hex()}+{encoded}"


def parse_note(note: str) -> Note:
    """Split a signed note into text and signatures; verifies nothing.

    Raises ``NoteMalformedError`` or ``NoteTooLargeError``.
    """
    if len(note) > MAX_BYTES:
        raise NoteTooLargeError("The note is too large.")
    _check_text(note)
    text, separator, tail = note.rpartition("\n\n")
    if not separator or not text or not tail.endswith("\n"):
        raise NoteMalformedError("The note has no signatures.")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteTooLargeError("The note has too many signatures.")
    return Note(text + "\n", tuple(_parse_line(line) for line in lines))


def sign_note(text: str, signer: Signer, key: NoteKey) -> Note:
    """Sign a text that ends in a newline. Raises ``NoteMalformedError`` for another."""
    _check_text(text)
    if not text.endswith("\n"):
        raise NoteMalformedError("A note's text ends in a newline.")
    signature = signer.sign(text.encode())
    return Note(text, (NoteSignature(key.name, key.key_id, signature),))


def cosign(text: str, signer: Signer, key: NoteKey, at: int) -> NoteSignature:
    """Sign a checkpoint's text as a witness at an instant (POSIX seconds)."""
    signature = signer.sign(cosigned_message(text, at))
    return NoteSignature(
        key.name, key.key_id, at.to_bytes(_TIME_BYTES, "big") + signature
    )


def parse_signature_lines(lines: str) -> tuple[NoteSignature, ...]:
    """Read signature lines alone, as a witness answers them.

    Raises ``NoteMalformedError`` or ``NoteTooLargeError``.
    """
    if "\n\n" in lines:
        raise NoteMalformedError("A signature line of the note cannot be read.")
    return parse_note(f"-\n\n{lines}").signatures


def open_note(note: str, keys: Iterable[NoteKey]) -> Note:
    """Return the note with the signatures that known keys made, each verified.

    Signatures of unknown keys are left out; one wrong signature of a known key refuses
    the note. Raises ``NoteMalformedError``, ``NoteTooLargeError``,
    ``NoteSignatureError`` or ``NoteUnsignedError``.
    """
    parsed = parse_note(note)
    known = {(key.name, key.key_id): key for key in keys}
    verified = []
    for one in parsed.signatures:
        key = known.get((one.name, one.key_id))
        if key is None:
            continue
        if not key.verifies(parsed.text, one.signature):
            raise NoteSignatureError(
                "The signature of %(name)s on the note is wrong.", name=one.name
            )
        verified.append(one)
    if not verified:
        raise NoteUnsignedError("No known key has signed the note.")
    return Note(parsed.text, tuple(verified))


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NoteMalformedError("The note is not UTF-8.") from None
    if _CONTROL.search(text):
        raise NoteMalformedError("The note holds a control character.")


def _parse_line(line: str) -> NoteSignature:
    found = _LINE.fullmatch(line)
    if found is None or not is_key_name(found[1]):
        raise NoteMalformedError("A signature line of the note cannot be read.")
    try:
        data = base64.b64decode(found[2], validate=True)
    except binascii.Error:
        raise NoteMalformedError(
            "A signature line of the note cannot be read."
        ) from None
    if len(data) <= _ID_BYTES or base64.b64encode(data).decode() != found[2]:
        raise NoteMalformedError("A signature line of the note cannot be read.")
    return NoteSignature(found[1], data[:_ID_BYTES], data[_ID_BYTES:])


def is_key_name(name: str) -> bool:
    """Return whether a key may be called so (C2SP signed-note)."""
    return bool(name) and "+" not in name and not any(map(str.isspace, name))
