"""One root hands over to the next, for verifiers that were not there; pure."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from traceability.core.json_text import json_text
from traceability.core.ports import Signer
from traceability.signing.entries import (
    as_list,
    as_object,
    as_text,
    instant_text,
    key_json,
    parse_instant,
    parse_key,
)
from traceability.signing.envelope import read_unverified, sign_token, verify_token
from traceability.signing.errors import SignatureRefusedError
from traceability.signing.keyring import KeyRing
from traceability.signing.keys import KeyRole, PublicKey, thumbprint

HANDOVER_TYPE = "root-handover+jwt"
MAX_HANDOVERS = 64  # the newest are kept: who is further behind is handed a list


def sign_handover(heir: PublicKey, issued: datetime, *, signer: Signer) -> str:
    """Return the word of an old root, ``signer``, that ``heir`` is the next."""
    payload = {
        "issuer": heir.party,
        "issued": instant_text(issued),
        "root": key_json(heir),
    }
    return sign_token(json_text(payload).encode(), HANDOVER_TYPE, signer=signer)


def parse_handovers(trust_list: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a decoded list's hand-overs, unread; older lists have none.

    Raises ``TypeError``, ``ValueError``.
    """
    tokens = as_list(trust_list.get("handovers", []))
    if len(tokens) > MAX_HANDOVERS:
        raise ValueError("more hand-overs than a list holds")
    return tuple(as_text(one) for one in tokens)


def with_heirs(
    pinned: KeyRing, trust_list: Mapping[str, Any], now: datetime
) -> KeyRing:
    """Return the ring with the roots its own roots handed over to, one by one.

    ``trust_list`` is decoded, not verified: each hand-over stands by its own signature.
    Only a root that counts now hands over: whoever saw it end is not moved by what is
    signed with it later, under whatever date. Of a key in the ring no hand-over says
    anything new. Those that do not count are passed over.
    """
    ring = pinned
    try:
        handovers = parse_handovers(trust_list)
    except (TypeError, ValueError):
        return pinned
    for token in handovers:
        with suppress(SignatureRefusedError, KeyError, TypeError, ValueError):
            # The ring refuses a key it has already.
            ring = KeyRing([*ring, _heir(token, ring, trust_list["issuer"], now)])
    return ring


def _heir(token: str, ring: KeyRing, issuer: object, now: datetime) -> PublicKey:
    elder = ring.valid(read_unverified(token).kid, KeyRole.ROOT, now, None)
    payload = verify_token(token, HANDOVER_TYPE, elder)
    parse_instant(payload["issued"])  # told, not believed: a thief writes any date
    heir = parse_key(as_object(payload["root"]))
    if not issuer == payload["issuer"] == elder.party == heir.party:
        raise ValueError("a root of another service")
    if heir.kid != f"{heir.party}#{thumbprint(heir.jwk)}":
        raise ValueError("a root under another's name")
    return KeyRing([heir]).valid(heir.kid, KeyRole.ROOT, now, None)
