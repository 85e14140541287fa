"""Read label runs, and say what a serial is worth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, joinedload

from traceability.batches.errors import BatchNotFoundError
from traceability.batches.models import Batch
from traceability.batches.permits import owns
from traceability.core.permissions import Actor
from traceability.core.ports import Mac
from traceability.db.quick import Question
from traceability.db.window import Window
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.design import DEFAULT_DESIGN, Design
from traceability.labels.errors import (
    RunNotFoundError,
    SerialForeignError,
    SerialMalformedError,
)
from traceability.labels.job import LabelKind, PrintJob, RunSpec, facts_of
from traceability.labels.models import LabelRun, LabelVoid
from traceability.labels.serials import SerialNumber, index_typed, is_genuine

PAGE = 50
# Made once: it is asked at every scan.
_RUN_BEFORE = Question(
    select(LabelRun.id, LabelRun.first_index, LabelRun.count)
    .where(
        LabelRun.product_id == bindparam("product"),
        LabelRun.first_index <= bindparam("index"),
    )
    .order_by(LabelRun.first_index.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run with its batch; the batch's product and producer are loaded."""

    run: LabelRun
    batch: Batch

    @property
    def job(self) -> PrintJob:
        """Return the run as it is printed, any number of times."""
        return job_of(self.run, self.batch)


class LabelStanding(StrEnum):
    """What a serial is worth for a batch."""

    LIVE = "live"
    VOID = "void"
    OTHER_BATCH = "other-batch"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelState:
    """What is known of one serial; a label that exists names its run."""

    standing: LabelStanding
    run: LabelRun | None = None
    void: LabelVoid | None = None

    @property
    def sealed(self) -> bool:
        """Return whether the label must carry a seal: without one it is suspect."""
        return self.run is not None and self.run.kind == LabelKind.SEALED


def label_state(
    session: Session, batch: Batch, serial: str, mac_of: Callable[[str], Mac]
) -> LabelState:
    """Return what a serial is worth for a batch, whose product is loaded.

    ``mac_of`` gives a serial key by its id. A number that was never printed, a wrong
    MAC and a text that is no serial are all the same: unknown.
    """
    number = number_in(serial)
    place = place_of(session, batch, number) if number else None
    if number is None or place is None:
        return LabelState(standing=LabelStanding.UNKNOWN)
    run = session.get_one(LabelRun, place)
    void = _void_of(session, run, number.index)
    return state_in(run, (void,) if void else (), batch, number, mac_of)


def number_in(serial: str) -> SerialNumber | None:
    """Return a text as a serial, if it is one."""
    try:
        return SerialNumber.parse(serial)
    except SerialMalformedError:
        return None


def place_of(session: Session, batch: Batch, number: SerialNumber) -> int | None:
    """Return the id of the run whose range holds a number; ranges never overlap."""
    given = {"product": batch.product_id, "index": number.index}
    for place, first, count in _RUN_BEFORE.asked(session, given):
        return int(place) if number.index < first + count else None
    return None


def state_in(
    run: LabelRun,
    voids: Sequence[LabelVoid],
    batch: Batch,
    number: SerialNumber,
    mac_of: Callable[[str], Mac],
) -> LabelState:
    """Return what a number is worth for a batch; the run's range holds it."""
    product = _product_of(batch.digital_link)
    key = run.serial_key_id
    if key is None or not is_genuine(number, product, mac_of(key)):
        return LabelState(standing=LabelStanding.UNKNOWN)
    if run.batch_id != batch.id:
        return LabelState(standing=LabelStanding.OTHER_BATCH, run=run)
    index = number.index
    void = next((one for one in voids if one.from_index <= index <= one.to_index), None)
    standing = LabelStanding.LIVE if void is None else LabelStanding.VOID
    return LabelState(standing=standing, run=run, void=void)


@lru_cache(maxsize=1024)
def _product_of(lot: str) -> str:
    """Return the product in a lot's link, as serials are made for it."""
    return DigitalLink.parse(lot).product_link().element_string()


def _void_of(session: Session, run: LabelRun, index: int) -> LabelVoid | None:
    return session.scalar(
        select(LabelVoid)
        .where(
            LabelVoid.run_id == run.id,
            LabelVoid.from_index <= index,
            LabelVoid.to_index >= index,
        )
        .order_by(LabelVoid.id)
        .limit(1)
    )


def index_named(row: RunRow, text: str, mac_of: Callable[[str], Mac]) -> int:
    """Return the index that a number or a serial names in a run.

    A serial must be genuine, so that a slip of the pen names no other label. Raises
    ``SerialMalformedError`` or ``SerialForeignError``.
    """
    named = index_typed(text)
    if isinstance(named, int):
        return named
    key_id = row.run.serial_key_id
    product = row.job.lot.product_link().element_string()
    if key_id is None or not is_genuine(named, product, mac_of(key_id)):
        raise SerialForeignError("This is no serial of this run.")
    return named.index


def job_of(run: LabelRun, batch: Batch) -> PrintJob:
    """Return a run as it is printed."""
    facts, sealed = facts_of(run.facts)
    return PrintJob(
        spec=replace(
            RunSpec.parse(run.kind, run.count, run.stock, run.facts),
            design=design_in(run),
            elsewhere=frozenset(run.facts.get("elsewhere", ())),
        ),
        lot=DigitalLink.parse(batch.digital_link),
        first_index=run.first_index or 0,
        serial_key_id=run.serial_key_id,
        facts=facts,
        sealed_facts=sealed,
    )


def design_in(run: LabelRun) -> Design:
    """Return the design a run was started with; old runs had only one."""
    kept = run.facts.get("design")
    return Design.from_json(kept) if kept else DEFAULT_DESIGN


def batch_to_label(session: Session, public_id: str) -> Batch:
    """Return any batch, for the operator's command. Raises ``BatchNotFoundError``."""
    batch = session.scalar(
        select(Batch).where(Batch.public_id == public_id).options(*_WITH_BATCH)
    )
    if batch is None:
        raise BatchNotFoundError("There is no such batch.")
    return batch


def run_of(session: Session, public_id: str, *, actor: Actor) -> RunRow:
    """Return one of the actor's own runs. Raises ``RunNotFoundError``."""
    row = session.execute(_runs().where(LabelRun.public_id == public_id)).one_or_none()
    if row is None or not owns(actor, row[1].organisation_id):
        raise RunNotFoundError("There is no such label run.")
    return RunRow(*row)


def runs_of_batch(session: Session, batch: Batch) -> list[RunRow]:
    """Return a batch's runs, the newest first."""
    found = session.execute(_runs().where(LabelRun.batch_id == batch.id))
    return [RunRow(*row) for row in found]


def runs_of_producer(
    session: Session, organisation_id: int, *, page: int = 1, size: int = PAGE
) -> list[RunRow]:
    """Return a producer's runs, the newest first."""
    found = session.execute(
        _runs()
        .where(Batch.organisation_id == organisation_id)
        .limit(size)
        .offset((page - 1) * size)
    )
    return [RunRow(*row) for row in found]


def runs_in(
    session: Session, organisation_id: int, window: Window, *, batch: str = ""
) -> list[RunRow]:
    """Return a window on a producer's runs, or on those of one batch."""
    query = _runs().where(Batch.organisation_id == organisation_id)
    if batch:
        query = query.where(Batch.public_id == batch)
    return [RunRow(*row) for row in session.execute(window.cut(query, LabelRun.id))]


def voids_of(session: Session, run: LabelRun) -> Sequence[LabelVoid]:
    """Return the void ranges of a run, in order."""
    return session.scalars(
        select(LabelVoid)
        .where(LabelVoid.run_id == run.id)
        .order_by(LabelVoid.from_index, LabelVoid.id)
    ).all()


_WITH_BATCH = (joinedload(Batch.product), joinedload(Batch.organisation))


def _runs() -> Select[LabelRun, Batch]:
    return (
        select(LabelRun, Batch)
        .join(Batch, Batch.id == LabelRun.batch_id)
        .options(*_WITH_BATCH)
        .order_by(LabelRun.id.desc())
    )
