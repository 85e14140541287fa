"""What `traceability keys` prints, and whom a change of keys concerns."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import click

from traceability.signing.changes import Change, renewal
from traceability.signing.entries import instant_text
from traceability.signing.keys import KeyRole
from traceability.signing.keystore import OVERLAP, KeyStore
from traceability.signing.parties import Admission, admission
from traceability.signing.trust_list import TrustList
from traceability.web.context import Services

as_json = click.option("--json", "json_", is_flag=True, help="Print JSON.")


def _nobody(_use: Services) -> Sequence[Admission]:
    return ()


@dataclass(frozen=True, slots=True)
class KeyListener:
    """What rooms above do once the keys changed, and whose keys they admitted."""

    told: Callable[[Services], None]  # log the new trust list
    admitted: Callable[[Services], Sequence[Admission]] = _nobody


def renewal_of(use: Services) -> Change:
    """Return the change that lists what was admitted since; the rest stays as it is."""
    admitted = use.get(KeyListener).admitted(use)
    change = admission(use.identity, admitted, overlap=OVERLAP)
    return lambda old, now: change(old, now) or renewal(old, now)


def tell_and_show(use: Services, *, json_: bool) -> None:
    """Print the keys as they are now, and tell the rooms above."""
    store = use.get(KeyStore)
    show(store, json_=json_)  # first: the keys have changed by now
    if not store.root_only:  # there is no log where only the root lives
        use.get(KeyListener).told(use)


def show(store: KeyStore, *, json_: bool) -> None:
    """Print every key, for people or as JSON."""
    trust_list, state = store.trust_list, store.state
    rows = _rows(trust_list)
    if json_:
        summary = {
            "version": trust_list.version,
            "expires": instant_text(trust_list.expires),
            "state": state,
            "keys": rows,
        }
        click.echo(json.dumps(summary, ensure_ascii=False))
        return
    expires = instant_text(trust_list.expires)
    click.echo(f"trust list version {trust_list.version}, expires {expires}")
    if state is not None:
        click.echo(f"signer: down: {state}")
    for row in rows:
        ends = row["not_after"] or "-"
        click.echo(
            f"{row['role']:7} {row['status']:8} {row['alg']:6}"
            f" {row['not_before']}  {ends:20}  {row['kid']}"
        )


def _rows(trust_list: TrustList) -> list[dict[str, Any]]:
    public = [
        {
            "role": key.role.value,
            "kid": key.kid,
            "party": key.party,
            "alg": key.alg,
            "status": key.status.value,
            "not_before": instant_text(key.not_before),
            "not_after": instant_text(key.not_after) if key.not_after else None,
            "revoked_at": key.revoked_at,
        }
        for role in KeyRole
        for key in trust_list.of_role(role)
    ]
    secret = [
        {
            "role": one.role.value,
            "kid": one.key_id,
            "party": trust_list.issuer,
            "alg": "HS256",
            "status": "active",
            "not_before": instant_text(one.not_before),
            "not_after": None,
            "revoked_at": None,
        }
        for one in reversed(trust_list.mac_keys)
    ]
    return public + secret
