"""Answer which lots there are and whose, for the events room below (its port)."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from traceability.batches.errors import SourceNotFoundError
from traceability.batches.models import Batch, BatchState
from traceability.batches.queries import BatchSearch, batches_of, source_of
from traceability.events.ports import KnownLot, LotBook

NEWEST = 100


def lot_book() -> LotBook:
    """Return the book of lots that events are entered with."""
    return LotBook(find=find_lot, own=own_lots)


def find_lot(session: Session, text: str, owner: int) -> KnownLot | None:
    """Return the lot a link, a number of one's own or an id names, or nothing."""
    try:
        return _known(source_of(session, text, owner=owner, field="lot"))
    except SourceNotFoundError:
        return None


def own_lots(session: Session, owner: int) -> Sequence[KnownLot]:
    """Return a producer's newest lots."""
    found = batches_of(session, owner, BatchSearch(size=NEWEST))
    return [_known(batch) for batch in found]


def _known(batch: Batch) -> KnownLot:
    return KnownLot(
        link=batch.digital_link,
        number=batch.lot_number,
        product_name=batch.product.name_vi,
        ocop_set=batch.product.ocop_set,
        owner_id=batch.organisation_id,
        draft=batch.state == BatchState.DRAFT.value,
        unit=batch.unit,
    )
