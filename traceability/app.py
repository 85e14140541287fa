"""Put the service together: collaborators, blueprints, menu, command line."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from flask import Blueprint, Flask

from traceability import __version__
from traceability.cli import Assembly, main as cli
from traceability.core.clock import SystemClock
from traceability.db.database import Database
from traceability.settings import Settings
from traceability.web import health, home, menu, openapi
from traceability.web.context import Services
from traceability.web.installing import new_application
from traceability.web.public import make_public

ROOMS = [
    "signing",
    "transparency",
    "records",
    "accounts",
    "catalog",
    "events",
    "ocop",
    "batches",
    "labels",
    "scans",
    "verification",
    "lookup",
]
PUBLIC = ["health", "signing", "transparency", "records", "verification", "lookup"]


def build_services(settings: Settings) -> Services:
    """Return the collaborators of this home. Raises ``SettingsError``.

    The database is only opened when somebody asks; a home made for another address
    refuses.
    """
    use = Services(
        settings=settings,
        database=Database(settings.database_url),
        clock=SystemClock(),
        identity=home.read_identity(settings),
    )
    return use.with_(health.Readiness(health.common_checks(use)))


def create_app(settings: Settings, use: Services | None = None) -> Flask:
    """Return the WSGI application. Raises ``SettingsError`` where it cannot start."""
    use = use or build_services(settings)
    app = new_application(use, home.read_session_key(settings))
    make_public(app, PUBLIC)
    menu.install(app)
    api = openapi.install(app, __version__)
    app.register_blueprint(health.blueprint)
    for blueprint in _blueprints():
        if isinstance(blueprint, openapi.ApiBlueprint):
            api.register_blueprint(blueprint)
        else:
            app.register_blueprint(blueprint)
    return app


def _blueprints() -> list[Blueprint | Any]:
    return [
        import_module(f"traceability.{room}.{name}").blueprint
        for room in ROOMS
        for name in ("views", "api")
        if find_spec(f"traceability.{room}")
        and find_spec(f"traceability.{room}.{name}")
    ]


def main() -> None:
    """Run the command line."""
    cli(obj=Assembly(build_services, create_app))
