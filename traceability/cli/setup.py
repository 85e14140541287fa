"""`traceability init`: make a home, once."""

import click

from traceability.core.clock import SystemClock
from traceability.signing.keystore import KeyStore
from traceability.signing.passphrase import ensure_passphrase
from traceability.web.home import create_home


@click.command()
@click.pass_context
def init(ctx: click.Context) -> None:
    """Set up the home: its address, secrets and keys. Run again, it changes nothing."""
    settings = ctx.meta["traceability.settings"]
    identity = create_home(settings)
    store = KeyStore(settings.keys, ensure_passphrase(settings), identity)
    if not store.exists:
        store.create(SystemClock())
    click.echo(f"{settings.home} is set up for {identity.origin}")
