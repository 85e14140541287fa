"""`traceability witness`: watch other people's logs and cosign what continues."""

import json
from dataclasses import dataclass
from pathlib import Path

import click
import waitress

from traceability.core.clock import SystemClock
from traceability.settings import Settings
from traceability.transparency.note import format_vkey
from traceability.transparency.witnessing.home import WitnessHome
from traceability.transparency.witnessing.submission import MAX_BYTES
from traceability.transparency.witnessing.wsgi import application
from traceability.web import logs

CONNECTIONS = 100
SLOW_CLIENT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Seen:
    """A log and the size of its newest head cosigned here."""

    origin: str
    size: int


@click.group("witness")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("witness"),
    show_default=True,
    help="Where the witness keeps its key, its list of logs and what it cosigned.",
)
@click.pass_context
def group(ctx: click.Context, folder: Path) -> None:
    """Be a witness of logs: needs a folder, no service."""
    settings: Settings | None = ctx.meta.get("traceability.settings")
    if settings is not None:
        ctx.obj = WitnessHome(folder.absolute(), settings)


@group.command()
@click.option("--name", required=True, help="A name of your own, e.g. w1.example.org.")
@click.pass_obj
def init(home: WitnessHome, name: str) -> None:
    """Make the folder and a key; print the verifier key for other people's policies."""
    click.echo(format_vkey(home.create(name)))


@group.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8100, show_default=True)
@click.pass_context
def serve(ctx: click.Context, host: str, port: int) -> None:
    """Answer logs until stopped."""
    logs.configure(ctx.meta["traceability.settings"])
    home: WitnessHome = ctx.obj
    witness = home.open(SystemClock())
    try:
        server = waitress.create_server(
            application(witness),
            host=host,
            port=port,
            connection_limit=CONNECTIONS,
            channel_timeout=SLOW_CLIENT_SECONDS,
            max_request_body_size=2 * MAX_BYTES,
            ident=None,
        )
    except ValueError as error:  # what waitress makes of an address that is none
        raise click.ClickException(f"cannot listen on {host}: {error}") from None
    click.echo(f"Witness {witness.key.name} on port {server.effective_port}")
    server.run()


@group.command()
@click.option("--json", "json_", is_flag=True, help="Print JSON.")
@click.pass_obj
def show(home: WitnessHome, *, json_: bool) -> None:
    """Show the verifier key, the logs followed, and how far each was cosigned."""
    key = home.key()
    state = home.state(key)
    origins = sorted({one.name for one in home.logs()})
    seen = [Seen(one, state.read(one).size) for one in origins]
    if json_:
        told = {
            "vkey": format_vkey(key),
            "logs": [{"origin": one.origin, "tree_size": one.size} for one in seen],
        }
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo(format_vkey(key))
    for one in seen:
        click.echo(f"{one.size:>12} {one.origin}")
