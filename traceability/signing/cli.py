"""`traceability keys`: see and change the keys of this service."""

from pathlib import Path

import click

from traceability.signing.ceremony import cli as ceremony
from traceability.signing.ceremony.lists import write_draft
from traceability.signing.changes import Change, retirement
from traceability.signing.errors import KeyUnknownError
from traceability.signing.keys import EDDSA, ES256, KeyRole
from traceability.signing.keystore import KeyStore
from traceability.signing.telling import as_json, renewal_of, show, tell_and_show
from traceability.signing.trust_list import TrustList
from traceability.web.context import Services

_MIN_PREFIX = 6
_algs = click.Choice([EDDSA, ES256])
kid_argument = click.argument("kid")
draft_option = click.option(
    "--draft",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the next list here for a root key elsewhere to sign; see sign-list.",
)


@click.group("keys")
def group() -> None:
    """See and change the keys. Each change signs a new trust list."""


ceremony.add_to(group)


@group.command("list")
@as_json
@click.pass_obj
def list_(use: Services, *, json_: bool) -> None:
    """Show every key, the newest of each role first."""
    show(use.get(KeyStore), json_=json_)


@group.command()
@click.option("--alg", type=_algs, default=EDDSA, help="Of the record key.")
@as_json
@click.pass_obj
def create(use: Services, alg: str, *, json_: bool) -> None:
    """Make one key for each role, where there are none yet (`init --without-keys`)."""
    show(use.get(KeyStore).create(use.clock, alg=alg), json_=json_)


@group.command()
@click.argument("role", type=click.Choice([role.value for role in KeyRole]))
@click.option("--alg", type=_algs, help="Default: as before.")
@draft_option
@as_json
@click.pass_obj
def rotate(
    use: Services, role: str, alg: str | None, draft: Path | None, *, json_: bool
) -> None:
    """Make a new key for a role; the one before stays valid for a day."""
    rotation = use.get(KeyStore).rotation(KeyRole(role), alg=alg)
    _change(use, rotation, draft, json_=json_)


@group.command()
@kid_argument
@draft_option
@as_json
@click.pass_obj
def retire(use: Services, kid: str, draft: Path | None, *, json_: bool) -> None:
    """End a key that has a successor. KID may be the start of its fingerprint."""
    found = _kid(use.get(KeyStore).trust_list, kid)
    _change(use, retirement(found), draft, json_=json_)


@group.command()
@kid_argument
@click.option(
    "--at-index",
    type=click.IntRange(min=0),
    required=True,
    help="Log index from which on its signatures do not count.",
)
@draft_option
@as_json
@click.pass_obj
def revoke(
    use: Services, kid: str, at_index: int, draft: Path | None, *, json_: bool
) -> None:
    """Disown a stolen key. If it signs now, its successor is made at once."""
    store = use.get(KeyStore)
    revocation = store.revocation(_kid(store.trust_list, kid), at_index)
    _change(use, revocation, draft, json_=json_)


@group.command()
@draft_option
@as_json
@click.pass_obj
def renew(use: Services, draft: Path | None, *, json_: bool) -> None:
    """Sign the same keys again before the list expires, and those admitted since."""
    _change(use, renewal_of(use), draft, json_=json_)


def _change(use: Services, change: Change, draft: Path | None, *, json_: bool) -> None:
    store = use.get(KeyStore)
    if draft is not None:
        write_draft(draft, store.draft(change, use.clock))
        click.echo(f"{draft}: to be signed on the root key's machine")
        return
    store.change(change, use.clock)
    tell_and_show(use, json_=json_)


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
