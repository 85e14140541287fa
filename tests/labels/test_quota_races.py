"""Two printers want the last of a quota: only one gets it, on either engine."""

import threading
from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, select

from tests.batches.make_batches import Producer, make_batch
from tests.labels.make_labels import Start
from traceability.accounts.models import Organisation
from traceability.core.permissions import SYSTEM
from traceability.labels.errors import QuotaExceededError
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.limits.service import QuotaDraft, set_quota
from traceability.labels.models import LabelRun
from traceability.labels.service import start_run
from traceability.labels.stock import A4_65

LAST = RunSpec(kind=LabelKind.LOT, count=10, stock=A4_65)


def test_only_one_of_two_runs_gets_the_last_of_a_quota(
    start: Start, producer: Producer, tmp_path: Path
) -> None:
    database, actor = start.database, start.actor
    with database.transaction() as session:
        organisation = session.get_one(Organisation, actor.organisation_id)
        draft, clock = QuotaDraft(quota=15), start.notary.clock
        set_quota(session, organisation, draft, actor=SYSTEM, clock=clock)
        other = make_batch(session, producer, start.notary, issued=True)
    both = threading.Barrier(2)
    outcomes: list[str] = []

    def print_one(batch_id: int) -> None:
        both.wait()
        try:
            with database.transaction() as session:
                batch = session.get_one(type(other), batch_id)
                start_run(
                    session,
                    batch,
                    replace(LAST),
                    actor=actor,
                    notary=start.notary,
                    keys=start.keys,
                )
            outcomes.append("printed")
        except QuotaExceededError as refused:
            outcomes.append(f"{refused.params['left']} left")

    # Different lots: nothing but the organisation's terms makes them wait.
    writers = [
        threading.Thread(target=print_one, args=(one,))
        for one in (start.batch.id, other.id)
    ]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert sorted(outcomes) == ["5 left", "printed"]
    with database.reading() as session:
        assert session.scalar(select(func.sum(LabelRun.count))) == 10
