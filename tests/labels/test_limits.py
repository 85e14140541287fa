"""A run stays within its organisation's quota and its lot's packs, or says why."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.batches.make_batches import make_officer
from tests.conftest import FixedClock
from tests.labels.make_labels import Start
from traceability.accounts.models import AuditEntry, Organisation
from traceability.batches.models import Batch
from traceability.core.errors import ForbiddenError
from traceability.core.permissions import SYSTEM, Actor
from traceability.core.ports import Clock
from traceability.db.database import Database
from traceability.labels.errors import OverPrintingError, QuotaExceededError
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.limits.queries import room_of, use_of, uses
from traceability.labels.limits.service import QuotaDraft, set_activation, set_quota
from traceability.labels.limits.terms import Period, Room
from traceability.labels.models import LabelRun
from traceability.labels.setup import Setup
from traceability.labels.stock import A4_65

SERIALS = RunSpec(kind=LabelKind.SERIAL, count=10, stock=A4_65)
LOT = RunSpec(kind=LabelKind.LOT, count=10, stock=A4_65)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """What depends on the engine stands in test_life_races."""
    return sqlite_database


def _owner(start: Start) -> int:
    assert start.actor.organisation_id is not None
    return start.actor.organisation_id


def give(
    start: Start,
    quota: int | None,
    period: Period = Period.YEAR,
    actor: Actor = SYSTEM,
) -> None:
    draft = QuotaDraft(quota=quota, period=period)
    with start.database.transaction() as session:
        organisation = session.get_one(Organisation, _owner(start))
        clock = start.notary.clock
        set_quota(session, organisation, draft, actor=actor, clock=clock)


def test_nobody_has_a_quota_until_somebody_sets_one(start: Start) -> None:
    start(SERIALS)
    with start.database.reading() as session:
        use = use_of(session, _owner(start), start.notary.clock.today())
    assert (use.quota, use.used, use.left) == (None, 10, None)


def test_a_run_beyond_the_quota_is_refused_with_what_is_left(start: Start) -> None:
    give(start, 25)
    start(SERIALS)
    start(LOT)  # labels without serials count too
    with pytest.raises(QuotaExceededError) as refused:
        start(SERIALS)
    assert refused.value.params["left"] == "5"
    assert "ask the operator" in str(refused.value)
    start(replace(SERIALS, count=5))
    with start.database.reading() as session:
        assert len(session.scalars(select(LabelRun)).all()) == 3


def test_copies_of_a_lot_label_are_labels(start: Start) -> None:
    give(start, 25)
    copied = replace(LOT, count=1, setup=Setup(copies=20))
    run = start(copied)
    assert (run.count, run.facts["setup"]["copies"]) == (20, 1)
    with pytest.raises(QuotaExceededError):
        start(copied)


def test_the_refusal_names_the_authority_that_set_the_quota(start: Start) -> None:
    with start.database.transaction() as session:
        officer = make_officer(session, start.notary.clock)
    give(start, 0, actor=officer)
    with pytest.raises(QuotaExceededError) as refused:
        start(SERIALS)
    assert refused.value.params["whom"] == "Sở mẫu"


def test_void_labels_are_not_given_back(start: Start) -> None:
    give(start, 10)
    run = start(SERIALS)
    start.void(run.first_index or 0, run.last_index or 0)
    with pytest.raises(QuotaExceededError):
        start(replace(SERIALS, count=1))


def test_a_year_ends_at_midnight_in_vietnam(start: Start) -> None:
    give(start, 10)
    start.notary = replace(
        start.notary, clock=FixedClock(datetime(2026, 12, 31, 16, 59, tzinfo=UTC))
    )
    start(SERIALS)
    with pytest.raises(QuotaExceededError):
        start(SERIALS)
    start.notary = replace(
        start.notary, clock=FixedClock(datetime(2026, 12, 31, 17, 0, tzinfo=UTC))
    )
    start(SERIALS)
    give(start, 25, Period.TOTAL)
    with pytest.raises(QuotaExceededError):
        start(SERIALS)


def test_a_quota_is_audited_and_taken_away_again(start: Start) -> None:
    give(start, 1)
    give(start, None)
    start(SERIALS)
    with start.database.reading() as session:
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "label-quota-set")
        ).all()
        [listed] = [one for one in uses(session, date(2026, 11, 22)) if one.use.used]
    assert [one.details["quota"] for one in entries] == [1, None]
    assert listed.organisation.id == _owner(start)


def test_a_producer_sets_no_quota(start: Start) -> None:
    with pytest.raises(ForbiddenError):
        give(start, 1, actor=start.actor)


def test_an_authority_has_no_quota_to_be_listed(start: Start, clock: Clock) -> None:
    with start.database.transaction() as session:
        authority = make_officer(session, clock).organisation_id
    with start.database.reading() as session:
        found = {one.organisation.id for one in uses(session, clock.today())}
    assert _owner(start) in found
    assert authority not in found


@pytest.mark.parametrize(
    ("packs", "live", "left"),
    [
        (200, 0, 210),  # ten at the least
        (200, 205, 5),
        (200, 300, 0),
        (1000, 1000, 20),  # one in fifty
        (1001, 1000, 22),  # a rest is a label
        (None, 900, None),
    ],
)
def test_a_few_labels_more_than_packs_need_no_reason(
    packs: int | None, live: int, left: int | None
) -> None:
    assert Room(packs=packs, live=live).left == left


def fill(start: Start) -> Room:
    """Print as many labels as need no reason."""
    with start.database.transaction() as session:
        batch = session.get_one(Batch, start.batch.id)
        session.refresh(batch, ["product"])
        batch.product.net_amount, batch.product.net_unit = Decimal(500), "GRM"
        room = room_of(session, batch)
    assert room.left is not None
    start(replace(SERIALS, count=room.left))
    return room


def test_more_labels_than_packs_are_refused_without_a_reason(start: Start) -> None:
    room = fill(start)
    with pytest.raises(OverPrintingError) as refused:
        start(replace(SERIALS, count=1, excess_reason="  "))
    assert refused.value.status == 409
    assert refused.value.params == {
        "packs": str(room.packs),
        "live": str((room.packs or 0) + room.allowance),
        "count": "1",
    }


def test_the_reason_is_signed_kept_and_audited(start: Start) -> None:
    room = fill(start)
    run = start(replace(SERIALS, count=3, excess_reason="Máy in kẹt giấy"))
    excess = {
        "packs": room.packs,
        "live": (room.packs or 0) + room.allowance,
        "reason": "Máy in kẹt giấy",
    }
    assert start.claims(run.record_id)["excess"] == excess
    assert run.facts["excess"] == excess
    with start.database.reading() as session:
        entry = session.scalars(
            select(AuditEntry).order_by(AuditEntry.id.desc())
        ).first()
    assert entry is not None
    assert entry.details["excess"] == {"packs": excess["packs"], "live": excess["live"]}


def test_a_reason_that_was_not_needed_is_not_signed(start: Start) -> None:
    run = start(replace(SERIALS, excess_reason="Phòng xa"))
    assert "excess" not in start.claims(run.record_id)
    assert "excess" not in run.facts


def test_void_labels_make_room(start: Start) -> None:
    fill(start)
    with start.database.reading() as session:
        run = session.scalars(select(LabelRun)).one()
    start.void(run.first_index or 0, (run.first_index or 0) + 9)
    start(SERIALS)


def test_activation_binds_the_runs_that_come_after(start: Start) -> None:
    before = start(SERIALS)
    for activates in (True, True):
        with start.database.transaction() as session:
            set_activation(
                session,
                activates=activates,
                actor=start.actor,
                clock=start.notary.clock,
            )
    bound, shared = start(SERIALS), start(LOT)
    assert start.claims(bound.record_id)["mustBeApplied"] is True
    for free in (before, shared):
        assert "mustBeApplied" not in start.claims(free.record_id)
    with start.database.transaction() as session:
        set_activation(
            session, activates=False, actor=start.actor, clock=start.notary.clock
        )
        entries = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "label-activation-set")
        ).all()
    assert "mustBeApplied" not in start.claims(start(SERIALS).record_id)
    assert [one.details["activates"] for one in entries] == [True, False]


def test_only_a_producer_says_that_it_activates(start: Start, clock: Clock) -> None:
    with start.database.transaction() as session, pytest.raises(ForbiddenError):
        set_activation(session, activates=True, actor=SYSTEM, clock=clock)
