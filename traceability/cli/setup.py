"""`traceability init`: make a home, once."""

import click

from traceability.web.home import create_home


@click.command()
@click.pass_context
def init(ctx: click.Context) -> None:
    """Set up the home: its address, secrets and keys. Run again, it changes nothing."""
    settings = ctx.meta["traceability.settings"]
    identity = create_home(settings)
    click.echo(f"{settings.home} is set up for {identity.origin}")
