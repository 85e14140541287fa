"""The logged record that a credential is derived from, and what is known around it."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from traceability.core.canonical import Json
from traceability.core.identity import Identity

_SHA2_256 = bytes((0x12, 0x20))  # multihash: the function's code and 32 bytes


class Variant(StrEnum):
    """What is made of one record: which subject, in whose form of status entries."""

    UNTP = "untp"
    W3C = "w3c"
    FACILITY = "facility"
    FACILITY_W3C = "facility-w3c"

    @property
    def of_place(self) -> bool:
        """Return whether it speaks of the place an event names."""
        return self in {Variant.FACILITY, Variant.FACILITY_W3C}

    @property
    def in_w3c_form(self) -> bool:
        """Return whether its status entries are written as W3C has them."""
        return self in {Variant.W3C, Variant.FACILITY_W3C}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One signed record with its place in the log."""

    public_id: str
    type: str
    subject: str
    digest: str  # SHA-256 of the compact JWS, lower-case hex
    log_index: int
    issued_at: datetime
    payload: Mapping[str, Any]

    @property
    def claims(self) -> Mapping[str, Any]:
        """Return what the record says of its subject."""
        found: Mapping[str, Any] = self.payload["credentialSubject"]
        return found

    @property
    def voucher(self) -> Mapping[str, str]:
        """Return whose word it is: id, basis and, where it is public, name."""
        found: Mapping[str, str] = self.payload["vouchedBy"]
        return found

    @property
    def digest_multibase(self) -> str:
        """Return the digest as a multihash in multibase base64url (VC DI 1.0, 2.6)."""
        data = _SHA2_256 + bytes.fromhex(self.digest)
        return "u" + base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    def url(self, identity: Identity) -> str:
        """Return where the signed bytes are served."""
        return identity.url(f"/records/{self.public_id}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a lot came into being: an address and a name that may be told."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a paper was given to; the name is empty where it is private."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Category:
    """A group of products by the programme's own list."""

    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a credential says beside its record: public facts of other records."""

    names: Mapping[str, str] = field(default_factory=dict)  # of products, by link
    birthplace: Place | None = None
    holder: Holder | None = None
    category: Category | None = None


def address_of(public_id: str, variant: Variant) -> str:
    """Return the path at which a derived credential is served."""
    tail = "" if variant is Variant.UNTP else f"/{variant.value}"
    return f"/credentials/{public_id}{tail}"


def filled(members: Mapping[str, Json]) -> dict[str, Json]:
    """Return members without those that say nothing."""
    return {name: value for name, value in members.items() if value not in ("", None)}
