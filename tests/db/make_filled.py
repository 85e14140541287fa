"""What must survive a move or a migration."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from traceability.batches.models import Batch
from traceability.labels.queries import runs_of_batch
from traceability.labels.room import label_keys_of
from traceability.records.models import SignedRecord
from traceability.transparency.queries import read_head
from traceability.transparency.service import TransparencyLog
from traceability.web.context import Services


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
                for index in [*range(0, head.size, 16), head.size - 1]
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
