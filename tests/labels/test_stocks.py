"""Stock of one's own: measured, checked, kept, archived; printers beside it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from tests.batches.make_batches import Producer
from tests.conftest import FixedClock
from tests.labels.make_labels import Start
from tests.labels.make_stocks import make_draft
from traceability.core.ports import Clock
from traceability.db.database import Database
from traceability.labels.calibration import Measured
from traceability.labels.errors import (
    LabelTooSmallError,
    PrinterUnknownError,
    RunTooLargeError,
    SetupError,
    StockMeasureError,
    StockNotFoundError,
    StockUnknownError,
)
from traceability.labels.job import MAX_COUNT, LabelKind, RunSpec
from traceability.labels.models import LabelRun
from traceability.labels.queries import run_of
from traceability.labels.setup import Setup
from traceability.labels.stock import A4_24, A4_65, ROLL_50X30, STOCKS, Stock, StockKind
from traceability.labels.stocks.models import LabelStock, PrinterProfile
from traceability.labels.stocks.queries import printers_of, stock_for, stocks_for
from traceability.labels.stocks.service import (
    archive_stock,
    create_stock,
    measure_printer,
    use_printer,
)

MEASURED = Measured(across=149.5, down=200)


class Room:
    """An organisation's stock room, each act in a transaction of its own."""

    def __init__(self, database: Database, producer: Producer, clock: Clock) -> None:
        self.database, self.actor, self.clock = database, producer.actor, clock
        self.mine = producer.actor.organisation_id or 0

    def create(self, **changes: Any) -> LabelStock:
        with self.database.transaction() as session:
            return create_stock(
                session,
                self.mine,
                make_draft(**changes),
                actor=self.actor,
                clock=self.clock,
            )

    def archive(self, stock_id: str, organisation_id: int | None = None) -> None:
        with self.database.transaction() as session:
            whose = organisation_id or self.mine
            archive_stock(session, whose, stock_id, actor=self.actor, clock=self.clock)

    def measure(self, name: str = "Canon", measured: Measured = MEASURED) -> str:
        with self.database.transaction() as session:
            row = measure_printer(
                session,
                self.mine,
                A4_24,
                name,
                measured,
                actor=self.actor,
                clock=self.clock,
            )
            return row.public_id


@pytest.fixture
def room(database: Database, producer: Producer, clock: Clock) -> Room:
    return Room(database, producer, clock)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"page_height": 0.0}, "page_height"),
        ({"page_width": 99.0}, "page_width"),
        ({"label_width": 9.0}, "label_width"),
        ({"label_height": float("nan")}, "label_height"),
        ({"columns": 0}, "columns"),
        ({"rows": 41}, "rows"),
        ({"columns": 3}, "page_width"),
        ({"rows": 5}, "page_height"),
        ({"left": 11.0}, "page_width"),
        ({"pitch_x": 99.0}, "pitch_x"),
        ({"pitch_y": 67.6}, "pitch_y"),
        ({"kind": StockKind.ROLL, "gap": 21.0}, "gap"),
        ({"kind": StockKind.ROLL, "columns": 3}, "page_width"),
    ],
    ids=str,
)
def test_measures_that_cannot_be_are_refused_beside_the_field(
    changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(StockMeasureError) as refusal:
        make_draft(**changes)
    assert refusal.value.field == field


def test_a_roll_needs_no_height_of_its_page() -> None:
    draft = make_draft(kind=StockKind.ROLL, page_height=0.0, rows=9, top=50.0, gap=3.0)
    stock = draft.stock("own-12345678")
    assert (stock.page_height, stock.rows, stock.top, stock.gap) == (67.7, 1, 0, 3)
    assert stock.per_page == 2


def test_labels_that_touch_have_a_pitch_of_their_size() -> None:
    stock = make_draft().stock("own-12345678")
    assert (stock.pitch_x, stock.pitch_y) == (101.6, 67.7)


def test_own_stock_is_offered_first_and_to_nobody_else(room: Room) -> None:
    row = room.create()
    assert row.public_id.startswith("own-")
    assert len(row.public_id) == 12
    with room.database.reading() as session:
        offered = stocks_for(session, room.mine)
        assert [one.id for one in offered] == [row.public_id, *STOCKS]
        assert stock_for(session, room.mine, row.public_id) == row.stock
        assert stocks_for(session, room.mine + 1) == [*STOCKS.values()]
        with pytest.raises(StockUnknownError):
            stock_for(session, room.mine + 1, row.public_id)


def test_archived_stock_is_no_longer_offered_and_its_runs_stay(
    room: Room, start: Start
) -> None:
    row = room.create()
    setup = Setup(skip=frozenset({0}), copies=2, shift_x=0.5, cut_marks=True)
    spec = RunSpec(kind=LabelKind.SERIAL, count=3, stock=row.stock, setup=setup)
    run = start(spec)
    room.archive(row.public_id)
    room.archive(row.public_id)
    with room.database.reading() as session:
        assert stocks_for(session, room.mine) == [*STOCKS.values()]
        with pytest.raises(StockUnknownError):
            stock_for(session, room.mine, row.public_id)
        again = run_of(session, run.public_id, actor=room.actor).job
    assert (again.spec.stock, again.spec.setup) == (spec.stock, spec.setup)
    assert again.positions == 6
    with room.database.transaction() as session:
        session.execute(delete(LabelStock))  # as if somebody had
    with room.database.reading() as session:
        kept = run_of(session, run.public_id, actor=room.actor).job.spec
    assert (kept.stock, kept.setup) == (spec.stock, spec.setup)


def test_only_its_owner_archives_a_stock(room: Room) -> None:
    row = room.create()
    with pytest.raises(StockNotFoundError):
        room.archive(row.public_id, room.mine + 1)
    with pytest.raises(StockNotFoundError):
        room.archive("a4-65")


def test_a_run_from_before_there_were_setups_prints_as_it_did(
    room: Room, start: Start
) -> None:
    run = start(RunSpec(kind=LabelKind.LOT, count=1, stock=A4_24))
    old = LabelRun(
        kind=run.kind,
        count=1,
        stock=run.stock,
        facts={key: run.facts[key] for key in run.facts if key != "setup"},
    )
    assert "setup" in run.facts
    spec = RunSpec.parse(old.kind, old.count, old.stock, old.facts)
    assert spec == RunSpec(kind=LabelKind.LOT, count=1, stock=A4_24)


def test_a_printer_is_measured_again_under_its_name(room: Room) -> None:
    first = room.measure()
    again = room.measure(measured=Measured(across=150, down=199.5, left=20.5))
    other = room.measure("HP")
    assert first == again != other
    with room.database.reading() as session:
        row = session.scalars(
            select(PrinterProfile).where(PrinterProfile.public_id == again)
        ).one()
        assert (row.calibration.scale_x, row.calibration.scale_y) == (1, 0.9975)
        assert row.calibration.shift_x == -0.5
        assert len(printers_of(session, room.mine)) == 2
        assert not printers_of(session, room.mine, "a4-65")


def test_the_printer_used_last_comes_first(room: Room) -> None:
    one, other = room.measure("HP"), room.measure("Canon")
    with room.database.transaction() as session:
        later = FixedClock(room.clock.now() + timedelta(days=1))
        found = use_printer(session, room.mine, A4_24, one, clock=later)
        assert found.scale_x == round(149.5 / 150, 5)
    with room.database.reading() as session:
        used = printers_of(session, room.mine, "a4-24")
        assert [row.public_id for row in used] == [one, other]


def test_a_printer_serves_the_stock_and_the_house_it_was_measured_for(
    room: Room,
) -> None:
    printer = room.measure()
    with room.database.transaction() as session:
        for mine, stock in ((room.mine, A4_65), (room.mine + 1, A4_24)):
            with pytest.raises(PrinterUnknownError) as refusal:
                use_printer(session, mine, stock, printer, clock=room.clock)
            assert refusal.value.field == "printer"


def test_a_roll_is_not_measured(room: Room) -> None:
    with (
        pytest.raises(SetupError, match="menu"),
        room.database.transaction() as session,
    ):
        measure_printer(
            session,
            room.mine,
            ROLL_50X30,
            "Zebra",
            MEASURED,
            actor=room.actor,
            clock=room.clock,
        )


def test_copies_count_towards_the_size_of_a_run() -> None:
    with pytest.raises(RunTooLargeError) as refusal:
        RunSpec(kind=LabelKind.LOT, count=MAX_COUNT, stock=A4_24, setup=Setup(copies=2))
    assert refusal.value.field == "copies"


def test_large_labels_are_not_made_while_somebody_waits(start: Start) -> None:
    def at_once(stock: Stock) -> bool:
        run = start(RunSpec(kind=LabelKind.SERIAL, count=999, stock=stock))
        with start.database.reading() as session:
            return run_of(session, run.public_id, actor=start.actor).job.at_once

    assert at_once(ROLL_50X30)
    large = replace(
        ROLL_50X30, id="own-large", page_width=300.0, label_width=300.0, pitch_x=300.0
    )
    assert not at_once(large)


def test_too_small_a_label_names_what_would_fit(room: Room, start: Start) -> None:
    own = room.create()
    small = STOCKS["roll-35x22"]
    spec = RunSpec(kind=LabelKind.SEALED, count=1, stock=small, setup=Setup(dpi=203))
    with pytest.raises(LabelTooSmallError) as refusal:
        start(spec)
    told = [(one.kind, one.stock_id, one.dpi) for one in refusal.value.alternatives]
    assert told[0] == ("serial", "roll-35x22", 203)  # drop the seal
    assert ("lot", "roll-35x22", 203) in told  # one code for the lot
    assert ("sealed", "roll-50x30", 203) in told  # a larger roll, same printer
    assert ("sealed", "a4-65", 300) in told
    assert ("sealed", "roll-30x20", 203) not in told
    assert "roll-50x30 (sealed, 203 dpi)" in str(refusal.value)
    assert len(told) <= 8
    assert own.public_id not in {one[1] for one in told}  # the nearest eight come first


def test_own_stock_is_among_what_would_fit(room: Room, start: Start) -> None:
    own = room.create(
        kind=StockKind.ROLL,
        page_width=45.0,
        label_width=45.0,
        label_height=28.0,
        columns=1,
        left=0.0,
        pitch_x=0.0,
    )
    small = STOCKS["roll-35x22"]
    spec = RunSpec(kind=LabelKind.SEALED, count=1, stock=small, setup=Setup(dpi=203))
    with pytest.raises(LabelTooSmallError) as refusal:
        start(spec)
    assert own.public_id in {one.stock_id for one in refusal.value.alternatives}
