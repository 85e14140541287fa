"""What the database itself keeps of label runs, on both engines."""

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from tests.labels.make_labels import Start
from traceability.labels.errors import SequenceExhaustedError
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.life.models import LabelApplied, LabelPrintOut, LabelReprint
from traceability.labels.life.service import (
    ApplyDraft,
    ReprintDraft,
    apply_labels,
    note_print_out,
    reprint_labels,
)
from traceability.labels.life.witness import Witness
from traceability.labels.models import LabelRun, LabelVoid, SerialSequence
from traceability.labels.serials import INDEX_LIMIT
from traceability.labels.stock import A4_65

SERIALS = RunSpec(kind=LabelKind.SERIAL, count=10, stock=A4_65)


def test_runs_of_a_product_never_share_an_index(start: Start) -> None:
    runs = [start(SERIALS) for _ in range(4)]
    taken = [
        index
        for run in runs
        if run.first_index is not None and run.last_index is not None
        for index in range(run.first_index, run.last_index + 1)
    ]
    assert len(set(taken)) == 40
    assert taken == sorted(taken)


def test_an_exhausted_sequence_is_refused(start: Start) -> None:
    start(SERIALS)
    with start.database.transaction() as session:
        session.execute(update(SerialSequence).values(next_index=INDEX_LIMIT - 5))
    with pytest.raises(SequenceExhaustedError):
        start(SERIALS)


def test_runs_and_voids_are_never_changed(start: Start) -> None:
    run = start(SERIALS)
    first = run.first_index or 0
    start.void(first, first)
    _tell_all(start, run, first)
    told = (LabelApplied, LabelReprint, LabelPrintOut)
    for statement in (
        *(update(table).values(run_id=0) for table in told),
        *(delete(table) for table in told),
        update(LabelRun).values(count=1),
        delete(LabelRun),
        update(LabelVoid).values(reason=""),
        delete(LabelVoid),
    ):
        with pytest.raises(IntegrityError), start.database.transaction() as session:
            session.execute(statement)


def _tell_all(start: Start, run: LabelRun, first: int) -> None:
    """Print a run, spoil a label of it, apply another."""
    witness = Witness(name="Người mẫu", role="Thủ kho")
    spoiled = ReprintDraft(
        first=first + 1, last=first + 1, reason="Kẹt giấy", witness=witness
    )
    applied = ApplyDraft(
        first=first + 2, last=first + 2, day=start.notary.clock.today()
    )
    with start.database.transaction() as session:
        clock = start.notary.clock
        note_print_out(session, run, "pdf", actor=start.actor, clock=clock)
        reprint_labels(
            session, start.batch, spoiled, actor=start.actor, notary=start.notary
        )
        apply_labels(
            session, start.batch, applied, actor=start.actor, notary=start.notary
        )
