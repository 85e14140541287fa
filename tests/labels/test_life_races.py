"""Two at once: one gets the last of a quota, one applies a range, on either engine."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from tests.batches.make_batches import Producer, make_batch
from tests.labels.make_labels import Start
from traceability.accounts.models import Organisation
from traceability.batches.models import Batch
from traceability.core.permissions import SYSTEM
from traceability.labels.errors import AppliedRangeError, QuotaExceededError
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.life.service import ApplyDraft, apply_labels
from traceability.labels.limits.service import QuotaDraft, set_quota
from traceability.labels.models import LabelRun
from traceability.labels.service import start_run
from traceability.labels.stock import A4_65

LAST = RunSpec(kind=LabelKind.LOT, count=10, stock=A4_65)


def test_only_one_of_two_runs_gets_the_last_of_a_quota(
    start: Start, producer: Producer
) -> None:
    database, actor = start.database, start.actor
    with database.transaction() as session:
        organisation = session.get_one(Organisation, actor.organisation_id)
        draft, clock = QuotaDraft(quota=15), start.notary.clock
        set_quota(session, organisation, draft, actor=SYSTEM, clock=clock)
        other = make_batch(session, producer, start.notary, issued=True)

    def printing(batch_id: int) -> Callable[[], str]:
        def write() -> str:
            try:
                with database.transaction() as session:
                    start_run(
                        session,
                        session.get_one(Batch, batch_id),
                        LAST,
                        actor=actor,
                        notary=start.notary,
                        keys=start.keys,
                    )
            except QuotaExceededError as refused:
                return f"{refused.params['left']} left"
            return "printed"

        return write

    # Different lots: nothing but the organisation's terms makes them wait.
    outcomes = at_once([printing(one) for one in (start.batch.id, other.id)])
    assert sorted(outcomes) == ["5 left", "printed"]
    with database.reading() as session:
        assert session.scalar(select(func.sum(LabelRun.count))) == 10


def test_a_range_is_applied_by_only_one_of_two_who_scan_it(start: Start) -> None:
    run = start(RunSpec(kind=LabelKind.SERIAL, count=10, stock=A4_65))
    first, day = run.first_index or 0, start.notary.clock.today()
    draft = ApplyDraft(first=first, last=first + 4, day=day)

    def apply_all() -> str:
        try:
            with start.database.transaction() as session:
                batch = session.get_one(Batch, start.batch.id)
                apply_labels(
                    session, batch, draft, actor=start.actor, notary=start.notary
                )
        except AppliedRangeError:
            return "refused"
        return "applied"

    assert sorted(at_once([apply_all, apply_all])) == ["applied", "refused"]


def at_once(writers: Sequence[Callable[[], str]]) -> list[str]:
    """What writers that start at the same moment come to."""
    together = threading.Barrier(len(writers))

    def one(write: Callable[[], str]) -> str:
        together.wait()
        return write()

    with ThreadPoolExecutor(len(writers)) as pool:
        return list(pool.map(one, writers))
