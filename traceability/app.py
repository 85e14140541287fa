"""Put the service together: collaborators, blueprints, start checks, command line."""

from flask import Flask
from sqlalchemy import inspect

from traceability import __version__
from traceability.accounts import api as accounts_api, views as accounts
from traceability.accounts.models import Person
from traceability.accounts.queries import demo_people
from traceability.accounts.repeating.service import answer_memory
from traceability.batches import api as batches_api, views as batches
from traceability.batches.known.queries import lot_book
from traceability.catalog import views as catalog
from traceability.catalog.expiring.queries import Endings
from traceability.catalog.papers import api as certificates_api
from traceability.catalog.papers.queries import papers_ending
from traceability.catalog.papers.rights import api as ip_rights_api
from traceability.catalog.producer import api as producer_api
from traceability.catalog.products import api as products_api
from traceability.catalog.published import views as papers
from traceability.catalog.sites import api as sites_api
from traceability.catalog.units import api as units_api
from traceability.cli import Assembly, main as cli
from traceability.cli.proven import row_faults
from traceability.cli.watching import with_watch
from traceability.core.clock import SystemClock
from traceability.credentials import views as credentials
from traceability.db.database import Database, Tuning
from traceability.db.memory import Memory
from traceability.db.stamps import Stamps
from traceability.desk import views as desk
from traceability.events import api as events_api, views as events
from traceability.inspection import api as inspection_api, views as inspection
from traceability.inspection.pocket import views as pocket
from traceability.labels import api as labels_api, views as labels
from traceability.labels.binding import api as stamps_api, views as stamps
from traceability.labels.designs import api as designs_api
from traceability.labels.life import api as label_life_api
from traceability.labels.printing import api as printing_api, views as printing
from traceability.labels.printing.room import with_printing
from traceability.labels.stocks import views as label_stocks
from traceability.lookup import views as lookup
from traceability.lookup.stored import PageStore
from traceability.ocop import api as ocop_api, views as ocop
from traceability.ocop.published import views as recognitions
from traceability.ocop.queries import recognitions_ending
from traceability.parties import views as parties
from traceability.parties.listing import admissions
from traceability.parties.published import views as party_documents
from traceability.records import api as records_api, views as records
from traceability.records.confirmed.queries import confirmation_faults
from traceability.records.queries import record_faults
from traceability.records.trust_list_record import log_trust_list
from traceability.scans.service import ScanCounter
from traceability.scans.visitors import DailySalts
from traceability.settings import Settings, SettingsError
from traceability.signing import views as signing
from traceability.signing.keys import KeyRole
from traceability.signing.keystore import KeyStore
from traceability.signing.passphrase import read_passphrase
from traceability.signing.telling import KeyListener
from traceability.status import views as status
from traceability.status.service import StatusLists
from traceability.transparency import views as transparency
from traceability.transparency.cli import Audits
from traceability.transparency.collecting.service import Collector
from traceability.transparency.errors import PolicyMalformedError
from traceability.transparency.policy import Policy, load_policy
from traceability.transparency.service import TransparencyLog
from traceability.verification import api as verification_api, views as verification
from traceability.verification.bundle import views as bundles
from traceability.web import (
    api_docs,
    auth,
    health,
    home,
    limits,
    menu,
    openapi,
    problem_index,
)
from traceability.web.context import Services
from traceability.web.installing import new_application
from traceability.web.public import make_public

PAGES = [
    health.blueprint,
    problem_index.blueprint,
    api_docs.blueprint,
    signing.blueprint,
    transparency.blueprint,
    records.blueprint,
    status.blueprint,
    accounts.blueprint,
    catalog.blueprint,
    papers.blueprint,
    ocop.blueprint,
    recognitions.blueprint,
    batches.blueprint,
    events.blueprint,
    labels.blueprint,
    label_stocks.blueprint,
    printing.blueprint,
    stamps.blueprint,
    parties.blueprint,
    party_documents.blueprint,
    verification.blueprint,
    credentials.blueprint,
    bundles.blueprint,
    lookup.blueprint,
    inspection.blueprint,
    pocket.blueprint,
    desk.blueprint,
]
API = [
    accounts_api.blueprint,
    units_api.blueprint,
    ocop_api.blueprint,
    producer_api.blueprint,
    sites_api.blueprint,
    products_api.blueprint,
    certificates_api.blueprint,
    ip_rights_api.blueprint,
    batches_api.blueprint,
    events_api.blueprint,
    labels_api.blueprint,
    designs_api.blueprint,
    label_life_api.blueprint,
    printing_api.blueprint,
    stamps_api.blueprint,
    inspection_api.blueprint,
    records_api.blueprint,
    verification_api.blueprint,
]
PUBLIC = [
    "api_docs",
    "health",
    "problems",
    "signing",
    "transparency",
    "records",
    "status",
    "papers",
    "recognitions",
    "party_documents",
    "verification",
    "credentials",
    "lookup",
    "pocket",
]


def build_services(settings: Settings) -> Services:
    """Return the collaborators of this home. Raises ``SettingsError``.

    The database is only opened when somebody asks; a home made for another address
    refuses.
    """
    identity = home.read_identity(settings)
    store = KeyStore(settings.keys, read_passphrase(settings), identity)
    use = Services(
        settings=settings,
        database=Database(settings.database_url, Tuning.of(settings)),
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
        policy=witness_policy(use.settings),
    )
    audits = Audits((record_faults, confirmation_faults, row_faults))
    lists = StatusLists(
        signer_of=lambda: store.signer(KeyRole.STATUS),
        clock=use.clock,
        identity=use.identity,
    )
    use = use.with_(store).with_(log).with_(audits).with_(lists)
    use = use.with_(Collector(log, use.database, use.clock))
    use = with_printing(use.with_(KeyListener(log_trust_list, admissions)))
    return with_watch(use)


def witness_policy(settings: Settings) -> Policy | None:
    """Return whom this service asks to cosign, if anybody. Raises ``SettingsError``."""
    path = settings.witness_policy or settings.home / "witness-policy.txt"
    if not path.exists():
        return None
    try:
        return load_policy(path)
    except PolicyMalformedError as error:
        raise SettingsError(f"{path}: {error}") from None


def create_app(settings: Settings, use: Services | None = None) -> Flask:
    """Return the WSGI application. Raises ``SettingsError`` where it cannot start."""
    use = with_memory(with_scans(use or build_services(settings)))
    use = use.with_(Endings((papers_ending, recognitions_ending)))
    use = use.with_(answer_memory(use.clock)).with_(lot_book())
    check_start(use)
    app = new_application(use, home.read_session_key(settings))
    make_public(app, PUBLIC)
    auth.register_loader(app, accounts.load_actor)
    limits.install(app, settings)
    menu.install(app)
    for pages in PAGES:
        app.register_blueprint(pages)
    api = openapi.install(app, __version__)
    for resources in API:
        api.register_blueprint(resources)
    return app


def with_scans(use: Services) -> Services:
    """Return services that count scans; the day's salt lies among the secrets."""
    salts = DailySalts(use.settings.home / "secrets")
    return use.with_(ScanCounter(use.database, use.clock, salts))


def with_memory(use: Services) -> Services:
    """Return services that remember what pages were made of, while it stays so."""
    return use.with_(Stamps(use.database)).with_(Memory()).with_(PageStore())


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


def main() -> None:
    """Run the command line."""
    cli(obj=Assembly(build_services, create_app))
