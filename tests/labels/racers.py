"""What processes print at once, each over a connection of its own."""

from tests.batches.make_batches import Producer
from tests.batches.racers import Office
from tests.labels.make_labels import make_keys
from traceability.batches.models import Batch
from traceability.db.database import Database
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.service import start_run
from traceability.labels.stock import A4_65


def print_some(office: Office, producer: Producer, batch_id: int, runs: int) -> int:
    """Start several runs of a batch, one after the other."""
    database, notary = Database(office.url), office.notary()
    spec = RunSpec(kind=LabelKind.SERIAL, count=100, stock=A4_65)
    for _ in range(runs):
        with database.transaction() as session:
            batch = session.get_one(Batch, batch_id)
            start_run(
                session,
                batch,
                spec,
                actor=producer.actor,
                notary=notary,
                keys=make_keys(),
            )
    database.dispose()
    return runs
