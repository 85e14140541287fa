"""`traceability serve`: the web process, and beside it a worker that it looks after."""

from urllib.parse import urlsplit

import click
import waitress
from flask import Flask
from waitress.server import BaseWSGIServer

from traceability.cli.channels import keep_connections
from traceability.cli.keeping import keep_trust_list, renewed
from traceability.cli.private import serve_privately
from traceability.cli.working import WORKER
from traceability.jobs.supervising import Supervisor
from traceability.settings import Settings
from traceability.web import logs
from traceability.web.context import Services
from traceability.web.shedding import Shedding

CONNECTIONS = 500
BACKLOG = 512
SLOW_CLIENT_SECONDS = 60


@click.command()
@click.option("--host", help="Address to listen on (default: HOST, else 127.0.0.1).")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port to listen on (default: PORT, else 8000; 0 takes a free one).",
)
@click.option(
    "--worker/--no-worker",
    default=None,
    help="Run a worker process too (default: TRACEABILITY_WORKER, else yes).",
)
@click.pass_context
def serve(
    ctx: click.Context, *, host: str | None, port: int | None, worker: bool | None
) -> None:
    """Serve pages and API until stopped."""
    settings: Settings = ctx.meta["traceability.settings"]
    logs.configure(settings)
    app = ctx.meta["traceability.assembly"].create_app(settings, ctx.obj)
    announce_keys(ctx.obj)
    keep_trust_list(app, ctx.obj)
    where = host or settings.host
    try:
        server = server_of(
            app, settings, host=where, port=settings.port if port is None else port
        )
    except ValueError as error:  # what waitress makes of an address that is none
        raise click.ClickException(f"cannot listen on {where}: {error}") from None
    serve_privately(app, ctx.obj, settings)
    click.echo(f"Serving {settings.base_url}")
    if settings.worker if worker is None else worker:
        Supervisor(WORKER).start()
    server.run()


def announce_keys(use: Services) -> None:
    """Renew and log the trust list; a service that may not sign starts nevertheless."""
    fault = renewed(use)
    if fault is not None:
        click.echo(f"Serving reads only: {fault}", err=True)


def server_of(
    app: Flask, settings: Settings, *, host: str, port: int
) -> BaseWSGIServer:
    """Return a listening waitress server.

    Waitress takes bodies up to twice the limit, so that the application itself can
    answer 413 in words. The proxy of the settings may say who asks (X-Forwarded-For);
    nobody else is believed. What would wait too long is refused at once.
    """
    shedding = Shedding(app)
    server: BaseWSGIServer = waitress.create_server(
        shedding,
        host=host,
        port=port,
        threads=settings.threads,
        connection_limit=CONNECTIONS,
        backlog=BACKLOG,
        channel_timeout=SLOW_CLIENT_SECONDS,
        max_request_body_size=2 * settings.body_limit,
        url_scheme=urlsplit(settings.base_url).scheme,
        ident=None,
        trusted_proxy=settings.trusted_proxy,
        trusted_proxy_headers={"x-forwarded-for"},
    )
    keep_connections(server)
    shedding.watch(lambda: len(server.task_dispatcher.queue))
    return server
