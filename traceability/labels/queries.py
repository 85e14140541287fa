"""Read label runs, and say what a serial is worth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, joinedload

from traceability.batches.errors import BatchNotFoundError
from traceability.batches.models import Batch
from traceability.batches.permits import owns
from traceability.batches.queries import current_record
from traceability.core.permissions import Actor
from traceability.core.ports import Mac
from traceability.db.quick import Question
from traceability.db.window import Window
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.content import LabelFacts
from traceability.labels.errors import (
    RunNotFoundError,
    SerialForeignError,
    SerialMalformedError,
)
from traceability.labels.job import LabelKind, PrintJob, RunSpec, facts_of
from traceability.labels.models import LabelRun, LabelVoid
from traceability.labels.seal import FLAG_BEST_BEFORE, SealFacts
from traceability.labels.serials import SerialNumber, index_typed, is_genuine
from traceability.ocop.queries import recognition_facts
from traceability.ocop.rating import standing_for
from traceability.web.formats import quantity

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
        spec=RunSpec.parse(run.kind, run.count, run.stock, run.facts),
        lot=DigitalLink.parse(batch.digital_link),
        first_index=run.first_index or 0,
        serial_key_id=run.serial_key_id,
        facts=facts,
        sealed_facts=sealed,
    )


def facts_for(
    session: Session, batch: Batch, today: date
) -> tuple[LabelFacts, SealFacts]:
    """Return what labels of a batch say today, in words and in their seal.

    Stars only where a recognition held on the production date and holds today.
    """
    stars, until = _stars(session, batch, today)
    record = current_record(session, batch)
    producer = batch.organisation
    product = batch.product
    facts = LabelFacts(
        product_name=product.name_vi,
        lot_number=batch.lot_number,
        production_date=batch.production_date,
        best_before=batch.best_before,
        expiry=batch.expiry,
        net_content=_capital(product.pack_text or quantity(product.net)),
        producer_name=producer.name_vi if producer.name_public else "",
        stars=stars or None,
    )
    return facts, SealFacts(
        production_date=batch.production_date,
        expiry=batch.expiry or batch.best_before,
        stars=stars,
        stars_until=until,
        flags=FLAG_BEST_BEFORE if batch.best_before and not batch.expiry else 0,
        log_index=record.log_index if record else 0,
    )


def _stars(session: Session, batch: Batch, today: date) -> tuple[int, date | None]:
    held = standing_for(
        recognition_facts(session, batch.product_id),
        production_date=batch.production_date,
        today=today,
    )
    stars = min(held.made.stars, held.today.stars)
    recognition = held.today.recognition
    return stars, recognition.expires if stars and recognition else None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


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
