from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from tests.catalog.make_catalog import make_actor, make_organisation, make_product
from traceability.accounts.kinds import OrganisationKind
from traceability.accounts.models import AuditEntry
from traceability.catalog.errors import ProductNotFoundError
from traceability.core.clock import day_in_vietnam
from traceability.core.permissions import SYSTEM, Actor, Role
from traceability.core.ports import Clock, Notary
from traceability.db.database import Database
from traceability.gs1.keys import InternalCode
from traceability.ocop import queries
from traceability.ocop.drafts import RecognitionDraft
from traceability.ocop.errors import (
    IntermediateProductError,
    OfficerOnlyError,
    RecognitionDatesError,
    RecognitionNotFoundError,
    RecognitionTakenError,
    WithdrawnBeforeError,
)
from traceability.ocop.models import Recognition
from traceability.ocop.rating import RatingPointsError, StandingState, standing
from traceability.ocop.rules import Authority, WithdrawalReason
from traceability.ocop.service import correct, recognise, withdraw
from traceability.records.queries import records_about
from traceability.signing.envelope import read_unverified


def a_draft(product_id: int, **changed: Any) -> RecognitionDraft:
    values: dict[str, Any] = {
        "product_id": product_id,
        "stars": 4,
        "points": Decimal("81.5"),
        "recognised_by": Authority.PROVINCE,
        "decision_no": "SAMPLE-QD-03",
        "decided_by": "UBND tỉnh mẫu",
        "certificate_no": "SAMPLE-OCOP-003",
        "issued": date(2026, 6, 26),
    }
    return RecognitionDraft(**(values | changed))


def setting(
    database: Database, clock: Clock, number: int = 1
) -> tuple[Actor, Actor, int]:
    """An officer, an officer of another authority, and a product's id."""
    kind = OrganisationKind.AUTHORITY
    with database.transaction() as session:
        producer = make_organisation(session, clock)
        product = make_product(session, producer, clock, number)
        one = make_organisation(session, clock, "Sở mẫu 1", kind=kind)
        other = make_organisation(session, clock, "Sở mẫu 2", kind=kind)
        officers = (make_actor(one, Role.OFFICER), make_actor(other, Role.OFFICER))
    return (*officers, product.id)


def test_a_recognition_is_signed_as_entered_by_the_officers_authority(
    database: Database, clock: Clock, notary: Notary
) -> None:
    officer, _, product_id = setting(database, clock)
    with database.transaction() as session:
        made = recognise(session, a_draft(product_id), actor=officer, notary=notary)
    with database.reading() as session:
        subject = notary.identity.url(f"/recognitions/{made.public_id}")
        [record] = records_about(session, subject)
        payload = read_unverified(record.token).payload
        assert payload["type"][1] == record.type == "RecognitionRecord"
        assert payload["vouchedBy"]["basis"] == "entered-by-officer"
        assert payload["vouchedBy"]["name"] == "Sở mẫu 1"
        assert payload["credentialSubject"] == {
            "id": subject,
            "product": "https://tx.example/01/09520000000011",
            "stars": 4,
            "points": "81.5",
            "decisionNo": "SAMPLE-QD-03",
            "decidedBy": "UBND tỉnh mẫu",
            "recognisedBy": "province",
            "certificateNo": "SAMPLE-OCOP-003",
            "issued": "2026-06-26",
            "expires": "2029-06-26",
            "rules": "26/2026/QĐ-TTg",
        }
        actions = session.scalars(select(AuditEntry.action)).all()
        assert actions[-1] == "recognised"
        facts = queries.recognition_facts(session, product_id)
        assert standing(facts, clock.today()).stars == 4


def test_nobody_but_an_officer_gives_stars(
    database: Database, clock: Clock, notary: Notary
) -> None:
    with database.transaction() as session:
        producer = make_organisation(session, clock)
        product = make_product(session, producer, clock)
        admin = make_actor(producer, Role.ADMINISTRATOR)
        for actor in (make_actor(producer), admin, SYSTEM):
            with pytest.raises(OfficerOnlyError) as caught:
                recognise(session, a_draft(product.id), actor=actor, notary=notary)
            assert caught.value.status == 403
        assert not queries.recognitions(session)


def test_a_withdrawal_is_the_next_version_and_ends_the_stars(
    database: Database, clock: Clock, notary: Notary
) -> None:
    officer, _, product_id = setting(database, clock)
    on = date(2026, 9, 10)
    with database.transaction() as session:
        made = recognise(session, a_draft(product_id), actor=officer, notary=notary)
        record = withdraw(
            session,
            made,
            on=on,
            reason=WithdrawalReason.CRITERIA_NOT_MET,
            actor=officer,
            notary=notary,
        )
        subject = read_unverified(record.token).payload["credentialSubject"]
        assert record.version == 2
        assert (subject["withdrawnOn"], subject["withdrawalReason"]) == (
            "2026-09-10",
            "b",
        )
        facts = queries.recognition_facts(session, product_id)
        assert standing(facts, on - timedelta(days=1)).stars == 4
        assert standing(facts, on).state is StandingState.WITHDRAWN


def test_what_was_withdrawn_stays_so(
    database: Database, clock: Clock, notary: Notary
) -> None:
    officer, _, product_id = setting(database, clock)
    with database.transaction() as session:
        made = recognise(session, a_draft(product_id), actor=officer, notary=notary)
        values: dict[str, Any] = {"reason": WithdrawalReason.MARK_MISUSED}
        both: dict[str, Any] = {"actor": officer, "notary": notary}
        withdraw(session, made, on=clock.today(), **values, **both)
        with pytest.raises(WithdrawnBeforeError):
            withdraw(session, made, on=clock.today(), **values, **both)
        with pytest.raises(WithdrawnBeforeError):
            correct(session, made, a_draft(product_id), **both)


@pytest.mark.parametrize("on", [date(2026, 6, 25), date(2026, 11, 23)])
def test_a_withdrawal_lies_between_the_decision_and_today(
    database: Database, clock: Clock, notary: Notary, on: date
) -> None:
    assert day_in_vietnam(clock.now()) == date(2026, 11, 22)
    officer, _, product_id = setting(database, clock)
    with database.transaction() as session:
        made = recognise(session, a_draft(product_id), actor=officer, notary=notary)
        with pytest.raises(RecognitionDatesError):
            withdraw(
                session,
                made,
                on=on,
                reason=WithdrawalReason.OTHER_FINDING,
                actor=officer,
                notary=notary,
            )


def test_another_authority_changes_nothing(
    database: Database, clock: Clock, notary: Notary
) -> None:
    officer, stranger, product_id = setting(database, clock)
    with database.transaction() as session:
        made = recognise(session, a_draft(product_id), actor=officer, notary=notary)
        with pytest.raises(OfficerOnlyError):
            correct(session, made, a_draft(product_id), actor=stranger, notary=notary)


def test_a_correction_is_a_new_version_that_names_the_old(
    database: Database, clock: Clock, notary: Notary
) -> None:
    officer, _, product_id = setting(database, clock)
    with database.transaction() as session:
        made = recognise(session, a_draft(product_id), actor=officer, notary=notary)
        changed = a_draft(product_id, points=Decimal(82))
        record = correct(session, made, changed, actor=officer, notary=notary)
        first, second = records_about(session, record.subject)
        payload = read_unverified(second.token).payload
        assert payload["supersedes"] == first.digest
        assert payload["credentialSubject"]["points"] == "82"


def test_a_decision_recognises_a_product_once(
    database: Database, clock: Clock, notary: Notary
) -> None:
    officer, _, product_id = setting(database, clock)
    with database.transaction() as session:
        recognise(session, a_draft(product_id), actor=officer, notary=notary)
    for changed in ({"certificate_no": "X"}, {"decision_no": "X"}):
        draft = a_draft(product_id, **changed)
        with pytest.raises(RecognitionTakenError), database.transaction() as session:
            recognise(session, draft, actor=officer, notary=notary)


def test_refusals_that_only_the_store_can_know(
    database: Database, clock: Clock, notary: Notary
) -> None:
    officer, _, product_id = setting(database, clock)
    with database.transaction() as session:
        owner = make_organisation(session, clock, "HTX mẫu 02")
        half = make_product(
            session, owner, clock, 2, key=InternalCode("THOC"), is_intermediate=True
        )
        cases = [
            (a_draft(product_id, issued=date(2026, 11, 23)), RecognitionDatesError),
            (a_draft(half.id), IntermediateProductError),
            (a_draft(10**6), ProductNotFoundError),
        ]
        for draft, error in cases:
            with pytest.raises(error):
                recognise(session, draft, actor=officer, notary=notary)
        with pytest.raises(RecognitionNotFoundError):
            queries.recognition_by_public_id(session, "nobody")
        assert session.scalars(select(Recognition)).all() == []
        names = [one.name_vi for one, _ in queries.producers_products(session)]
        assert names == ["Gạo mẫu 1"]


def test_stars_that_do_not_match_the_points_never_become_a_draft() -> None:
    with pytest.raises(RatingPointsError):
        a_draft(1, points=Decimal("69.9"))


def test_the_rules_of_the_day_are_kept_with_the_rating() -> None:
    assert a_draft(1).rules == "26/2026/QĐ-TTg"
    older = a_draft(
        1, issued=date(2024, 11, 15), stars=3, points=Decimal(57),
        recognised_by=Authority.DISTRICT,
    )  # fmt: skip
    assert (older.rules, older.expires) == ("148/QĐ-TTg", date(2027, 11, 15))


def test_of_two_withdrawals_at_once_one_counts(
    database: Database, clock: Clock, notary: Notary
) -> None:
    officer, _, product_id = setting(database, clock)
    with database.transaction() as session:
        made = recognise(session, a_draft(product_id), actor=officer, notary=notary)
    start = Barrier(2)

    def take_back(reason: WithdrawalReason) -> str:
        start.wait()
        try:
            with database.transaction() as session:
                withdraw(
                    session,
                    session.get_one(Recognition, made.id),
                    on=clock.today(),
                    reason=reason,
                    actor=officer,
                    notary=notary,
                )
        except WithdrawnBeforeError as refusal:
            return refusal.code
        return "withdrawn"

    reasons = [WithdrawalReason.MARK_MISUSED, WithdrawalReason.OTHER_FINDING]
    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(take_back, reasons))
    assert answers == ["recognition-withdrawn", "withdrawn"]
    with database.reading() as session:
        subject = notary.identity.url(made.path)
        assert [one.version for one in records_about(session, subject)] == [1, 2]
