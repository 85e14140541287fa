"""The seal: 83 signed bytes inside the QR, so that a label proves itself offline.

Layout (all big endian): version 1 byte, key id 4, production date 2, expiry 2, stars 1,
stars until 2, flags 1, log index 6, Ed25519 signature 64. Dates are days since
2020-01-01 and 0 says "none". The signature covers ``traceability-seal-v1`` 00, the
element string of the labelled thing, and the first 19 bytes of the seal. In a link the
seal stands as ``?s=`` and 200 decimal digits, so that the QR keeps it in numeric mode.
"""

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from traceability.core.ports import Signer
from traceability.labels.errors import (
    SealDigitError,
    SealFactError,
    SealFlagsError,
    SealKeyError,
    SealLengthError,
    SealLinkTooLongError,
    SealOverflowError,
    SealScopeError,
    SealSignatureError,
    SealStarsError,
    SealTrailingError,
    SealVersionError,
)

SEAL_DIGITS = 200
SEAL_BYTES = 83
SEAL_VERSION = 1
MAX_LINK = 91  # characters before ``?s=`` that version 8 at ECC M still holds
MAX_STARS = 5
FLAG_BEST_BEFORE = 1  # the expiry is a best-before date (AI 15), not a use-by (AI 17)
_KNOWN_FLAGS = FLAG_BEST_BEFORE
_DOMAIN = b"traceability-seal-v1\0"
_EPOCH = date(2020, 1, 1)
_MAX_DAYS = 0xFFFF
_MAX_LOG_INDEX = (1 << 48) - 1
_HEAD = struct.Struct(">B4sHHBHBHI")  # the log index is split: 16 bits and 32 bits
_PLAIN = re.compile(r"[0-9A-Z-]{1,20}", re.ASCII)
_DIGITS = re.compile(r"[0-9]*", re.ASCII)


class SealSigner(Signer, Protocol):
    """A seal key's private half."""

    @property
    def key_id4(self) -> bytes:
        """Return the four bytes by which a seal names its key."""
        ...


class SealKey(Protocol):
    """A seal key's public half."""

    @property
    def alg(self) -> str:
        """Return the algorithm the key is bound to."""
        ...

    @property
    def key_id4(self) -> bytes:
        """Return the four bytes by which a seal names its key."""
        ...

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Return whether this key signed the message."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What a seal binds itself to: a lot or one of its labels.

    ``product`` is the product's element string. Raises ``SealScopeError`` where lot or
    serial could be confused with another element string.
    """

    product: str
    lot: str
    serial: str | None

    def __post_init__(self) -> None:
        _checked(self.lot)
        if self.serial is not None:
            _checked(self.serial)

    @property
    def element_string(self) -> str:
        """Return ``(01)…(10)…`` and, for one label, ``(21)…``."""
        serial = f"(21){self.serial}" if self.serial is not None else ""
        return f"{self.product}(10){self.lot}{serial}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealFacts:
    """What a reader without a network learns from the seal alone."""

    production_date: date | None
    expiry: date | None
    stars: int = 0
    stars_until: date | None = None
    flags: int = 0
    log_index: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A seal taken apart; its signature is not verified yet."""

    key_id4: bytes
    facts: SealFacts
    head: bytes
    signature: bytes


def make_seal(sealed: Sealed, facts: SealFacts, *, signer: SealSigner) -> str:
    """Sign the facts for one label and return the 200 digits.

    Raises ``SealFactError``, and ``SealKeyError`` for a key that is not Ed25519.
    """
    if signer.alg != "EdDSA":
        raise SealKeyError("A seal needs an Ed25519 key.")
    head = _pack(facts, signer.key_id4)
    return _digits(head + signer.sign(_message(sealed, head)))


def make_seals(
    product: str, lot: str, serials: Sequence[str], facts: SealFacts, signer: SealSigner
) -> list[str]:
    """Return the digits of many labels of a lot, each as ``make_seal`` makes them."""
    if signer.alg != "EdDSA":
        raise SealKeyError("A seal needs an Ed25519 key.")
    head = _pack(facts, signer.key_id4)
    before = Sealed(product=product, lot=lot, serial=None).element_string + "(21)"
    start = _DOMAIN + before.encode("ascii")
    messages = [start + _checked(serial).encode("ascii") + head for serial in serials]
    return [_digits(head + signer.sign(message)) for message in messages]


def parse_seal(digits: str) -> Seal:
    """Take the 200 digits apart.

    Raises a ``SealRefusedError`` with a code of its own for each malformation.
    """
    blob = _blob(digits)
    version, key_id4, made, ends, stars, until, flags, high, low = _HEAD.unpack(
        blob[: _HEAD.size]
    )
    if version != SEAL_VERSION:
        raise SealVersionError("The seal is of version %(n)d.", field="s", n=version)
    if stars > MAX_STARS:
        raise SealStarsError("The seal speaks of %(n)d stars.", field="s", n=stars)
    if flags & ~_KNOWN_FLAGS:
        raise SealFlagsError("The seal sets unknown flags.", field="s")
    facts = SealFacts(
        production_date=_day(made),
        expiry=_day(ends),
        stars=stars,
        stars_until=_day(until),
        flags=flags,
        log_index=high << 32 | low,
    )
    return Seal(
        key_id4=key_id4,
        facts=facts,
        head=blob[: _HEAD.size],
        signature=blob[_HEAD.size :],
    )


def verify_seal(seal: Seal, sealed: Sealed, key: SealKey) -> None:
    """Check that this key sealed this label with these facts.

    Raises ``SealKeyError`` or ``SealSignatureError``.
    """
    if key.alg != "EdDSA" or key.key_id4 != seal.key_id4:
        raise SealKeyError("The seal was made with another key.", field="s")
    if not key.verify(_message(sealed, seal.head), seal.signature):
        raise SealSignatureError("The seal does not fit this label.", field="s")


def check_sealable(link: str) -> None:
    """Raise ``SealLinkTooLongError`` where a sealed symbol would pass version 8."""
    if len(link) > MAX_LINK:
        raise SealLinkTooLongError(
            "The link has %(n)d characters; a sealed label takes at most %(most)d. "
            "A shorter lot number or labels without a seal would fit.",
            field="kind",
            n=len(link),
            most=MAX_LINK,
        )


def _checked(value: str) -> str:
    if not _PLAIN.fullmatch(value):
        raise SealScopeError(
            "Only digits, A to Z and the hyphen can be sealed: %(value)s.",
            field="lot_number",
            value=value,
        )
    return value


def _digits(blob: bytes) -> str:
    return str(int.from_bytes(blob, "big")).zfill(SEAL_DIGITS)


def _message(sealed: Sealed, head: bytes) -> bytes:
    return _DOMAIN + sealed.element_string.encode("ascii") + head


def _blob(digits: str) -> bytes:
    if not _DIGITS.fullmatch(digits[:SEAL_DIGITS]):
        raise SealDigitError("The seal may hold digits only.", field="s")
    if len(digits) < SEAL_DIGITS:
        raise SealLengthError("The seal is cut short.", field="s")
    if len(digits) > SEAL_DIGITS:
        raise SealTrailingError("Something follows the seal.", field="s")
    number = int(digits)
    if number.bit_length() > 8 * SEAL_BYTES:
        raise SealOverflowError("The seal's number is too large.", field="s")
    return number.to_bytes(SEAL_BYTES, "big")


def _pack(facts: SealFacts, key_id4: bytes) -> bytes:
    in_range = (
        0 <= facts.stars <= MAX_STARS
        and not facts.flags & ~_KNOWN_FLAGS
        and 0 <= facts.log_index <= _MAX_LOG_INDEX
    )
    if not in_range:
        raise SealFactError("A number does not fit the seal.", field="kind")
    return _HEAD.pack(
        SEAL_VERSION,
        key_id4,
        _days(facts.production_date),
        _days(facts.expiry),
        facts.stars,
        _days(facts.stars_until),
        facts.flags,
        facts.log_index >> 32,
        facts.log_index & 0xFFFFFFFF,
    )


def _days(day: date | None) -> int:
    if day is None:
        return 0
    days = (day - _EPOCH).days
    if not 0 < days <= _MAX_DAYS:
        raise SealFactError(
            "The date %(day)s does not fit a seal.", field="kind", day=day.isoformat()
        )
    return days


def _day(days: int) -> date | None:
    return _EPOCH + timedelta(days=days) if days else None
