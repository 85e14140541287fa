"""A home over a migrated database with one producer, as `init` leaves it."""

from pathlib import Path

from tests.batches.make_batches import make_producer
from traceability.core.clock import SystemClock
from traceability.db.database import Database
from traceability.settings import Settings, read_settings
from traceability.signing.keystore import KeyStore
from traceability.signing.passphrase import ensure_passphrase
from traceability.web.home import create_home


def make_home(folder: Path, database: Database) -> Settings:
    environ = {"TRACEABILITY_HOME": str(folder), "DATABASE_URL": database.url}
    settings = read_settings(environ)
    identity = create_home(settings)
    store = KeyStore(settings.keys, ensure_passphrase(settings), identity)
    store.create(SystemClock())
    with database.transaction() as session:
        make_producer(session, SystemClock())
    return settings
