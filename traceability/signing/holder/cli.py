"""`traceability sign`: a party's key on its own machine, without home or server."""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from traceability.signing.errors import PassphraseMissingError
from traceability.signing.holding import (
    CONFIRMATION_TYPE,
    MAX_ANSWER,
    PROOF_TYPE,
    Asked,
    answer,
    read_asked,
)
from traceability.signing.keyfiles import (
    KeyDamageError,
    read_private,
    write_atomic,
    write_private,
)
from traceability.signing.keys import (
    EDDSA,
    ES256,
    KeyRole,
    LocalSigner,
    PublicKey,
    alg_of,
    generate_private,
    jwk_of,
)
from traceability.signing.passphrase import check_strength

VARIABLE = "SIGN_PASSPHRASE"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)  # here nobody asks when the key began
_file = click.Path(dir_okay=False, path_type=Path)
_text = click.Path(dir_okay=False, exists=True, path_type=Path)
_passphrase = click.option(
    "--passphrase-file",
    type=_text,
    help=f"Holds the key's pass phrase; else {VARIABLE}, else you are asked.",
)
_key = click.option(
    "--key", "key_file", type=_text, required=True, help="The key, as keygen made it."
)
_out = click.option("--out", type=_file, help="Write the answer here.")


@click.group("sign")
def group() -> None:
    """Sign with a key of your organisation, on a machine of its own."""


@group.command()
@click.argument("key_file", metavar="KEY", type=_file)
@click.option("--alg", type=click.Choice([EDDSA, ES256]), default=EDDSA)
@_passphrase
def keygen(key_file: Path, alg: str, passphrase_file: Path | None) -> None:
    """Make a key: KEY is the private half, encrypted; KEY.jwk the one to send."""
    public = key_file.with_name(f"{key_file.name}.jwk")
    if key_file.exists() or public.exists():
        raise click.ClickException(f"{key_file} is there already: it is never replaced")
    passphrase = _asked(passphrase_file, confirm=True)
    check_strength(passphrase)
    private = generate_private(alg)
    write_private(key_file, private, passphrase)
    write_atomic(public, f"{json.dumps(jwk_of(private))}\n".encode())
    click.echo(
        f"{public}: send this. {key_file}: keep this, its pass phrase elsewhere."
    )


@group.command()
@click.argument("asked", metavar="FILE", type=_text)
@_key
@_passphrase
@_out
def proof(
    asked: Path, key_file: Path, passphrase_file: Path | None, out: Path | None
) -> None:
    """Sign the FILE that shows you hold the key; nothing else."""
    _sign(asked, PROOF_TYPE, key_file, passphrase_file, out)


@group.command()
@click.argument("asked", metavar="FILE", type=_text)
@_key
@_passphrase
@_out
def confirm(
    asked: Path, key_file: Path, passphrase_file: Path | None, out: Path | None
) -> None:
    """Sign the FILE that confirms a record, or takes a confirmation back."""
    _sign(asked, CONFIRMATION_TYPE, key_file, passphrase_file, out)


def _sign(
    file: Path, typ: str, key_file: Path, passphrase_file: Path | None, out: Path | None
) -> None:
    with file.open("rb") as source:
        asked = read_asked(source.read(MAX_ANSWER).decode("ascii", "replace"))
    for line in _in_words(asked):
        click.echo(line, err=True)
    signer = _opened(key_file, _asked(passphrase_file, confirm=False))
    token = answer(asked, typ, signer=signer)
    if out is None:
        click.echo(token)
        return
    write_atomic(out, f"{token}\n".encode())


def _in_words(asked: Asked) -> list[str]:
    """Return what is about to be signed, for whoever holds the key to read."""
    payload = asked.payload
    if asked.typ == PROOF_TYPE:
        return [f"{payload.get('sub')} holds this key; asked by {payload.get('aud')}"]
    shown = json.dumps(payload, ensure_ascii=False, indent=1, default=str)
    return [f"signing as {payload.get('issuer')}:", shown]


def _opened(file: Path, passphrase: str) -> LocalSigner:
    try:
        private = read_private(file, passphrase)
    except KeyDamageError as damage:
        raise click.ClickException(str(damage)) from None
    jwk = jwk_of(private)
    public = PublicKey(
        kid="",
        alg=alg_of(jwk),
        role=KeyRole.RECORD,
        party="",
        jwk=jwk,
        not_before=_NEVER,
    )
    return LocalSigner(public, private)


def _asked(file: Path | None, *, confirm: bool) -> str:
    if file is not None:
        return file.read_text("utf-8").strip()
    if VARIABLE in os.environ:
        return os.environ[VARIABLE]
    if not sys.stdin.isatty():
        raise PassphraseMissingError(
            "The key's pass phrase is missing: name its file, or set %(name)s.",
            name=VARIABLE,
        )
    text: str = click.prompt(
        "Pass phrase of the key", hide_input=True, confirmation_prompt=confirm
    )
    return text
