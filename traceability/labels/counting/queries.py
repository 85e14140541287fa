"""Count labels from signed records: of one lot, or of every lot in the log."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from traceability.batches.models import Batch
from traceability.core.canonical import Json
from traceability.core.errors import DomainError
from traceability.labels.counting.tally import Tally, packs_of, tally_of
from traceability.labels.job import LabelKind
from traceability.labels.life.models import LabelReprint
from traceability.labels.life.service import REPRINT_RECORD_TYPE
from traceability.labels.models import LabelBinding, LabelRun, LabelVoid
from traceability.labels.service import (
    BINDING_RECORD_TYPE,
    RUN_RECORD_TYPE,
    VOID_RECORD_TYPE,
)
from traceability.records.models import SignedRecord
from traceability.signing.envelope import read_unverified

_COUNTED = (
    RUN_RECORD_TYPE,
    VOID_RECORD_TYPE,
    REPRINT_RECORD_TYPE,
    BINDING_RECORD_TYPE,
)
_ByLot = Mapping[str, list[Mapping[str, Json]]]
Counts = Callable[[SignedRecord], bool]  # whether its signature does


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A lot's labels beside its packs; ``packs`` is nothing where it is not known."""

    lot: str
    tally: Tally
    packs: int | None

    @property
    def beyond(self) -> int:
        """Return how many labels there are more than packs."""
        return self.tally.beyond(self.packs)


def labels_of_lot(session: Session, batch: Batch, *, counts: Counts) -> Counted:
    """Return a lot's labels by its signed runs; its product is loaded.

    A record whose signature does not count adds nothing, a void range too.
    """
    runs = session.scalars(
        select(SignedRecord)
        .join(LabelRun, LabelRun.record_id == SignedRecord.id)
        .where(LabelRun.batch_id == batch.id)
    )
    bindings = session.scalars(
        select(SignedRecord)
        .join(LabelBinding, LabelBinding.record_id == SignedRecord.id)
        .where(LabelBinding.batch_id == batch.id)
    )
    bound = select(LabelBinding.run_id).where(LabelBinding.batch_id == batch.id)
    of_its_runs = or_(LabelRun.batch_id == batch.id, LabelRun.id.in_(bound))
    voids = session.scalars(
        select(SignedRecord)
        .join(LabelVoid, LabelVoid.record_id == SignedRecord.id)
        .join(LabelRun, LabelRun.id == LabelVoid.run_id)
        .where(of_its_runs)
    )
    again = session.scalars(
        select(SignedRecord)
        .join(LabelReprint, LabelReprint.record_id == SignedRecord.id)
        .join(LabelRun, LabelRun.id == LabelReprint.run_id)
        .where(of_its_runs)
    )
    of_lot = batch.digital_link
    signed = [
        [claims for one in found if counts(one) and (claims := _claims(one, of_lot))]
        for found in (runs.all(), voids.all(), again.all(), bindings.all())
    ]
    return Counted(lot=of_lot, tally=tally_of(*signed), packs=_packs(batch))


def labels_in_log(session: Session, *, counts: Counts) -> Iterator[Counted]:
    """Yield every lot that a logged run names, as the log alone tells it.

    Rows of runs are not asked: one that was taken away hides nothing here.
    """
    log = _Log()
    found = session.scalars(
        select(SignedRecord)
        .where(SignedRecord.type.in_(_COUNTED))
        .order_by(SignedRecord.log_index)
    )
    for record in found:
        claims = _claims(record) if counts(record) else None
        if claims is not None:
            log.add(record.type, claims)
    for lot in log.lots:
        batch = session.scalar(
            select(Batch)
            .where(Batch.digital_link == lot)
            .options(joinedload(Batch.product))
        )
        packs = _packs(batch) if batch else None
        yield Counted(lot=lot, tally=log.tally(lot), packs=packs)


class _Log:
    """What the log's label records say, by the lot they name."""

    def __init__(self) -> None:
        self._told: dict[str, dict[str, list[Mapping[str, Json]]]] = {
            one: defaultdict(list) for one in _COUNTED
        }

    def add(self, type_: str, claims: Mapping[str, Json]) -> None:
        if type_ != RUN_RECORD_TYPE or claims.get("kind") != LabelKind.BLANK:
            self._told[type_][str(claims.get("lot", ""))].append(claims)

    @property
    def lots(self) -> list[str]:
        """Return every lot that labels were printed for or bound to."""
        told = (self._told[one] for one in (RUN_RECORD_TYPE, BINDING_RECORD_TYPE))
        return list(dict.fromkeys(lot for by_lot in told for lot in by_lot))

    def tally(self, lot: str) -> Tally:
        """Add up a lot; what is told of blank stamps names no lot, only their run."""
        runs, voids, again, bindings = (self._told[one] for one in _COUNTED)
        blank = lot in bindings

        def told(one: _ByLot) -> list[Mapping[str, Json]]:
            return [*one.get(lot, ()), *(one.get("", ()) if blank else ())]

        return tally_of(runs[lot], told(voids), told(again), bindings[lot])


def _claims(record: SignedRecord, lot: str = "") -> Mapping[str, Json] | None:
    """Return what a record says, if it says it of the lot (of any, where none is).

    Ranges of blank stamps that are void or printed again name no lot.
    """
    try:
        subject = read_unverified(record.token).payload.get("credentialSubject")
    except DomainError:
        return None
    if not isinstance(subject, dict) or (lot and subject.get("lot", lot) != lot):
        return None
    return subject


def _packs(batch: Batch) -> int | None:
    return packs_of(batch.quantity, batch.product.net)
