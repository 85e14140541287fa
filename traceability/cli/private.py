"""The private port: figures and health for whoever runs the service."""

from collections.abc import Callable, Iterable
from threading import Thread
from typing import Any

import waitress
from flask import Flask
from prometheus_client import make_wsgi_app
from waitress.server import BaseWSGIServer

from traceability.settings import Settings
from traceability.web.context import Services
from traceability.web.metrics import Metrics

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
_HEALTH = frozenset({"/healthz", "/readyz"})
_THREADS = 2


def private_application(app: Flask, metrics: Metrics) -> Wsgi:
    """Return ``/metrics``, and the health of ``app`` under any Host; nothing else."""
    figures: Wsgi = make_wsgi_app(metrics.registry)

    def application(
        environ: Environ, start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == "/metrics":
            return figures(environ, start_response)
        if path in _HEALTH:
            here = {"HTTP_HOST": "localhost", "REMOTE_ADDR": "127.0.0.1"}
            return app.wsgi_app({**environ, **here}, start_response)
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"/metrics /healthz /readyz\n"]

    return application


def private_server(app: Flask, use: Services, settings: Settings) -> BaseWSGIServer:
    """Return a listening server of the private port. Raises ``OSError``."""
    server: BaseWSGIServer = waitress.create_server(
        private_application(app, use.get(Metrics)),
        host=settings.metrics_host,
        port=settings.metrics_port,
        threads=_THREADS,
        ident=None,
    )
    return server


def serve_privately(app: Flask, use: Services, settings: Settings) -> None:
    """Serve the private port in a thread, where one is set."""
    if settings.metrics_port is None:
        return
    server = private_server(app, use, settings)
    Thread(target=server.run, name="private-port", daemon=True).start()
