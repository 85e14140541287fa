"""The credential a fact is signed as: W3C VCDM 2.0 in our own vocabulary."""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from traceability.core.canonical import Json, canonical_json
from traceability.core.identity import Identity

CREDENTIALS_CONTEXT = "https://www.w3.org/ns/credentials/v2"
MEDIA_TYPE = "application/vc+jwt"
SALT_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """The party whose word a record is, and how that word came to us."""

    id: str  # an address of ours: https://host/organisations/<public id>
    name: str  # empty where the name is private
    basis: str  # "declared", "entered-by-officer", "confirmed" or "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDraft:
    """A fact about to be signed; ``subject`` is a link or id of ours."""

    type: str
    subject: str
    claims: Mapping[str, Json]
    vouched_by: Voucher
    private: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """A private value with the salt that opens its commitment."""

    name: str
    salt: bytes
    value: Json

    @property
    def commitment(self) -> str:
        """Return ``SHA-256(salt || JCS(value))`` in base64url without padding."""
        digest = hashlib.sha256(self.salt + canonical_json(self.value)).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """Which version of a fact this is: its id, its time, what it replaces."""

    record_id: str
    version: int
    supersedes: str | None  # SHA-256 of the version before
    issued_at: datetime


def payload_of(
    draft: RecordDraft,
    edition: Edition,
    disclosures: Sequence[Disclosure],
    identity: Identity,
) -> dict[str, Json]:
    """Return the credential that is signed; key order is for people, not for hashes."""
    subject: dict[str, Json] = {"id": draft.subject, **draft.claims}
    if disclosures:
        subject["commitments"] = {one.name: one.commitment for one in disclosures}
    payload: dict[str, Json] = {
        "@context": [CREDENTIALS_CONTEXT, identity.url("/contexts/v1")],
        "id": identity.url(f"/records/{edition.record_id}"),
        "type": ["VerifiableCredential", draft.type],
        "issuer": identity.did,
        "validFrom": instant_text(edition.issued_at),
        "vouchedBy": _voucher(draft.vouched_by),
        "version": edition.version,
        "credentialSubject": subject,
    }
    if edition.supersedes is not None:
        payload["supersedes"] = edition.supersedes
    return payload


def _voucher(voucher: Voucher) -> dict[str, Json]:
    shown = {"id": voucher.id, "basis": voucher.basis}
    return {**shown, "name": voucher.name} if voucher.name else shown


def instant_text(instant: datetime) -> str:
    """Return an aware instant as ``2026-11-22T03:04:05Z``."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def digest_of(token: str) -> str:
    """Return SHA-256 of a compact JWS, lower-case hex."""
    return hashlib.sha256(token.encode("ascii")).hexdigest()


def leaf_of(
    token: str, *, record_type: str, subject: str, issued_at: datetime
) -> bytes:
    """Return a record's log leaf: RFC 8785 JSON without personal data."""
    return canonical_json(
        {
            "issued_at": instant_text(issued_at),
            "sha256": digest_of(token),
            "subject": subject,
            "type": record_type,
            "v": 1,
        }
    )
