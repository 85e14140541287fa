"""Keys of other parties: their names, and how the trust list takes one in; pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import unquote

from traceability.core.identity import Identity
from traceability.signing.changes import Change, with_key
from traceability.signing.errors import KeyKnownError
from traceability.signing.keys import Jwk, KeyRole, PublicKey, alg_of, thumbprint
from traceability.signing.trust_list import Party, TrustList

_PATH = "organisations"
_DID_WEB = "did:web:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """A key that was admitted for a party, on its way into the trust list."""

    public_id: str  # of the organisation
    name: str
    jwk: Jwk


def party_did(identity: Identity, public_id: str) -> str:
    """Return an organisation's did:web identifier: ours, and a path (did:web 3.1)."""
    return f"{identity.did}:{_PATH}:{public_id}"


def party_url(identity: Identity, public_id: str) -> str:
    """Return the address by which records name an organisation."""
    return identity.url(f"/{_PATH}/{public_id}")


def split_did(did: str) -> tuple[str, str]:
    """Return host and, after it, the path of a did:web: empty for a service itself.

    The path is ``organisations/<public id>`` for parties of ours.
    """
    host, _, path = did.removeprefix(_DID_WEB).partition(":")
    return unquote(host), path.replace(":", "/")


def party_key(
    identity: Identity, admission: Admission, not_before: datetime
) -> PublicKey:
    """Return the list's entry of a party's key."""
    did = party_did(identity, admission.public_id)
    return PublicKey(
        kid=f"{did}#{thumbprint(admission.jwk)}",
        alg=alg_of(admission.jwk),
        role=KeyRole.RECORD,
        party=did,
        jwk=dict(admission.jwk),
        not_before=not_before.replace(microsecond=0),
    )


def refuse_known(trust_list: TrustList, jwk: Jwk) -> None:
    """Raise ``KeyKnownError`` for a key that the list holds, in whatever role or state.

    One key is one party's in one role, for ever: who finds it elsewhere knows a copy.
    """
    mark = thumbprint(jwk)
    if any(thumbprint(key.jwk) == mark for key in trust_list.keys):
        raise KeyKnownError("The trust list holds this key already: make a new one.")


def with_party_key(
    trust_list: TrustList, key: PublicKey, name: str, *, overlap: timedelta
) -> TrustList:
    """Add a party's key; the party's one before stays good for the overlap.

    Raises ``KeyKnownError``.
    """
    refuse_known(trust_list, key.jwk)
    others = tuple(one for one in trust_list.parties if one.id != key.party)
    grown = with_key(trust_list, key, overlap=overlap)
    return replace(grown, parties=(*others, Party(id=key.party, name=name)))


def admission(
    identity: Identity, admitted: Sequence[Admission], *, overlap: timedelta
) -> Change:
    """Return the change that lists admitted keys; those listed stay as they are.

    Nothing changes where all are there.
    """

    def change(trust_list: TrustList, now: datetime) -> TrustList | None:
        known = {thumbprint(key.jwk) for key in trust_list.keys}
        new = [one for one in admitted if thumbprint(one.jwk) not in known]
        for one in new:
            key = party_key(identity, one, now)
            trust_list = with_party_key(trust_list, key, one.name, overlap=overlap)
        return trust_list if new else None

    return change


def keys_of(trust_list: TrustList, did: str) -> list[PublicKey]:
    """Return a party's record keys in whatever state, newest first."""
    return [key for key in trust_list.of_role(KeyRole.RECORD) if key.party == did]
