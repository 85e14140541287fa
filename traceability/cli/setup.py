"""`traceability init`: make a home, once."""

import click

from traceability.core.clock import SystemClock
from traceability.signing.keys import EDDSA, ES256
from traceability.signing.keystore import KeyStore
from traceability.signing.passphrase import ensure_passphrase
from traceability.web.home import create_home


@click.command()
@click.option(
    "--alg",
    type=click.Choice([EDDSA, ES256]),
    default=EDDSA,
    help="Of the key that signs records.",
)
@click.option(
    "--without-keys",
    is_flag=True,
    help="They come later: `keys create`, `import`.",
)
@click.pass_context
def init(ctx: click.Context, alg: str, *, without_keys: bool) -> None:
    """Set up the home: its address, secrets and keys. Run again, it changes nothing."""
    settings = ctx.meta["traceability.settings"]
    identity = create_home(settings)
    store = KeyStore(settings.keys, ensure_passphrase(settings), identity)
    if not (store.exists or without_keys):
        store.create(SystemClock(), alg=alg)
    click.echo(f"{settings.home} is set up for {identity.origin}")
