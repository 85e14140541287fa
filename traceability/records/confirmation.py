"""A party's word on one version of somebody's record: what it signs, and its reading.

The party signs with a key of its own. Its word stands until a later version, signed by
the same party, takes it back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from traceability.core.canonical import Json
from traceability.core.errors import InvalidError
from traceability.core.identity import Identity
from traceability.signing.errors import SignatureRefusedError
from traceability.signing.parties import split_did

CONFIRMATION = "ConfirmationRecord"
WITHDRAWN = "withdrawn"
BASIS = "confirmed"


class ConfirmationMalformedError(InvalidError):
    """A signed confirmation does not say what it confirms."""

    code = "confirmation-malformed"


class ConfirmerMismatchError(SignatureRefusedError):
    """Not the party itself signed, or with its key something else was signed."""

    code = "confirmer-mismatch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What one version of a confirmation says."""

    record: str  # address of the record
    record_sha256: str  # of its compact JWS: one exact version, nothing before or after
    withdrawn: bool = False
    reason: str = ""  # why it was taken back

    def claims(self) -> dict[str, Json]:
        """Return what is signed beside the subject."""
        claims: dict[str, Json] = {"recordSha256": self.record_sha256}
        if self.withdrawn:
            claims |= {"status": WITHDRAWN, "reason": self.reason}
        return claims


def confirmation_subject(record_url: str, party_public_id: str) -> str:
    """Return what a party's confirmations of a record are about.

    A part of the record, so that each party has a line of versions of its own and the
    log's tail shows what was kept back about the record.
    """
    return f"{record_url}#{party_public_id}"


def record_address(identity: Identity, public_id: str) -> str:
    """Return a record's address, as a confirmation names it."""
    return identity.url(f"/records/{public_id}")


def read_confirmation(claims: Mapping[str, Any]) -> Confirmation:
    """Read a credential's subject. Raises ``ConfirmationMalformedError``."""
    digest, subject = claims.get("recordSha256"), claims.get("id")
    status, reason = claims.get("status", ""), claims.get("reason", "")
    sound = all(isinstance(one, str) for one in (digest, subject, status, reason))
    if not sound or status not in {"", WITHDRAWN}:
        raise ConfirmationMalformedError("The confirmation cannot be read.")
    return Confirmation(
        record=str(subject).partition("#")[0],
        record_sha256=str(digest),
        withdrawn=status == WITHDRAWN,
        reason=str(reason),
    )


def check_confirmer(payload_type: str, did: str, *, voucher: str, subject: str) -> None:
    """Refuse a confirmation that is not a party's own, and all else under its key.

    ``did`` is the key's party; the issuer has been held against it before. Raises
    ``ConfirmerMismatchError``.
    """
    host, path = split_did(did)
    confirms = payload_type == CONFIRMATION
    if not path and not confirms:
        return
    homes = (f"https://{host}", f"http://{host}")
    public_id = path.rpartition("/")[2]
    own = path and any(
        voucher == f"{home}/{path}"
        and subject.startswith(f"{home}/records/")
        and subject.endswith(f"#{public_id}")
        for home in homes
    )
    if not (own and confirms):
        raise ConfirmerMismatchError(
            "A party confirms with its own key, and signs nothing else with it."
        )
