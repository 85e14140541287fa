"""Read batches: by link, by producer, and what is known of their state."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    and_,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, joinedload

from traceability.batches.errors import BatchNotFoundError, SourceNotFoundError
from traceability.batches.lots import suggested_lot_number
from traceability.batches.models import (
    Batch,
    BatchInput,
    BatchState,
    BatchStatusChange,
)
from traceability.batches.rules import MAX_LEVELS
from traceability.catalog.models import Product
from traceability.catalog.names import folded
from traceability.core.errors import DomainError
from traceability.core.permissions import Actor, Role
from traceability.core.quantity import Quantity
from traceability.db.window import Window
from traceability.gs1.digital_link import DigitalLink
from traceability.records.models import SignedRecord

PAGE = 50


def batch_by_link(session: Session, link: DigitalLink) -> Batch | None:
    """Return the issued (or held, or recalled) batch a link names; drafts stay hidden.

    Serial and variant are ignored; product, site and organisation are loaded.
    """
    return session.scalar(
        _whole().where(
            Batch.digital_link == _lot_of(link),
            Batch.state != BatchState.DRAFT.value,
        )
    )


def batch_by_id(session: Session, batch_id: int) -> Batch:
    """Return a batch; product, site and organisation are loaded."""
    return session.scalars(_whole().where(Batch.id == batch_id)).one()


def _lot_of(link: DigitalLink) -> str:
    """Return the canonical link of a label's lot; a variant is the lot's product."""
    return str(replace(link, serial=None, variant=None))


def batch_of(session: Session, public_id: str, *, actor: Actor) -> Batch:
    """Return a batch the actor may see: a producer's own, or any issued for officers.

    Raises ``BatchNotFoundError`` for everybody else's, as if there were none.
    """
    batch = session.scalar(_whole().where(Batch.public_id == public_id))
    if batch is None or not _may_see(actor, batch):
        raise BatchNotFoundError("There is no such batch.")
    return batch


def locked_batch(session: Session, batch_id: int, *, also: Iterable[int] = ()) -> Batch:
    """Lock a batch and others in one order, so that writers wait; read it freshly."""
    ids = {batch_id, *also}
    session.execute(
        select(Batch.id).where(Batch.id.in_(ids)).order_by(Batch.id).with_for_update()
    )
    return session.scalars(
        _whole().where(Batch.id == batch_id).execution_options(populate_existing=True)
    ).one()


def source_of(session: Session, text: str, *, owner: int, field: str) -> Batch:
    """Return the lot that a link, a public id or an own lot number names.

    Own lots in any state, other producers' once issued. Raises ``SourceNotFoundError``
    for what is not there, is somebody else's draft, or names more than one own lot.
    """
    visible = or_(Batch.organisation_id == owner, Batch.state != BatchState.DRAFT.value)
    found = session.scalars(
        _whole()
        .where(_names(text, owner), visible)
        .limit(2)
        .execution_options(populate_existing=True)
    ).all()
    if len(found) != 1:
        raise SourceNotFoundError(
            "No lot answers to “%(text)s”.", field=field, text=text
        )
    return found[0]


def _names(text: str, owner: int) -> ColumnElement[bool]:
    if "://" in text:
        try:
            return Batch.digital_link == _lot_of(DigitalLink.parse(text))
        except DomainError:
            return false()
    own = and_(Batch.organisation_id == owner, Batch.lot_number == text.upper())
    return or_(Batch.public_id == text, own)


def _may_see(actor: Actor, batch: Batch) -> bool:
    if actor.organisation_id == batch.organisation_id:
        return True
    return batch.state != BatchState.DRAFT.value and actor.has(Role.OFFICER)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSearch:
    """What a list of batches shows: words to find, a state, which page."""

    words: str = ""
    state: BatchState | None = None
    page: int = 1
    size: int = PAGE


def batches_of(
    session: Session, organisation_id: int | None, search: BatchSearch | None = None
) -> Sequence[Batch]:
    """Return a producer's batches, newest first, with product and site loaded.

    Without an organisation (an officer's list): every issued batch.
    """
    search = search or BatchSearch()
    return session.scalars(
        _whole()
        .where(*_conditions(organisation_id, search))
        .order_by(Batch.id.desc())
        .limit(search.size)
        .offset((search.page - 1) * search.size)
    ).all()


def batches_in(
    session: Session,
    organisation_id: int | None,
    search: BatchSearch,
    window: Window,
) -> Sequence[Batch]:
    """Return a window on what ``batches_of`` lists."""
    query = _whole().where(*_conditions(organisation_id, search))
    return session.scalars(window.cut(query, Batch.id)).all()


def count_batches(
    session: Session, organisation_id: int | None, search: BatchSearch | None = None
) -> int:
    """Return how many batches a search finds in all."""
    conditions = _conditions(organisation_id, search or BatchSearch())
    return session.scalar(select(func.count(Batch.id)).where(*conditions)) or 0


def _conditions(
    organisation_id: int | None, search: BatchSearch
) -> list[ColumnElement[bool]]:
    found = (
        Batch.state != BatchState.DRAFT.value
        if organisation_id is None
        else Batch.organisation_id == organisation_id
    )
    conditions = [found]
    if search.state is not None:
        conditions.append(Batch.state == search.state.value)
    if search.words:
        named = select(Product.id).where(
            Product.name_folded.contains(folded(search.words), autoescape=True)
        )
        lot = Batch.lot_number.icontains(search.words, autoescape=True)
        conditions.append(or_(lot, Batch.product_id.in_(named)))
    return conditions


def _whole() -> Select[Batch]:
    return select(Batch).options(
        joinedload(Batch.product),
        joinedload(Batch.site),
        joinedload(Batch.organisation),
    )


@dataclass(frozen=True, slots=True)
class InputRow:
    """One input and, where it is a lot, that lot with its product."""

    input: BatchInput
    source: Batch | None


def inputs_of(session: Session, batch: Batch) -> list[InputRow]:
    """Return what went into a batch, in the order it was typed, freshly read."""
    rows = session.execute(
        select(BatchInput, Batch)
        .outerjoin(Batch, Batch.id == BatchInput.source_id)
        .options(
            joinedload(Batch.product),
            joinedload(Batch.site),
            joinedload(Batch.organisation),
        )
        .where(BatchInput.batch_id == batch.id)
        .order_by(BatchInput.position)
        .execution_options(populate_existing=True)
    )
    return [InputRow(one, source) for one, source in rows]


def current_record(session: Session, batch: Batch) -> SignedRecord | None:
    """Return the record that holds for a batch now; a draft has none."""
    return session.get(SignedRecord, batch.record_id) if batch.record_id else None


@dataclass(frozen=True, slots=True)
class StatusRow:
    """One hold, recall or release and the record that says so."""

    change: BatchStatusChange
    record: SignedRecord


def status_history(session: Session, batch: Batch) -> list[StatusRow]:
    """Return a batch's holds, recalls and releases, oldest first."""
    rows = session.execute(
        select(BatchStatusChange, SignedRecord)
        .join(SignedRecord, SignedRecord.id == BatchStatusChange.record_id)
        .where(BatchStatusChange.batch_id == batch.id)
        .order_by(BatchStatusChange.id)
    )
    return [StatusRow(change, record) for change, record in rows]


def latest_status(session: Session, batch: Batch) -> BatchStatusChange | None:
    """Return the last hold, recall or release of a batch."""
    return session.scalar(
        select(BatchStatusChange)
        .where(BatchStatusChange.batch_id == batch.id)
        .order_by(BatchStatusChange.id.desc())
        .limit(1)
    )


def last_batch_of(session: Session, organisation_id: int) -> Batch | None:
    """Return the batch a producer entered last: the next form starts from it."""
    return session.scalar(
        _whole()
        .where(Batch.organisation_id == organisation_id)
        .order_by(Batch.id.desc())
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class Ancestor:
    """A lot on the way back to the field, and how many steps away it is at most."""

    batch: Batch
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Genealogy:
    """What a lot is made of, all the way back, and what was made of it."""

    ancestors: tuple[Ancestor, ...]
    sources: Mapping[int, Sequence[int]]  # lot -> the lots it is directly made of
    made_from_it: Sequence[Batch]


def genealogy(session: Session, batch: Batch) -> Genealogy:
    """Return every lot behind a batch (at most 21 levels) and one step forward."""
    levels = levels_above(session, [batch.id])
    levels.pop(batch.id, None)
    found = session.scalars(_whole().where(Batch.id.in_(levels))).all()
    ancestors = [Ancestor(one, levels[one.id]) for one in found]
    return Genealogy(
        ancestors=tuple(sorted(ancestors, key=lambda one: (one.level, one.batch.id))),
        sources=direct_sources(session, [batch.id, *levels]),
        made_from_it=made_from(session, batch),
    )


def levels_above(session: Session, batch_ids: Sequence[int]) -> dict[int, int]:
    """Return each lot behind some lots with its greatest distance; they are at 0.

    The walk stops one level past the limit, so that it ends even on a cycle.
    """
    walk = (
        select(Batch.id.label("id"), literal(0).label("level"))
        .where(Batch.id.in_(batch_ids))
        .cte("walk_up", recursive=True)
    )
    step = (
        select(BatchInput.source_id, walk.c.level + 1)
        .join(walk, walk.c.id == BatchInput.batch_id)
        .where(BatchInput.source_id.is_not(None), walk.c.level <= MAX_LEVELS)
    )
    return _levels(session, walk.union(step))


def levels_below(session: Session, batch_id: int) -> dict[int, int]:
    """Return each lot made of a lot, step by step, with its greatest distance."""
    walk = (
        select(Batch.id.label("id"), literal(0).label("level"))
        .where(Batch.id == batch_id)
        .cte("walk_down", recursive=True)
    )
    step = (
        select(BatchInput.batch_id, walk.c.level + 1)
        .join(walk, walk.c.id == BatchInput.source_id)
        .where(walk.c.level <= MAX_LEVELS)
    )
    return _levels(session, walk.union(step))


def _levels(session: Session, walk: CTE) -> dict[int, int]:
    rows = session.execute(
        select(walk.c.id, func.max(walk.c.level)).group_by(walk.c.id)
    )
    return {row.id: row[1] for row in rows}


def direct_sources(session: Session, batch_ids: Sequence[int]) -> dict[int, list[int]]:
    """Return which lots each of these lots is directly made of."""
    rows = session.execute(
        select(BatchInput.batch_id, BatchInput.source_id)
        .where(BatchInput.batch_id.in_(batch_ids), BatchInput.source_id.is_not(None))
        .order_by(BatchInput.batch_id, BatchInput.position)
    )
    sources: dict[int, list[int]] = {}
    for batch_id, source_id in rows:
        if source_id is not None:
            sources.setdefault(batch_id, []).append(source_id)
    return sources


def made_from(session: Session, batch: Batch) -> Sequence[Batch]:
    """Return the issued lots that a batch went into: one step forward."""
    takers = select(BatchInput.batch_id).where(BatchInput.source_id == batch.id)
    return session.scalars(
        _whole()
        .where(Batch.id.in_(takers), Batch.state != BatchState.DRAFT.value)
        .order_by(Batch.id)
    ).all()


def draws_on(session: Session, source_id: int, *, but: int | None) -> list[Quantity]:
    """Return what issued lots, but for one, took from a lot."""
    rows = session.scalars(
        select(BatchInput)
        .join(Batch, Batch.id == BatchInput.batch_id)
        .where(
            BatchInput.source_id == source_id,
            Batch.state != BatchState.DRAFT.value,
            BatchInput.batch_id != but,
        )
    )
    return [row.quantity for row in rows]


def suggested_number(session: Session, product: Product, day: date) -> str:
    """Return a free-looking lot number: the day and the next counter of that day."""
    known = session.scalars(
        select(Batch.lot_number).where(
            Batch.product_id == product.id,
            Batch.lot_number.startswith(f"{day:%y%m%d}-"),
        )
    )
    counters = [number.rpartition("-")[2] for number in known]
    taken = [int(one) for one in counters if one.isascii() and one.isdecimal()]
    return suggested_lot_number(day, max(taken, default=0) + 1)


def lot_numbers(session: Session, batch_ids: Iterable[int]) -> dict[int, str]:
    """Return the lot numbers of some batches, to name a path."""
    rows = session.execute(
        select(Batch.id, Batch.lot_number).where(Batch.id.in_(list(batch_ids)))
    )
    return {row.id: row.lot_number for row in rows}
