"""Put the service together: collaborators, blueprints, start checks, command line."""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from flask import Blueprint, Flask
from sqlalchemy import inspect

from traceability import __version__
from traceability.accounts.models import Person
from traceability.accounts.queries import demo_people
from traceability.accounts.views import load_actor
from traceability.cli import Assembly, main as cli
from traceability.core.clock import SystemClock
from traceability.db.database import Database
from traceability.records.queries import record_faults
from traceability.records.trust_list_record import log_trust_list
from traceability.scans.service import ScanCounter
from traceability.scans.visitors import DailySalts
from traceability.settings import Settings, SettingsError
from traceability.signing.cli import KeyListener
from traceability.signing.keys import KeyRole
from traceability.signing.keystore import KeyStore
from traceability.signing.passphrase import read_passphrase
from traceability.transparency.cli import Audits
from traceability.transparency.service import TransparencyLog
from traceability.transparency.triggers import triggers_stand
from traceability.web import auth, health, home, menu, openapi
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
    identity = home.read_identity(settings)
    store = KeyStore(settings.keys, read_passphrase(settings), identity)
    use = Services(
        settings=settings,
        database=Database(settings.database_url),
        clock=SystemClock(),
        identity=identity,
    )
    return with_signing(use, store)


def with_signing(use: Services, store: KeyStore) -> Services:
    """Return services that sign with a key store, log, and report their readiness."""
    log = TransparencyLog(
        signer_of=lambda: store.signer(KeyRole.LOG),
        vkeys_of=lambda: store.vkeys,
        origin=use.identity.log_origin,
        head_file=use.settings.home / "log" / "published-head",
    )
    checks = {**health.common_checks(use), **signing_checks(use, store, log)}
    audits = Audits((record_faults,))
    use = use.with_(store).with_(log).with_(audits).with_(health.Readiness(checks))
    return use.with_(KeyListener(log_trust_list))


def signing_checks(
    use: Services, store: KeyStore, log: TransparencyLog
) -> dict[str, Callable[[], str | None]]:
    """Return the readiness checks of keys, log head and append-only triggers."""

    def triggers() -> str | None:
        with use.database.reading() as session:
            return None if triggers_stand(session) else "append-only triggers missing"

    return {
        "signer": lambda: store.fault(use.clock.now()),
        "log": lambda: log.state(use.database),
        "triggers": triggers,
    }


def create_app(settings: Settings, use: Services | None = None) -> Flask:
    """Return the WSGI application. Raises ``SettingsError`` where it cannot start."""
    use = with_scans(use or build_services(settings))
    check_start(use)
    app = new_application(use, home.read_session_key(settings))
    make_public(app, PUBLIC)
    auth.register_loader(app, load_actor)
    menu.install(app)
    api = openapi.install(app, __version__)
    app.register_blueprint(health.blueprint)
    for blueprint in _blueprints():
        if isinstance(blueprint, openapi.ApiBlueprint):
            api.register_blueprint(blueprint)
        else:
            app.register_blueprint(blueprint)
    return app


def with_scans(use: Services) -> Services:
    """Return services that count scans; the day's salt lies among the secrets."""
    salts = DailySalts(use.settings.home / "secrets")
    return use.with_(ScanCounter(use.database, use.clock, salts))


def check_start(use: Services) -> None:
    """Refuse a database without our tables, and sample accounts on a public address.

    The log is recomputed; one that is damaged or behind what was published serves
    reads only, and /readyz says so. Raises ``SettingsError``.
    """
    if not inspect(use.database.engine).has_table(Person.__tablename__):
        raise SettingsError("the database is empty: run `traceability db upgrade`")
    with use.database.reading() as session:
        sample = demo_people(session)
    if sample and use.settings.public:
        raise SettingsError(
            f"sample account {sample[0].login} is open: close it before serving "
            f"{use.settings.base_url}"
        )
    use.get(TransparencyLog).check_start(use.database)


def _blueprints() -> list[Blueprint | Any]:
    modules = [
        import_module(f"traceability.{room}.{name}")
        for room in ROOMS
        for name in ("views", "api")
        if find_spec(f"traceability.{room}")
        and find_spec(f"traceability.{room}.{name}")
    ]
    return [one.blueprint for one in modules if hasattr(one, "blueprint")]


def main() -> None:
    """Run the command line."""
    cli(obj=Assembly(build_services, create_app))
