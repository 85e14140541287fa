"""`traceability keys`: see and change the keys of this service."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click

from traceability.signing.entries import instant_text
from traceability.signing.errors import KeyUnknownError
from traceability.signing.keys import EDDSA, ES256, KeyRole
from traceability.signing.keystore import KeyStore
from traceability.signing.trust_list import TrustList
from traceability.web.context import Services

_MIN_PREFIX = 6
as_json = click.option("--json", "json_", is_flag=True, help="Print JSON.")
kid_argument = click.argument("kid")


@dataclass(frozen=True, slots=True)
class KeyListener:
    """What rooms above do once the keys changed: log the new trust list."""

    told: Callable[[Services], None]


@click.group("keys")
def group() -> None:
    """See and change the keys. Each change signs a new trust list."""


@group.command("list")
@as_json
@click.pass_obj
def list_(use: Services, *, json_: bool) -> None:
    """Show every key, the newest of each role first."""
    _show(use.get(KeyStore), json_=json_)


@group.command()
@click.argument("role", type=click.Choice([role.value for role in KeyRole]))
@click.option("--alg", type=click.Choice([EDDSA, ES256]), help="Default: as before.")
@as_json
@click.pass_obj
def rotate(use: Services, role: str, alg: str | None, *, json_: bool) -> None:
    """Make a new key for a role; the one before stays valid for a day."""
    use.get(KeyStore).rotate(KeyRole(role), use.clock, alg=alg)
    _tell_and_show(use, json_=json_)


@group.command()
@kid_argument
@as_json
@click.pass_obj
def retire(use: Services, kid: str, *, json_: bool) -> None:
    """End a key that has a successor. KID may be the start of its fingerprint."""
    store = use.get(KeyStore)
    store.retire(_kid(store.trust_list, kid), use.clock)
    _tell_and_show(use, json_=json_)


@group.command()
@kid_argument
@click.option(
    "--at-index",
    type=click.IntRange(min=0),
    required=True,
    help="Log index from which on its signatures do not count.",
)
@as_json
@click.pass_obj
def revoke(use: Services, kid: str, at_index: int, *, json_: bool) -> None:
    """Disown a stolen key. If it signs now, its successor is made at once."""
    store = use.get(KeyStore)
    store.revoke(_kid(store.trust_list, kid), at_index, use.clock)
    _tell_and_show(use, json_=json_)


@group.command()
@as_json
@click.pass_obj
def renew(use: Services, *, json_: bool) -> None:
    """Sign the same keys again before the trust list expires."""
    use.get(KeyStore).renew(use.clock)
    _tell_and_show(use, json_=json_)


def _kid(trust_list: TrustList, text: str) -> str:
    found = [
        key.kid
        for key in trust_list.keys
        if key.kid == text
        or (len(text) >= _MIN_PREFIX and key.kid.partition("#")[2].startswith(text))
    ]
    if len(found) != 1:
        raise KeyUnknownError("No trusted list names the key %(kid)s.", kid=text)
    return found[0]


def _tell_and_show(use: Services, *, json_: bool) -> None:
    _show(use.get(KeyStore), json_=json_)  # first: the keys have changed by now
    use.get(KeyListener).told(use)


def _show(store: KeyStore, *, json_: bool) -> None:
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
            "alg": "HS256",
            "status": "active",
            "not_before": instant_text(one.not_before),
            "not_after": None,
            "revoked_at": None,
        }
        for one in reversed(trust_list.mac_keys)
    ]
    return public + secret
