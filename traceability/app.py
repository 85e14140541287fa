"""Put the application together: pages, API, start checks."""

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
from traceability.credentials import views as credentials
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
from traceability.labels.stocks import views as label_stocks
from traceability.lookup import views as lookup
from traceability.lookup.stored import PageStore
from traceability.ocop import api as ocop_api, views as ocop
from traceability.ocop.published import views as recognitions
from traceability.ocop.queries import recognitions_ending
from traceability.parties import views as parties
from traceability.parties.published import views as party_documents
from traceability.records import api as records_api, views as records
from traceability.scans.service import ScanCounter
from traceability.scans.visitors import DailySalts
from traceability.settings import Settings, SettingsError
from traceability.signing import views as signing
from traceability.status import views as status
from traceability.transparency import views as transparency
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


def create_app(settings: Settings, use: Services) -> Flask:
    """Return the WSGI application. Raises ``SettingsError`` where it cannot start."""
    use = with_memory(with_scans(use))
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
