"""How one version of the trust list becomes the next; pure."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from traceability.core.identity import Identity
from traceability.core.ports import Signer
from traceability.signing.errors import (
    KeyChangeError,
    KeyInUseError,
    SealKeyCollisionError,
)
from traceability.signing.handover import MAX_HANDOVERS, sign_handover
from traceability.signing.keys import (
    KeyRole,
    KeyStatus,
    PublicKey,
    alg_of,
    thumbprint,
    vkey_of,
)
from traceability.signing.trust_list import LIFETIME, MacKey, Party, TrustList

Change = Callable[[TrustList, datetime], TrustList | None]  # nothing: leave it


def renewal(trust_list: TrustList, _now: datetime) -> TrustList:
    """Change nothing but version and dates."""
    return trust_list


def retirement(kid: str) -> Change:
    """Return the change that ends a key that has a successor."""
    return lambda trust_list, now: with_retired(trust_list, kid, now)


def new_key(
    identity: Identity, role: KeyRole, jwk: dict[str, str], now: datetime
) -> PublicKey:
    """Return the list's entry for a key of ours made now."""
    return PublicKey(
        kid=f"{identity.did}#{thumbprint(jwk)}",
        alg=alg_of(jwk),
        role=role,
        party=identity.did,
        jwk=jwk,
        not_before=_whole_second(now),
    )


def empty_list(identity: Identity, now: datetime) -> TrustList:
    """Return version 0, which is never signed: the list before the first key."""
    return TrustList(
        version=0,
        issued=_whole_second(now),
        expires=_whole_second(now) + LIFETIME,
        issuer=identity.did,
        link_origins=(identity.origin,),
        log_origin=identity.log_origin,
        log_vkey="",
        parties=(Party(id=identity.did, name=identity.host),),
        keys=(),
        mac_keys=(),
    )


def next_version(trust_list: TrustList, now: datetime) -> TrustList:
    """Return the list ready to be signed again: version + 1, dates, the log's vkey."""
    log = next(key for key in trust_list.of_role(KeyRole.LOG) if _active(key))
    return replace(
        trust_list,
        version=trust_list.version + 1,
        issued=_whole_second(now),
        expires=_whole_second(now) + LIFETIME,
        log_vkey=vkey_of(trust_list.log_origin, log.jwk),
    )


def with_key(trust_list: TrustList, key: PublicKey, *, overlap: timedelta) -> TrustList:
    """Add a key that signs from now on; those before it stay good for the overlap.

    Raises ``SealKeyCollisionError``.
    """
    if key.role is KeyRole.SEAL and any(
        other.key_id4 == key.key_id4 for other in trust_list.of_role(KeyRole.SEAL)
    ):
        raise SealKeyCollisionError("Another seal key has this id; make a new one.")
    end = key.not_before + overlap

    def ended(other: PublicKey) -> PublicKey:
        same = other.role is key.role and other.party == key.party
        if not same or not _active(other):
            return other
        return _ending(other, end)

    return replace(trust_list, keys=(*map(ended, trust_list.keys), key))


def with_handover(trust_list: TrustList, *, signer: Signer) -> TrustList:
    """Add the word of the root that signed so far, if the list makes another the next.

    The oldest go where there would be too many.
    """
    heir = current(trust_list, KeyRole.ROOT)
    if heir is None or heir.kid == signer.kid:
        return trust_list
    word = sign_handover(heir, trust_list.issued, signer=signer)
    kept = (*trust_list.handovers, word)[-MAX_HANDOVERS:]
    return replace(trust_list, handovers=kept)


def with_mac_key(
    trust_list: TrustList, key_id: str, role: KeyRole, now: datetime
) -> TrustList:
    """Add a secret key; the older ones stay, for labels in the field need them."""
    entry = MacKey(key_id=key_id, role=role, not_before=_whole_second(now))
    return replace(trust_list, mac_keys=(*trust_list.mac_keys, entry))


def with_retired(trust_list: TrustList, kid: str, now: datetime) -> TrustList:
    """End a key that has a successor.

    Raises ``KeyUnknownError``, ``KeyChangeError``, ``KeyInUseError``.
    """
    key = trust_list.ring.key(kid)
    if not _active(key):
        raise KeyChangeError("The key has ended already.")
    if current(trust_list, key.role) == key:
        raise KeyInUseError("The key signs now; rotate its role first.")
    retired = replace(_ending(key, _whole_second(now)), status=KeyStatus.RETIRED)
    return _replacing(trust_list, retired)


def with_revoked(
    trust_list: TrustList, kid: str, log_index: int, now: datetime
) -> TrustList:
    """Say that a key's signatures count only if logged before ``log_index``.

    A revocation can move to an earlier index, never to a later one.
    Raises ``KeyUnknownError``, ``KeyChangeError``.
    """
    key = trust_list.ring.key(kid)
    if key.role is KeyRole.ROOT:
        raise KeyChangeError("A lost root is replaced outside the trust list.")
    if log_index < 0 or (key.revoked_at is not None and log_index > key.revoked_at):
        raise KeyChangeError("A revocation can only move to an earlier index.")
    revoked = replace(
        _ending(key, _whole_second(now)),
        status=KeyStatus.REVOKED,
        revoked_at=log_index,
    )
    return _replacing(trust_list, revoked)


def current(trust_list: TrustList, role: KeyRole) -> PublicKey | None:
    """Return the key of ours that signs in this role: the newest active one."""
    ours = (key for key in trust_list.of_role(role) if key.party == trust_list.issuer)
    return next((key for key in ours if _active(key)), None)


def _active(key: PublicKey) -> bool:
    return key.status is KeyStatus.ACTIVE


def _ending(key: PublicKey, end: datetime) -> PublicKey:
    earliest = end if key.not_after is None else min(key.not_after, end)
    return replace(key, not_after=earliest)


def _replacing(trust_list: TrustList, changed: PublicKey) -> TrustList:
    keys = (changed if key.kid == changed.kid else key for key in trust_list.keys)
    return replace(trust_list, keys=tuple(keys))


def _whole_second(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)
