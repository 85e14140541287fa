"""The trust list: whose keys count for what, signed by the root key."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from traceability.core.ports import Signer
from traceability.signing.entries import (
    as_list,
    as_text,
    as_whole,
    instant_text,
    key_json,
    parse_instant,
    parse_key,
)
from traceability.signing.envelope import (
    Envelope,
    read_unverified,
    sign_token,
    verify_token,
)
from traceability.signing.errors import (
    KeyUnknownError,
    TrustListExpiredError,
    TrustListMalformedError,
    TrustListNotYetValidError,
    TrustListOlderError,
)
from traceability.signing.handover import parse_handovers, with_heirs
from traceability.signing.keyring import KeyRing
from traceability.signing.keys import KeyRole, PublicKey, vkey_of

TRUST_LIST_TYPE = "trust-list+jwt"
LIFETIME = timedelta(days=400)
CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Someone who holds keys of their own."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MacKey:
    """A secret key that exists: its fingerprint is listed, never its bytes."""

    key_id: str
    role: KeyRole
    not_before: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustList:
    """One version of the list."""

    version: int
    issued: datetime
    expires: datetime
    issuer: str  # did:web of the service
    link_origins: tuple[str, ...]  # lower case, no slash at the end
    log_origin: str
    log_vkey: str  # the key that signs checkpoints now (C2SP signed-note)
    parties: tuple[Party, ...]
    keys: tuple[PublicKey, ...]
    mac_keys: tuple[MacKey, ...]
    handovers: tuple[str, ...] = ()  # of one root to the next, oldest first

    @property
    def ring(self) -> KeyRing:
        """Return the keys, ready to be asked."""
        return KeyRing(self.keys)

    @property
    def link_hosts(self) -> tuple[str, ...]:
        """Return host and, where there is one, port of each allowed link."""
        return tuple(urlsplit(origin).netloc for origin in self.link_origins)

    @property
    def log_vkeys(self) -> list[str]:
        """Return the log's verifier keys, newest first; old checkpoints need the old.

        A revoked one opens what this service stored itself; others ask the ring.
        """
        keys = self.of_role(KeyRole.LOG)
        return [vkey_of(self.log_origin, key.jwk) for key in keys]

    def expired(self, now: datetime) -> bool:
        """Return whether the list's own end has passed."""
        return now >= self.expires

    def of_role(self, role: KeyRole) -> list[PublicKey]:
        """Return the keys of a role, newest first: the list is in order of making."""
        return [key for key in reversed(self.keys) if key.role is role]


def sign_trust_list(trust_list: TrustList, *, signer: Signer) -> str:
    """Return the list as a compact JWS of type ``trust-list+jwt``."""
    return sign_token(trust_list_json(trust_list), TRUST_LIST_TYPE, signer=signer)


def verify_trust_list(
    token: str,
    root: PublicKey | KeyRing,
    *,
    now: datetime,
    last_seen_version: int = 0,
    accept_expired: bool = False,
) -> TrustList:
    """Return the list if a root key signed it and it is not a step back.

    ``root`` is one pinned key, or the ring of the list trusted so far. Where it does
    not know the signing root, the list's own hand-overs may lead there from one that it
    does know. Whoever passes ``accept_expired`` says ``expired(now)`` aloud.
    Raises the errors of ``verify_token``, ``KeyUnknownError``, ``KeyRoleError``,
    ``TrustListMalformedError``, ``TrustListOlderError``, ``TrustListExpiredError``,
    ``TrustListNotYetValidError``.
    """
    signer = _signing_root(read_unverified(token), root, now)
    trust_list = parse_trust_list(verify_token(token, TRUST_LIST_TYPE, signer))
    if trust_list.version < last_seen_version:
        raise TrustListOlderError(
            "Version %(version)d of the trust list is older than %(seen)d.",
            version=trust_list.version,
            seen=last_seen_version,
        )
    if trust_list.issued > now + CLOCK_SKEW:
        raise TrustListNotYetValidError("The trust list is dated in the future.")
    if trust_list.expired(now) and not accept_expired:
        raise TrustListExpiredError("The trust list has expired.")
    return trust_list


def _signing_root(
    envelope: Envelope, root: PublicKey | KeyRing, now: datetime
) -> PublicKey:
    """Return the root to verify a list with: the pinned one, or one handed over to."""
    kid = envelope.kid
    ring = KeyRing([root]) if isinstance(root, PublicKey) else root
    if not ring.knows(kid):
        ring = with_heirs(ring, envelope.payload, now)
    if isinstance(root, PublicKey) and (kid == root.kid or not ring.knows(kid)):
        return root
    return ring.valid(kid, KeyRole.ROOT, now, None)


def root_named_by(token: str) -> PublicKey:
    """Return the root key a list names for itself: trust on first use, no more.

    Raises ``KeyUnknownError`` where the list does not hold its own signing key.
    """
    envelope = read_unverified(token)
    key = parse_trust_list(envelope.payload).ring.key(envelope.kid)
    if key.role is not KeyRole.ROOT:
        raise KeyUnknownError("No trusted list names the key %(kid)s.", kid=key.kid)
    return key


def trust_list_json(trust_list: TrustList) -> bytes:
    """Return the list as the JSON that is signed and served."""
    value = {
        "version": trust_list.version,
        "issued": instant_text(trust_list.issued),
        "expires": instant_text(trust_list.expires),
        "issuer": trust_list.issuer,
        "link_origins": list(trust_list.link_origins),
        "log": {"origin": trust_list.log_origin, "vkey": trust_list.log_vkey},
        "parties": [{"id": one.id, "name": one.name} for one in trust_list.parties],
        "keys": [key_json(key) for key in trust_list.keys],
        "mac_keys": [
            {
                "key_id": one.key_id,
                "role": one.role.value,
                "not_before": instant_text(one.not_before),
            }
            for one in trust_list.mac_keys
        ],
        "handovers": list(trust_list.handovers),
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def parse_trust_list(value: Mapping[str, Any]) -> TrustList:
    """Read the decoded JSON. Raises ``TrustListMalformedError``, ``KeyMalformedError``.

    Members we do not know are ignored: later versions may say more.
    """
    try:
        trust_list = TrustList(
            version=as_whole(value["version"]),
            issued=parse_instant(value["issued"]),
            expires=parse_instant(value["expires"]),
            issuer=as_text(value["issuer"]),
            link_origins=tuple(as_text(one) for one in as_list(value["link_origins"])),
            log_origin=as_text(value["log"]["origin"]),
            log_vkey=as_text(value["log"]["vkey"]),
            parties=tuple(
                Party(id=as_text(one["id"]), name=as_text(one["name"]))
                for one in as_list(value["parties"])
            ),
            keys=tuple(parse_key(one) for one in as_list(value["keys"])),
            mac_keys=tuple(_parse_mac_key(one) for one in as_list(value["mac_keys"])),
            handovers=parse_handovers(value),
        )
    except (KeyError, TypeError, ValueError):
        raise TrustListMalformedError("This is not a trust list.") from None
    _ = trust_list.ring  # refuses two keys with one id
    return trust_list


def _parse_mac_key(value: Mapping[str, Any]) -> MacKey:
    return MacKey(
        key_id=as_text(value["key_id"]),
        role=KeyRole(value["role"]),
        not_before=parse_instant(value["not_before"]),
    )
