"""Labels that say what is true no more are not printed again, and it is said why."""

from dataclasses import replace
from datetime import date

import pytest

from tests.batches.make_batches import Producer
from tests.conftest import FixedClock
from tests.labels.make_labels import Start
from tests.labels.test_service import SEALED, SERIALS, recognise
from traceability.batches.drafts import Notice
from traceability.batches.models import Batch
from traceability.batches.service import hold_batch, recall_batch, release_batch
from traceability.catalog.models import Certificate
from traceability.core.errors import ConflictError
from traceability.db.database import Database
from traceability.labels.claims.service import claims_refusal, printable_run
from traceability.labels.content import CertificateFact
from traceability.labels.design import DEFAULT_DESIGN, Design
from traceability.labels.errors import ClaimLapsedError, RunRefusedError
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.models import LabelRun
from traceability.labels.queries import job_of, run_of
from traceability.labels.sheets import SheetFormat, print_sheets
from traceability.labels.stock import A4_24
from traceability.ocop.models import Recognition

TODAY = date(2026, 11, 22)
LATER = date(2027, 5, 5)
NEWER = {"public_id": "s" * 26, "certificate_no": "2", "issued": TODAY}
NEWER |= {"decision_no": "2/QĐ"}
PLAIN = Design.of(["product", "lot", "serial"])
PAPERS = Design.of(["product", "certificates", "lot", "serial"])


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Nothing here depends on the engine."""
    return sqlite_database


def refusal(start: Start, run: LabelRun, day: date = TODAY) -> ConflictError | None:
    with start.database.reading() as session:
        row = run_of(session, run.public_id, actor=start.actor)
        return claims_refusal(session, row, day)


def said(found: ConflictError | None) -> str:
    assert isinstance(found, ClaimLapsedError)
    assert (found.status, found.code) == (409, "claim-lapsed")
    return str(found)


def recognised(start: Start, **values: object) -> None:
    with start.database.transaction() as session:
        batch = session.get_one(Batch, start.batch.id)
        recognise(session, batch, start.batch.organisation_id, **values)


def certified(start: Start, **values: object) -> None:
    with start.database.transaction() as session:
        session.add(
            Certificate(
                **{
                    "public_id": "c" * 26,
                    "organisation_id": start.batch.organisation_id,
                    "kind": "vietgap",
                    "number": "VG-7",
                    "body": "Trung tâm mẫu",
                    "issued": date(2026, 1, 1),
                    "expires": date(2027, 1, 1),
                    "withdrawn_on": None,
                    **values,
                }
            )
        )


def test_what_holds_is_printed_again_byte_for_byte(start: Start) -> None:
    recognised(start)
    certified(start)
    run = start(replace(SEALED, design=Design.of([*PAPERS.fields, "stars"])))
    first = print_sheets(job_of(run, start.batch), SheetFormat.PDF, start.keys)
    assert refusal(start, run) is None
    with start.database.reading() as session:
        row = printable_run(session, run.public_id, actor=start.actor, today=TODAY)
    assert print_sheets(row.job, SheetFormat.PDF, start.keys) == first


def test_stars_that_ended_are_told_with_their_day(start: Start) -> None:
    recognised(start, expires=date(2027, 2, 1))
    run = start(SERIALS)
    assert refusal(start, run, date(2027, 2, 1)) is None
    text = said(refusal(start, run, date(2027, 2, 2)))
    assert "4 stars" in text
    assert "02/02/2027" in text
    assert "new run" in text


def test_stars_that_were_withdrawn_are_told_with_the_reason(start: Start) -> None:
    recognised(start)
    run = start(SERIALS)
    with start.database.transaction() as session:
        found = session.query(Recognition).one()
        found.withdrawn_on, found.withdrawal_reason = TODAY, "Sai hồ sơ"
    text = said(refusal(start, run))
    assert "22/11/2026: Sai hồ sơ" in text


def test_fewer_stars_than_the_label_says_are_a_false_claim(start: Start) -> None:
    recognised(start)
    run = start(SERIALS)
    recognised(start, **NEWER, stars=3)
    assert "4 stars, the product has 3" in said(refusal(start, run))


def test_more_stars_than_the_label_says_are_none(start: Start) -> None:
    recognised(start)
    run = start(SERIALS)
    recognised(start, **NEWER, stars=5)
    assert refusal(start, run) is None


def test_a_label_without_stars_goes_on_where_the_seal_tells_none(start: Start) -> None:
    recognised(start, expires=date(2027, 2, 1))
    silent = start(replace(SERIALS, design=PLAIN))
    sealed = start(replace(SEALED, design=PLAIN))
    assert refusal(start, silent, LATER) is None
    assert "4 stars" in said(refusal(start, sealed, LATER))


def test_a_certificate_stands_on_the_label_while_it_holds(start: Start) -> None:
    certified(start)
    run = start(RunSpec(kind=LabelKind.LOT, count=1, stock=A4_24, design=PAPERS))
    job = job_of(run, start.batch)
    fact = CertificateFact(public_id="c" * 26, kind="vietgap", number="VG-7")
    assert job.facts.certificates == (fact,)
    assert any("VG-7" in line.text for line in job.layout().lines)
    assert refusal(start, run, date(2027, 1, 1)) is None
    assert "VG-7 on these labels ended on 01/01/2027" in said(
        refusal(start, run, date(2027, 1, 2))
    )
    with start.database.transaction() as session:
        paper = session.query(Certificate).one()
        paper.withdrawn_on, paper.withdrawal_reason = TODAY, "Vi phạm"
    assert "withdrawn on 22/11/2026: Vi phạm" in said(refusal(start, run))
    with start.database.transaction() as session:
        session.delete(session.query(Certificate).one())
    assert "does not speak for this lot" in said(refusal(start, run))


@pytest.mark.parametrize(
    "values",
    [{"expires": date(2026, 11, 21)}, {"issued": date(2026, 11, 21)}],
    ids=["lapsed today", "not yet when it was made"],
)
def test_a_certificate_that_does_not_hold_is_not_on_the_label(
    start: Start, values: dict[str, date]
) -> None:
    certified(start, **values)
    run = start(replace(SERIALS, design=PAPERS))
    assert job_of(run, start.batch).facts.certificates == ()
    assert refusal(start, run) is None


def test_a_design_that_shows_no_certificates_claims_none(start: Start) -> None:
    certified(start)
    run = start(replace(SERIALS, design=DEFAULT_DESIGN))
    assert refusal(start, run, LATER) is None


def test_a_hold_and_a_recall_stop_the_reprint_with_day_and_reason(start: Start) -> None:
    run = start(SERIALS)
    who = {"actor": start.actor, "notary": start.notary}
    with start.database.transaction() as session:
        hold_batch(session, start.batch, Notice(reason_vi="Chờ mẫu"), **who)  # type: ignore[arg-type]
    found = refusal(start, run)
    assert isinstance(found, RunRefusedError)
    assert "held since 22/11/2026: Chờ mẫu" in str(found)
    with (
        start.database.reading() as session,
        pytest.raises(RunRefusedError, match="release"),
    ):
        printable_run(session, run.public_id, actor=start.actor, today=TODAY)
    with start.database.transaction() as session:
        release_batch(session, start.batch, Notice(reason_vi="Đạt"), **who)  # type: ignore[arg-type]
    assert refusal(start, run) is None
    with start.database.transaction() as session:
        recall_batch(session, start.batch, Notice(reason_vi="Nhiễm mốc"), **who)  # type: ignore[arg-type]
    assert "recalled since 22/11/2026: Nhiễm mốc" in str(refusal(start, run))


def test_an_expired_lot_and_a_corrected_one_stop_the_reprint(start: Start) -> None:
    run = start(SERIALS)
    with start.database.transaction() as session:
        session.get_one(Batch, start.batch.id).expiry = date(2027, 1, 1)
    assert "dates were corrected" in said(refusal(start, run))
    fresh = start(SERIALS)
    assert refusal(start, fresh) is None
    assert "expired on 01/01/2027" in str(refusal(start, fresh, LATER))


def test_a_run_of_before_designs_is_judged_by_the_usual_one(
    start: Start, producer: Producer, clock: FixedClock
) -> None:
    recognised(start, expires=date(2027, 2, 1))
    run = start(SERIALS)
    new = {"design", "elsewhere", "certificates", "brand", "address", "origin"}
    run.facts = {name: value for name, value in run.facts.items() if name not in new}
    assert job_of(run, start.batch).spec.design == DEFAULT_DESIGN
    assert job_of(run, start.batch).spec.elsewhere == frozenset()
    with start.database.reading() as session:
        row = replace(run_of(session, run.public_id, actor=producer.actor), run=run)
        assert claims_refusal(session, row, clock.today()) is None
        assert "4 stars" in said(claims_refusal(session, row, LATER))
