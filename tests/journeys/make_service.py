"""A whole service over a home with the sample data, on a loopback port of its own."""

import json
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from sqlalchemy import select

from tests.clock import FixedClock
from tests.web.make_web import make_app, make_services, running
from traceability.batches.models import Batch
from traceability.cli import main
from traceability.cli.serving import server_of
from traceability.db.database import Database
from traceability.db.migrations import upgrade
from traceability.demo.people import read_passwords
from traceability.labels.label import Label
from traceability.labels.queries import RunRow, runs_of_batch
from traceability.labels.room import label_keys_of
from traceability.web.context import Services

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Sample:
    """A home with the sample data and what `demo --json` told; nobody serves it."""

    home: Path
    origin: str
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Service:
    """A running service over its own copy of the sample home."""

    use: Services
    told: Mapping[str, Any]

    @property
    def origin(self) -> str:
        return self.use.identity.origin

    @property
    def today(self) -> date:
        return self.use.clock.today()

    def password(self, login: str) -> str:
        return read_passwords(self.use.settings.home)[login]

    def lot(self, number: str) -> str:
        """Return the link of a lot."""
        told = self.told["batches"]
        return str(
            next(one["digital_link"] for one in told if one["lot_number"] == number)
        )

    def runs(self, lot: str) -> list[RunRow]:
        """Return the label runs of a lot."""
        with self.use.database.reading() as session:
            found = select(Batch).where(Batch.digital_link == self.lot(lot))
            return runs_of_batch(session, session.scalars(found).one())

    def labels(self, lot: str) -> list[Label]:
        """Return every label that was printed for a lot, in the order of printing."""
        keys = label_keys_of(self.use)
        return [label for row in self.runs(lot) for label in row.job.labels(keys)]

    def opened(self, label: Label) -> str:
        """Return a label's link as people write it: scheme and host in small."""
        return self.origin + label.qr_text[len(self.origin) :]


def free_port() -> int:
    with socket.socket() as free:
        free.bind((HOST, 0))
        port: int = free.getsockname()[1]
        return port


def database_of(home: Path) -> Database:
    return Database(f"sqlite:///{home / 'service.sqlite3'}")


def make_sample(home: Path) -> Sample:
    """Make a home with schema and sample data for a port that is free now."""
    home.mkdir(parents=True)
    origin = f"http://{HOST}:{free_port()}"
    database = database_of(home)
    upgrade(database)
    use = make_services(home, database, FixedClock(), base_url=origin)
    done = CliRunner().invoke(main, ["demo", "--json"], obj=use)
    database.dispose()
    assert done.exit_code == 0, done.output
    return Sample(home, origin, json.loads(done.stdout))


@contextmanager
def moved_in(
    sample: Sample, home: Path, database: Database | None = None
) -> Iterator[Services]:
    """Services over a copy of a sample, or of its home and another database."""
    if not home.exists():
        shutil.copytree(sample.home, home)
    with database or database_of(home) as rows:
        places = {"base_url": sample.origin, "database_url": rows.url}
        yield make_services(home, rows, FixedClock(), **places)


@contextmanager
def served(sample: Sample, home: Path) -> Iterator[Service]:
    """Serve a copy of a sample at the address that its labels carry."""
    with moved_in(sample, home) as use:
        app = make_app(use)
        port = int(sample.origin.rpartition(":")[2])
        server: Any = server_of(app, use.settings, host=HOST, port=port)
        with running(server):
            yield Service(use, sample.told)
