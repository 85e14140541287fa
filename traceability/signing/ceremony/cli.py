"""`traceability keys export|import|sign-list`: keys on more than one machine."""

import json
import zipfile
from pathlib import Path

import click

from traceability.signing.ceremony.archive import (
    is_archive,
    packed,
    take_in,
    unpacked,
)
from traceability.signing.ceremony.lists import (
    check_draft,
    differences,
    read_draft,
    sign_draft,
    write_draft,
)
from traceability.signing.documents import did_document, jwk_set
from traceability.signing.keyfiles import PRIVATE_MODE, write_atomic
from traceability.signing.keys import KeyRole
from traceability.signing.keystore import KeyStore
from traceability.signing.passphrase import check_strength
from traceability.signing.telling import as_json, renewal_of, show, tell_and_show
from traceability.signing.trust_list import trust_list_json
from traceability.web.context import Services

_out = click.Path(dir_okay=False, path_type=Path)
_in = click.Path(dir_okay=False, exists=True, path_type=Path)
_passphrase = click.option(
    "--passphrase-file", type=_in, help="Holds the pass phrase of the archive."
)


def add_to(group: click.Group) -> None:
    """Give the group these commands."""
    for command in (export, import_, sign_list):
        group.add_command(command)


@click.command()
@click.argument("file", type=_out)
@click.option(
    "--unsigned-list", is_flag=True, help="The next trust list, to be signed."
)
@click.option(
    "--private",
    "roles",
    multiple=True,
    type=click.Choice(["all", *(role.value for role in KeyRole)]),
    help="Private keys of this role, in an encrypted archive.",
)
@_passphrase
@click.pass_obj
def export(
    use: Services,
    file: Path,
    roles: tuple[str, ...],
    passphrase_file: Path | None,
    *,
    unsigned_list: bool,
) -> None:
    """Write what is public (zip), the next list to be signed, or private keys."""
    store = use.get(KeyStore)
    if unsigned_list:
        write_draft(file, store.draft(renewal_of(use), use.clock))
    elif roles:
        passphrase = _asked(passphrase_file, confirm=True)
        check_strength(passphrase)
        wanted = [one for one in KeyRole if {"all", one.value} & set(roles)]
        write_atomic(file, packed(store, wanted, passphrase), mode=PRIVATE_MODE)
    else:
        _write_public(file, store)
    click.echo(str(file))


@click.command("import")
@click.argument("file", type=_in)
@_passphrase
@as_json
@click.pass_obj
def import_(
    use: Services, file: Path, passphrase_file: Path | None, *, json_: bool
) -> None:
    """Take in a trust list the root signed elsewhere, or an archive of private keys."""
    store = use.get(KeyStore)
    if is_archive(file):
        passphrase = _asked(passphrase_file, confirm=False)
        take_in(store, unpacked(file.read_bytes(), passphrase))
        show(store, json_=json_)
        return
    store.install(file.read_text("ascii", "replace").strip(), use.clock)
    tell_and_show(use, json_=json_)


@click.command("sign-list")
@click.argument("draft", type=_in)
@click.argument("out", type=_out)
@click.option("--yes", is_flag=True, help="Do not ask: somebody read the differences.")
@click.pass_obj
def sign_list(use: Services, draft: Path, out: Path, *, yes: bool) -> None:
    """Sign the DRAFT of a trust list with the root key of this folder, into OUT."""
    store = use.get(KeyStore)
    found = read_draft(draft)
    check_draft(store, found)
    for line in differences(store.trust_list, found):
        click.echo(line)
    if not yes:
        click.confirm("Sign this list?", abort=True)
    write_atomic(out, f"{sign_draft(store, found, use.clock)}\n".encode())
    click.echo(f"{out}: take it back to the service, `traceability keys import`")


def _asked(file: Path | None, *, confirm: bool) -> str:
    if file is not None:
        return file.read_text("utf-8").strip()
    text: str = click.prompt(
        "Pass phrase of the archive", hide_input=True, confirmation_prompt=confirm
    )
    return text


def _write_public(file: Path, store: KeyStore) -> None:
    trust_list = store.trust_list
    documents = {
        "trust-list.jws": store.trust_list_jws,
        "trust-list.json": trust_list_json(trust_list).decode(),
        "jwks.json": json.dumps(jwk_set(trust_list), indent=1),
        "did.json": json.dumps(did_document(trust_list), indent=1),
        "log.vkey": f"{trust_list.log_vkey}\n",
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in documents.items():
            archive.writestr(name, text)
