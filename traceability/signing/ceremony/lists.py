"""The next trust list, drafted where the service runs, signed where the root lives."""

import json
from collections.abc import Iterator
from pathlib import Path

from traceability.core.ports import Clock
from traceability.signing.changes import current, with_handover
from traceability.signing.entries import instant_text, key_json
from traceability.signing.errors import ListDraftError, TrustListMalformedError
from traceability.signing.keyfiles import write_atomic
from traceability.signing.keys import KeyRole
from traceability.signing.keystore import KeyStore
from traceability.signing.strict_json import read_object
from traceability.signing.trust_list import (
    TrustList,
    parse_trust_list,
    sign_trust_list,
    trust_list_json,
)


def write_draft(path: Path, draft: TrustList) -> None:
    """Write a list that nobody signed yet, for people to read too."""
    value = json.loads(trust_list_json(draft))
    text = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    write_atomic(path, text.encode())


def read_draft(path: Path) -> TrustList:
    """Read what ``write_draft`` wrote. Raises ``TrustListMalformedError``."""
    try:
        return parse_trust_list(read_object(path.read_bytes()))
    except ValueError:
        raise TrustListMalformedError("This is not a trust list.") from None


def check_draft(store: KeyStore, draft: TrustList) -> None:
    """Refuse a draft that the root of this folder should not sign.

    It continues the last list this folder knows, by the same service, and leaves root
    and addresses as they are: those change on the root's own machine, or never. Raises
    ``ListDraftError``.
    """
    last, root = store.trust_list, store.root()
    same = (draft.issuer, draft.link_origins, draft.log_origin, draft.handovers)
    if same != (last.issuer, last.link_origins, last.log_origin, last.handovers):
        raise ListDraftError("The draft is for another service than this root's.")
    if draft.version <= last.version:
        raise ListDraftError(
            "The draft has version %(version)d; this root signed %(last)d already.",
            version=draft.version,
            last=last.version,
        )
    if current(draft, KeyRole.ROOT) != root.public or _roots(draft) != _roots(last):
        raise ListDraftError("The draft changes the root keys.")


def _roots(trust_list: TrustList) -> list[dict[str, object]]:
    return [key_json(key) for key in trust_list.of_role(KeyRole.ROOT)]


def sign_draft(store: KeyStore, draft: TrustList, clock: Clock) -> str:
    """Return the list signed by this folder's root, and remember it here.

    Raises ``ListDraftError``, ``SignerDownError`` and what ``install`` raises.
    """
    check_draft(store, draft)
    root = store.root()
    token = sign_trust_list(with_handover(draft, signer=root), signer=root)
    store.install(token, clock)
    return token


def differences(old: TrustList, new: TrustList) -> Iterator[str]:
    """Yield what a new list says otherwise, one line each, for whoever is to sign."""
    yield f"version {old.version} -> {new.version}"
    yield f"expires {instant_text(old.expires)} -> {instant_text(new.expires)}"
    names = {one.id: one.name for one in old.parties}
    for party in new.parties:
        if names.get(party.id) != party.name:
            yield f"party {party.id}: {party.name}"
    before = {key.kid: key for key in old.keys}
    for key in new.keys:
        what = "changed" if key.kid in before else "NEW"
        if before.get(key.kid) != key:
            ends = instant_text(key.not_after) if key.not_after else "-"
            since = key.revoked_at
            stolen = "" if since is None else f", revoked from log entry {since} on"
            state = f"{key.role.value} {key.status.value} until {ends}{stolen}"
            yield f"{what} {state}: {key.kid}"
    for kid in before.keys() - {key.kid for key in new.keys}:
        yield f"LEFT OUT: {kid}"
    known = {one.key_id for one in old.mac_keys}
    for one in new.mac_keys:
        if one.key_id not in known:
            yield f"NEW {one.role.value}: {one.key_id}"
