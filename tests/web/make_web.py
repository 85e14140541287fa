"""Plain builders of services, applications, and a browser that fills in forms."""

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask
from waitress.wasyncore import close_all
from werkzeug.test import TestResponse

from tests.signing.make_signing import PASSPHRASE
from traceability.app import create_app
from traceability.cli.serving import server_of
from traceability.core.identity import Identity
from traceability.core.ports import Clock
from traceability.db.database import Database
from traceability.services import with_signing
from traceability.settings import Settings
from traceability.signing.keystore import KeyStore
from traceability.web import health, menu
from traceability.web.context import Services
from traceability.web.home import create_home
from traceability.web.installing import new_application
from traceability.web.public import make_public

RATE_LIMITS = (
    *("rate_limit_key", "rate_limit_address"),
    *("rate_limit_sign_in", "rate_limit_scratch"),
)
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def make_settings(home: Path, **changes: Any) -> Settings:
    """Settings of a test: no limits on requests unless the test is about them."""
    unlimited = dict.fromkeys(RATE_LIMITS, 0)
    values = {
        "base_url": "https://tx.example",
        "min_free_bytes": 0,
        **unlimited,
        **changes,
    }
    return Settings(home=home, keys=home / "keys", **values)


def make_services(
    home: Path, database: Database, clock: Clock, **changes: Any
) -> Services:
    """Services over a home made for the test: keys, an empty log, session secret."""
    settings = make_settings(home, **changes)
    identity: Identity = create_home(settings)
    use = Services(settings=settings, database=database, clock=clock, identity=identity)
    store = KeyStore(settings.keys, PASSPHRASE, identity)
    return with_signing(use, store if store.exists else store.create(clock))


def make_app(use: Services) -> Flask:
    app = create_app(use.settings, use)
    app.testing = False  # errors become pages, as in operation
    return app


def make_shell(use: Services, *blueprints: Blueprint) -> Flask:
    """What ``web`` gives by itself: no rooms but health and the blueprints named."""
    app = new_application(use, b"x" * 32)
    app.testing = False
    menu.install(app)
    make_public(app, ["health", *(one.name for one in blueprints)])
    for one in (health.blueprint, *blueprints):
        app.register_blueprint(one)
    return app


class Browser:
    """A test client that keeps the page it shows, its form token and its address."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.origin: str = app.extensions["traceability"].identity.origin
        self.page = ""

    def get(self, path: str, **headers: str) -> TestResponse:
        return self._shown(self.client.get(path, base_url=self.origin, headers=headers))

    def post(self, path: str, data: Mapping[str, Any] | None = None) -> TestResponse:
        """Send a form with the token of the page shown last."""
        token = _TOKEN.search(self.page)
        sent = {"csrf_token": token[1] if token else "", **(data or {})}
        return self._shown(
            self.client.post(
                path,
                data=sent,
                base_url=self.origin,
                headers={"Referer": f"{self.origin}/"},
            )
        )

    def sign_in(self, login: str, password: str) -> TestResponse:
        self.get("/sign-in")
        return self.post("/sign-in", {"login": login, "password": password})

    def _shown(self, response: TestResponse) -> TestResponse:
        if response.mimetype == "text/html":
            self.page = response.get_data(as_text=True)
        return response


@contextmanager
def serving(app: Flask, settings: Settings) -> Iterator[int]:
    """Serve on a free loopback port through waitress, as `traceability serve` does."""
    server: Any = server_of(app, settings, host="127.0.0.1", port=0)
    with running(server):
        yield int(server.effective_port)


@contextmanager
def running(server: Any) -> Iterator[None]:
    """Run a waitress server; in the end its own loop closes every socket it holds.

    A socket closed from another thread would fail the loop that waits for it.
    """
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        # First, and to their end on a slow machine too: its threads wake the loop.
        server.task_dispatcher.shutdown(timeout=60)
        server.trigger.pull_trigger(lambda: close_all(server._map))  # noqa: SLF001 (no public way)
        thread.join(timeout=60)
        assert not thread.is_alive()
