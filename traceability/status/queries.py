"""Which entries of the log a status list has to mark, each found by an index."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from traceability.batches.models import (
    STOPPED,
    Batch,
    BatchState,
    BatchStatusChange,
)
from traceability.batches.record import RECORD_TYPE
from traceability.catalog.models import Certificate, IpRight
from traceability.catalog.records import CERTIFICATE, IP_RIGHT
from traceability.events.models import TraceEvent
from traceability.events.service import RECORD_TYPE as EVENT
from traceability.ocop.models import Recognition
from traceability.ocop.records import RECOGNITION
from traceability.records.models import SignedRecord
from traceability.status.bitstring import SIZE
from traceability.status.lists import ListId, Purpose

_AT_ONCE = 16  # changes that may be committed in another order than they were dated
Marked = tuple[int, datetime]  # an entry of the log, and when its record was signed


def marked(
    session: Session, wanted: ListId, url: Callable[[str], str]
) -> Sequence[Marked]:
    """Return what a list marks; ``url`` makes an address of ours from a path.

    Of a lot, every version of its record; of a paper or an event declared wrong, every
    record about it.
    """
    parts = [_lots(BatchState.HELD)]
    if wanted.purpose is Purpose.REVOCATION:
        parts = [
            _lots(BatchState.RECALLED),
            _withdrawn(RECOGNITION, Recognition, url("/recognitions/")),
            _withdrawn(CERTIFICATE, Certificate, url("/certificates/")),
            _withdrawn(IP_RIGHT, IpRight, url("/ip-rights/")),
            _about(EVENT, "", TraceEvent.event_id).where(
                TraceEvent.error_reason.is_not(None)
            ),
        ]
    first = wanted.number * SIZE
    # Not the column by itself: its index would lead through the whole list's records.
    inside = (SignedRecord.log_index + 0).between(first, first + SIZE - 1)
    whole = union_all(*(part.where(inside) for part in parts))
    return [(row.log_index, row.issued_at) for row in session.execute(whole)]


def last_change(session: Session) -> datetime | None:
    """Return when a lot was last held, recalled or released, or nothing."""
    newest = (
        select(BatchStatusChange.changed_at)
        .order_by(BatchStatusChange.id.desc())
        .limit(_AT_ONCE)
        .subquery()
    )
    changed: datetime | None = session.scalar(select(func.max(newest.c.changed_at)))
    return changed


def _lots(state: BatchState) -> Select[int, datetime]:
    about = _about(RECORD_TYPE, "", Batch.digital_link)
    return about.where(STOPPED, Batch.state == state.value)


def _withdrawn(
    record_type: str, paper: type[Recognition | Certificate | IpRight], before: str
) -> Select[int, datetime]:
    about = _about(record_type, before, paper.public_id)
    return about.where(paper.withdrawn_on.is_not(None))


def _about(
    record_type: str, before: str, name: InstrumentedAttribute[str]
) -> Select[int, datetime]:
    """Return the records about rows; an index leads from a row to its records.

    The subject is put together even where nothing comes before the name: else a
    database may think of going from every record to its row.
    """
    subject = literal(before) + name
    return (
        select(SignedRecord.log_index, SignedRecord.issued_at)
        .join(name.class_, SignedRecord.subject == subject)
        .where(SignedRecord.type == record_type)
    )
