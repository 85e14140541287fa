"""A home with the sample data at the newest schema, and what must survive a move."""

import shutil
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from tests.signing.make_signing import PASSPHRASE
from traceability.batches.models import Batch
from traceability.core.clock import SystemClock
from traceability.db.migrations import upgrade
from traceability.demo.people import make_passwords
from traceability.demo.service import load_samples
from traceability.labels.queries import runs_of_batch
from traceability.labels.room import label_keys_of
from traceability.records.models import SignedRecord
from traceability.records.notary import notary_of
from traceability.services import build_services
from traceability.settings import Settings, read_settings
from traceability.signing.keystore import KeyStore
from traceability.transparency.queries import read_head
from traceability.transparency.service import TransparencyLog
from traceability.web.context import Services
from traceability.web.home import create_home


def make_filled(folder: Path) -> Path:
    """Make a home over SQLite in which the sample data is signed and logged."""
    settings = settings_of(folder)
    identity = create_home(settings)
    KeyStore(settings.keys, PASSPHRASE, identity).create(SystemClock())
    use = build_services(settings)
    upgrade(use.database)
    with use.database.transaction() as session:
        passwords = make_passwords(folder)
        load_samples(session, passwords, notary=notary_of(use), keys=label_keys_of(use))
    use.database.dispose()
    return folder


def settings_of(folder: Path, url: str = "") -> Settings:
    environ = {
        "TRACEABILITY_HOME": str(folder),
        "TRACEABILITY_KEY_PASSPHRASE": PASSPHRASE,
        "TRACEABILITY_MIN_FREE_MB": "0",
        **({"DATABASE_URL": url} if url else {}),
    }
    return read_settings(environ)


def copied_home(folder: Path, target: Path) -> Path:
    """Return a copy of a home that nobody has open."""
    shutil.copytree(folder, target)
    return target


def everything_signed(use: Services) -> dict[str, object]:
    """Return what nobody may change: records, log root, proofs, serials."""
    log = use.get(TransparencyLog)
    with use.database.reading() as session:
        records = session.scalars(select(SignedRecord).order_by(SignedRecord.id)).all()
        head = read_head(session)
        assert head is not None
        return {
            "records": [(one.public_id, one.token, one.log_index) for one in records],
            "head": head,
            "checkpoint": log.checkpoint(session),
            "proofs": [
                log.inclusion_proof(session, index, head.size)
                for index in range(head.size)
            ],
            "serials": serials(session, use),
        }


def serials(session: Session, use: Services) -> list[str]:
    keys = label_keys_of(use)
    batches = session.scalars(
        select(Batch).options(joinedload(Batch.product)).order_by(Batch.id)
    )
    return [
        label.qr_text
        for batch in batches
        for row in runs_of_batch(session, batch)
        for label in row.job.labels(keys)
    ]
