"""Read what became of a run's labels, and of one number."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from traceability.batches.models import Batch
from traceability.catalog.models import Product
from traceability.core.canonical import Json
from traceability.core.errors import DomainError
from traceability.core.permissions import SYSTEM, Actor
from traceability.core.ports import Mac
from traceability.labels.errors import ReprintNotFoundError
from traceability.labels.job import PrintJob
from traceability.labels.life.models import LabelApplied, LabelPrintOut, LabelReprint
from traceability.labels.life.ranges import Fate, Range, Stretch, counts, stretches
from traceability.labels.life.scanned import number_in_scan
from traceability.labels.models import LabelBinding, LabelRun, LabelVoid
from traceability.labels.queries import (
    RunRow,
    batch_bound,
    bindings_of,
    index_named,
    require_within,
    run_of,
    voids_of,
)
from traceability.labels.serials import SerialNumber, index_typed, is_genuine
from traceability.records.models import SignedRecord
from traceability.records.queries import disclosures_by_record

_MOST = 50  # products of one producer that have come to the same index


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLife:
    """What became of a run's labels, or of those that hold one number."""

    print_outs: Sequence[LabelPrintOut] = ()
    applied: Sequence[LabelApplied] = ()
    reprints: Sequence[LabelReprint] = ()
    voids: Sequence[LabelVoid] = ()
    bindings: Sequence[LabelBinding] = ()
    private: Mapping[int, Mapping[str, Json]] = field(default_factory=dict)
    # by record: who was there, where it was; as far as it still opens

    def at(self, index: int) -> "RunLife":
        """Return what concerns one number alone."""
        return RunLife(
            print_outs=[one for one in self.print_outs if self._holds(one, index)],
            applied=[one for one in self.applied if _holds(one, index)],
            reprints=[one for one in self.reprints if _holds(one, index)],
            voids=[one for one in self.voids if _holds(one, index)],
            bindings=[one for one in self.bindings if _holds(one, index)],
            private=self.private,
        )

    def _holds(self, one: LabelPrintOut, index: int) -> bool:
        if one.reprint_id is None:
            return True
        return any(
            reprint.id == one.reprint_id and _holds(reprint, index)
            for reprint in self.reprints
        )

    def stretches(self, run: LabelRun) -> list[Stretch]:
        """Return a run's numbers by their fate; a run of lot labels has none."""
        if run.first_index is None or run.last_index is None:
            return []
        ranges = {
            Fate.REPRINTED: [_range(one) for one in self.reprints],
            Fate.BOUND: [_range(one) for one in self.bindings],
            Fate.APPLIED: [_range(one) for one in self.applied],
            Fate.VOID: [_range(one) for one in self.voids],
        }
        return stretches(run.first_index, run.last_index, ranges)

    def counts(self, run: LabelRun) -> dict[Fate, int]:
        """Return how many of a run's numbers share each fate."""
        return counts(self.stretches(run))


_Ranged = LabelApplied | LabelReprint | LabelVoid | LabelBinding


def _range(one: _Ranged) -> Range:
    return one.from_index, one.to_index


def _holds(one: _Ranged, index: int) -> bool:
    return one.from_index <= index <= one.to_index


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberLife:
    """One number of one run, with what became of it."""

    row: RunRow
    index: int
    life: RunLife
    batch: Batch | None  # none for a stamp that is bound to no lot yet

    @property
    def fate(self) -> Fate:
        """Return what became of it last."""
        alone = LabelRun(first_index=self.index, count=1)
        return self.life.stretches(alone)[0].fate


def life_of(session: Session, run: LabelRun) -> RunLife:
    """Return what became of a run's labels, oldest first."""
    mine = LabelApplied.run_id == run.id
    applied = session.scalars(
        select(LabelApplied).where(mine).order_by(LabelApplied.id)
    ).all()
    reprints = session.scalars(
        select(LabelReprint)
        .where(LabelReprint.run_id == run.id)
        .order_by(LabelReprint.id)
    ).all()
    print_outs = session.scalars(
        select(LabelPrintOut)
        .where(LabelPrintOut.run_id == run.id)
        .order_by(LabelPrintOut.id)
    ).all()
    voids = voids_of(session, run)
    bindings = [one.binding for one in bindings_of(session, run)]
    ids = [one.record_id for group in (applied, reprints, voids) for one in group]
    return RunLife(
        print_outs=print_outs,
        applied=applied,
        reprints=reprints,
        voids=voids,
        bindings=bindings,
        private=_private(session, ids),
    )


def _private(
    session: Session, record_ids: Sequence[int]
) -> dict[int, Mapping[str, Json]]:
    records = session.scalars(
        select(SignedRecord).where(SignedRecord.id.in_(record_ids))
    ).all()
    kept = disclosures_by_record(session, records)
    return {id_: {one.name: one.value for one in found} for id_, found in kept.items()}


def lives_of_number(
    session: Session, text: str, *, actor: Actor, mac_of: Callable[[str], Mac]
) -> list[NumberLife]:
    """Return the life of what a scan, a serial or an index names among own labels.

    A serial names one label, an index one for each product. A serial that no key of
    ours made names nothing. Raises ``SerialMalformedError`` for other text.
    """
    named = index_typed(number_in_scan(text))
    index = named if isinstance(named, int) else named.index
    found = session.execute(_holding(index, actor))
    rows = [RunRow(*one) for one in found]
    if isinstance(named, SerialNumber):
        rows = [row for row in rows if _made(row, named, mac_of)]
    return [
        NumberLife(
            row=row,
            index=index,
            life=life_of(session, row.run).at(index),
            batch=batch_of_range(session, row, index, index),
        )
        for row in rows
    ]


def batch_of_range(
    session: Session, row: RunRow, first: int, last: int
) -> Batch | None:
    """Return the batch that a range of a run's labels is of.

    Blank stamps have one where a single binding holds the whole range.
    """
    if not row.blank:
        return row.batch
    binding = session.scalar(
        select(LabelBinding).where(
            LabelBinding.run_id == row.run.id,
            LabelBinding.from_index <= first,
            LabelBinding.to_index >= last,
        )
    )
    return batch_bound(session, binding)


def _made(row: RunRow, number: SerialNumber, mac_of: Callable[[str], Mac]) -> bool:
    key_id = row.run.serial_key_id
    product = row.job.lot.product_link().element_string()
    return key_id is not None and is_genuine(number, product, mac_of(key_id))


def _holding(index: int, actor: Actor) -> Select[LabelRun, Batch, Product]:
    query = (
        select(LabelRun, Batch, Product)
        .join(Product, Product.id == LabelRun.product_id)
        .outerjoin(Batch, Batch.id == LabelRun.batch_id)
        .options(joinedload(Batch.product), joinedload(Batch.organisation))
        .where(
            LabelRun.first_index <= index,
            LabelRun.first_index + LabelRun.count > index,
        )
        .order_by(LabelRun.id)
        .limit(_MOST)
    )
    if actor == SYSTEM:
        return query
    return query.where(Product.organisation_id == (actor.organisation_id or 0))


def applied_in(run: LabelRun, first: int, last: int) -> Select[LabelApplied]:
    """Return the query for what of a range was applied."""
    return (
        select(LabelApplied)
        .where(
            LabelApplied.run_id == run.id,
            LabelApplied.from_index <= last,
            LabelApplied.to_index >= first,
        )
        .order_by(LabelApplied.from_index)
    )


def voids_in(run: LabelRun, first: int, last: int) -> Select[LabelVoid]:
    """Return the query for what of a range is void."""
    return (
        select(LabelVoid)
        .where(
            LabelVoid.run_id == run.id,
            LabelVoid.from_index <= last,
            LabelVoid.to_index >= first,
        )
        .order_by(LabelVoid.from_index)
    )


def reprint_of(
    session: Session, run_id: str, reprint_id: str, *, actor: Actor
) -> tuple[RunRow, LabelReprint]:
    """Return a second printing of one of the actor's own runs.

    Raises ``RunNotFoundError`` or ``ReprintNotFoundError``.
    """
    row = run_of(session, run_id, actor=actor)
    reprint = session.scalar(
        select(LabelReprint).where(
            LabelReprint.run_id == row.run.id, LabelReprint.public_id == reprint_id
        )
    )
    if reprint is None:
        raise ReprintNotFoundError("There is no such second printing.")
    return row, reprint


def reprint_records(
    session: Session, run: LabelRun, index: int
) -> Sequence[SignedRecord]:
    """Return the records that a number was printed once more, in the order of the log.

    Their signatures are not looked at.
    """
    return session.scalars(
        select(SignedRecord)
        .join(LabelReprint, LabelReprint.record_id == SignedRecord.id)
        .where(
            LabelReprint.run_id == run.id,
            LabelReprint.from_index <= index,
            LabelReprint.to_index >= index,
        )
        .order_by(SignedRecord.log_index)
    ).all()


def reprint_job(row: RunRow, reprint: LabelReprint) -> PrintJob:
    """Return the job that prints the range once more, the very same labels.

    On a sheet of its own: the one that the run began on is used up since.
    """
    before = row.job.spec
    setup = replace(before.setup, skip=frozenset())
    spec = replace(before, count=reprint.count, setup=setup)
    return replace(row.job, spec=spec, first_index=reprint.from_index)


def indexes_named(
    row: RunRow, first: str, last: str, mac_of: Callable[[str], Mac]
) -> tuple[int, int]:
    """Return the range that two serials or indexes name; without the last, one label.

    Raises what ``index_named`` does, with the field that is at fault.
    """
    begin = _named(row, first, "first", mac_of)
    return begin, _named(row, last, "last", mac_of) if last else begin


def range_named(
    row: RunRow, first: str, last: str, mac_of: Callable[[str], Mac]
) -> tuple[int, int]:
    """Return a range that is named, all of this run. Raises ``VoidRangeError`` too."""
    begin, end = indexes_named(row, first, last, mac_of)
    require_within(row.run, begin, end)
    return begin, end


def _named(row: RunRow, text: str, field: str, mac_of: Callable[[str], Mac]) -> int:
    try:
        return index_named(row, number_in_scan(text), mac_of)
    except DomainError as error:
        error.field = field
        raise


def bindings_in(run: LabelRun, first: int, last: int) -> Select[LabelBinding]:
    """Return the query for what of a range is bound to a batch."""
    return (
        select(LabelBinding)
        .where(
            LabelBinding.run_id == run.id,
            LabelBinding.from_index <= last,
            LabelBinding.to_index >= first,
        )
        .order_by(LabelBinding.from_index)
    )
