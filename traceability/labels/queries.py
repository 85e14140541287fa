"""Read label runs, and say what a serial is worth."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, joinedload

from traceability.batches.errors import BatchNotFoundError
from traceability.batches.models import Batch
from traceability.batches.permits import owns
from traceability.batches.queries import batch_by_id
from traceability.catalog.models import Product
from traceability.core.permissions import Actor
from traceability.core.ports import Mac
from traceability.db.quick import Question
from traceability.db.window import Window
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.design import DEFAULT_DESIGN, Design
from traceability.labels.errors import (
    RunBlankError,
    RunNotFoundError,
    SerialForeignError,
    SerialMalformedError,
    VoidRangeError,
)
from traceability.labels.job import LabelKind, PrintJob, RunSpec, facts_of
from traceability.labels.models import LabelBinding, LabelRun, LabelVoid
from traceability.labels.serials import SerialNumber, index_typed, is_genuine
from traceability.labels.standing import LabelStanding, LabelState, Printed, state_in

PAGE = 50
# Made once: it is asked at every scan.
_RUN_BEFORE = Question(
    select(LabelRun.id, LabelRun.first_index, LabelRun.count)
    .where(
        LabelRun.product_id == bindparam("product"),
        LabelRun.first_index <= bindparam("index"),
    )
    .order_by(LabelRun.first_index.desc())
    .limit(1),
    *(int, int, int),
)


_BINDING_BEFORE = Question(
    select(LabelBinding.id, LabelBinding.to_index)
    .where(
        LabelBinding.run_id == bindparam("run"),
        LabelBinding.from_index <= bindparam("index"),
    )
    .order_by(LabelBinding.from_index.desc())
    .limit(1),
    *(int, int),
)


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run with what it was printed for: a batch, or for blank stamps a product.

    The batch's product and producer are loaded.
    """

    run: LabelRun
    of_batch: Batch | None
    of_product: Product | None = None

    @property
    def blank(self) -> bool:
        """Return whether these are blank stamps."""
        return self.of_batch is None

    @property
    def batch(self) -> Batch:
        """Return the run's batch. Raises ``RunBlankError`` for blank stamps."""
        if self.of_batch is None:
            raise RunBlankError("These stamps are blank: no one lot is theirs.")
        return self.of_batch

    @property
    def product(self) -> Product:
        """Return the product that the labels are for."""
        return self.of_product or self.batch.product

    @property
    def owner(self) -> int:
        """Return the organisation whose labels these are."""
        return self.product.organisation_id

    @property
    def file_stem(self) -> str:
        """Return what its files are called, before the ending."""
        name = "trang" if self.of_batch is None else self.of_batch.lot_number
        return f"tem-{name}-{self.run.public_id[:6]}"

    @property
    def job(self) -> PrintJob:
        """Return the run as it is printed, any number of times."""
        return job_of(self.run, self.of_batch)


def batch_bound(session: Session, binding: LabelBinding | None) -> Batch | None:
    """Return what stamps are bound to; product, site and organisation are loaded."""
    return batch_by_id(session, binding.batch_id) if binding else None


@dataclass(frozen=True, slots=True)
class Bound:
    """A range of blank stamps with the batch it is bound to."""

    binding: LabelBinding
    batch: Batch


def label_state(
    session: Session, batch: Batch, serial: str, mac_of: Callable[[str], Mac]
) -> LabelState:
    """Return what a serial is worth for a batch, whose product is loaded.

    ``mac_of`` gives a serial key by its id. A number that was never printed, a wrong
    MAC and a text that is no serial are all the same: unknown.
    """
    return _state(session, batch.product_id, batch, serial, mac_of)


def stamp_state(
    session: Session, product_id: int, serial: str, mac_of: Callable[[str], Mac]
) -> LabelState:
    """Return what a serial is worth that came without a lot, as blank stamps do."""
    return _state(session, product_id, None, serial, mac_of)


def _state(
    session: Session,
    product_id: int,
    batch: Batch | None,
    serial: str,
    mac_of: Callable[[str], Mac],
) -> LabelState:
    number = number_in(serial)
    place = place_of(session, product_id, number) if number else None
    if number is None or place is None:
        return LabelState(standing=LabelStanding.UNKNOWN)
    run = session.get_one(LabelRun, place)
    void = _void_of(session, run, number.index)
    printed = Printed(run, (void,) if void else (), binding_at(session, run, number))
    return state_in(printed, batch, number, mac_of)


def number_in(serial: str) -> SerialNumber | None:
    """Return a text as a serial, if it is one."""
    try:
        return SerialNumber.parse(serial)
    except SerialMalformedError:
        return None


def place_of(session: Session, product_id: int, number: SerialNumber) -> int | None:
    """Return the id of the run whose range holds a number; ranges never overlap."""
    given = {"product": product_id, "index": number.index}
    for place, first, count in _RUN_BEFORE.asked(session, given):
        return place if number.index < first + count else None
    return None


def binding_at(
    session: Session, run: LabelRun, number: SerialNumber
) -> LabelBinding | None:
    """Return what binds a number of blank stamps to a batch; ranges never overlap."""
    if run.kind != LabelKind.BLANK:
        return None
    given = {"run": run.id, "index": number.index}
    for id_, last in _BINDING_BEFORE.asked(session, given):
        return session.get_one(LabelBinding, id_) if number.index <= last else None
    return None


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


def require_within(run: LabelRun, first: int, last: int) -> None:
    """Refuse a range that leaves a run. Raises ``VoidRangeError``."""
    if run.first_index is None or run.last_index is None:
        raise VoidRangeError("Lot labels carry no serial numbers.", field="first")
    if not run.first_index <= first <= last <= run.last_index:
        raise VoidRangeError(
            "The range must lie within this run: %(first)s–%(last)s.",
            field="first",
            first=run.first_index,
            last=run.last_index,
        )


def job_of(run: LabelRun, batch: Batch | None) -> PrintJob:
    """Return a run as it is printed; blank stamps know their product's link."""
    facts, sealed = facts_of(run.facts)
    return PrintJob(
        spec=replace(
            RunSpec.parse(run.kind, run.count, run.stock, run.facts),
            design=design_in(run),
            elsewhere=frozenset(run.facts.get("elsewhere", ())),
        ),
        lot=DigitalLink.parse(batch.digital_link if batch else run.facts["link"]),
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
    found = session.execute(_runs().where(LabelRun.public_id == public_id))
    row = found.one_or_none()
    if row is None or not owns(actor, row[2].organisation_id):
        raise RunNotFoundError("There is no such label run.")
    return RunRow(*row)


def runs_of_batch(session: Session, batch: Batch) -> list[RunRow]:
    """Return a batch's runs, the newest first."""
    found = session.execute(_runs().where(LabelRun.batch_id == batch.id))
    return [RunRow(*row) for row in found]


def ranges_of_batch(session: Session, batch: Batch) -> list[tuple[LabelRun, int, int]]:
    """Return the numbers of a batch: of its own runs, and of stamps bound to it."""
    runs = [row.run for row in runs_of_batch(session, batch)]
    bound = session.execute(
        select(LabelRun, LabelBinding.from_index, LabelBinding.to_index)
        .join(LabelBinding, LabelBinding.run_id == LabelRun.id)
        .where(LabelBinding.batch_id == batch.id)
        .order_by(LabelBinding.id)
    )
    own = [
        (run, run.first_index, run.last_index)
        for run in runs
        if run.first_index is not None and run.last_index is not None
    ]
    return [*own, *((run, first, last) for run, first, last in bound)]


def runs_of_producer(
    session: Session, organisation_id: int, *, page: int = 1, size: int = PAGE
) -> list[RunRow]:
    """Return a producer's runs, the newest first."""
    found = session.execute(
        _runs()
        .where(Product.organisation_id == organisation_id)
        .limit(size)
        .offset((page - 1) * size)
    )
    return [RunRow(*row) for row in found]


def runs_in(
    session: Session, organisation_id: int, window: Window, *, batch: str = ""
) -> list[RunRow]:
    """Return a window on a producer's runs, or on those of one batch."""
    query = _runs().where(Product.organisation_id == organisation_id)
    if batch:
        query = query.where(Batch.public_id == batch)
    return [RunRow(*row) for row in session.execute(window.cut(query, LabelRun.id))]


def blanks_of_product(session: Session, product: Product) -> list[RunRow]:
    """Return a product's runs of blank stamps, the newest first."""
    found = session.execute(
        _runs().where(
            LabelRun.product_id == product.id, LabelRun.kind == LabelKind.BLANK.value
        )
    )
    return [RunRow(*row) for row in found]


def voids_of(session: Session, run: LabelRun) -> Sequence[LabelVoid]:
    """Return the void ranges of a run, in order."""
    return session.scalars(
        select(LabelVoid)
        .where(LabelVoid.run_id == run.id)
        .order_by(LabelVoid.from_index, LabelVoid.id)
    ).all()


def bindings_of(session: Session, run: LabelRun) -> list[Bound]:
    """Return what of a run of blank stamps is bound, in order."""
    found = session.execute(
        select(LabelBinding, Batch)
        .join(Batch, Batch.id == LabelBinding.batch_id)
        .where(LabelBinding.run_id == run.id)
        .order_by(LabelBinding.from_index)
    )
    return [Bound(*row) for row in found]


_WITH_BATCH = (joinedload(Batch.product), joinedload(Batch.organisation))


def _runs() -> Select[LabelRun, Batch, Product]:
    return (
        select(LabelRun, Batch, Product)
        .join(Product, Product.id == LabelRun.product_id)
        .outerjoin(Batch, Batch.id == LabelRun.batch_id)
        .options(*_WITH_BATCH)
        .order_by(LabelRun.id.desc())
    )
