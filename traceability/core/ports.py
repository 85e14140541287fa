"""What the domain asks of the outside: time, signatures, secret MACs, the log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from traceability.core.identity import Identity


class Clock(Protocol):
    """Tells the time; tests hand in one that stands still."""

    def now(self) -> datetime:
        """Return the current instant, aware, in UTC."""
        ...

    def today(self) -> date:
        """Return the current calendar day in Asia/Ho_Chi_Minh."""
        ...


class Signer(Protocol):
    """One private key in one role; an HSM can stand behind it."""

    @property
    def kid(self) -> str:
        """Return the key's id as verifiers look it up."""
        ...

    @property
    def alg(self) -> str:
        """Return the JOSE algorithm: ``EdDSA`` or ``ES256``."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Return the raw signature (64 bytes) over the message."""
        ...


class Mac(Protocol):
    """One secret MAC key in one role."""

    @property
    def key_id(self) -> str:
        """Return the key's id, stored with what was derived from it."""
        ...

    def digest(self, message: bytes) -> bytes:
        """Return HMAC-SHA256 (32 bytes) of the message."""
        ...


class Log(Protocol):
    """The append-only public log; leaves are opaque bytes."""

    def append(self, session: Any, leaves: Sequence[bytes]) -> list[int]:
        """Append leaves under one new checkpoint; return their indexes.

        Runs inside the caller's transaction: the leaves are there when it commits.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Notary:
    """What turns a fact into a record: who signs, the log, the time, our address."""

    signer: Signer
    log: Log
    clock: Clock
    identity: Identity
