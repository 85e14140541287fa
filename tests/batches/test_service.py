"""A batch is registered, issued, corrected; what is signed is what was meant."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from tests.batches.make_batches import (
    GTINS,
    Producer,
    kilos,
    make_batch,
    make_draft,
    make_officer,
    make_producer,
    make_product,
    taking,
)
from traceability.accounts.models import AuditEntry
from traceability.batches.drafts import InputDraft, Notice
from traceability.batches.errors import (
    BatchIssuedError,
    BatchNotFoundError,
    BatchStateError,
    CycleError,
    InputUnitError,
    LotFormatError,
    LotTakenError,
    MassBalanceError,
    ProductRetiredError,
    ReasonMissingError,
    SourceNotFoundError,
    SourceNotUsableError,
    TooDeepError,
)
from traceability.batches.models import Batch, BatchInput, BatchState
from traceability.batches.queries import current_record, inputs_of
from traceability.batches.record import LotInput, read_batch_record
from traceability.batches.service import (
    correct_batch,
    delete_draft,
    issue_batch,
    recall_batch,
    register_batch,
    update_draft,
)
from traceability.catalog.errors import ProductNotFoundError, SiteNotFoundError
from traceability.core.errors import InvalidError
from traceability.core.permissions import SYSTEM
from traceability.core.ports import Notary
from traceability.core.quantity import Quantity
from traceability.db.database import Database
from traceability.events.queries import events_of
from traceability.ocop.drafts import RecognitionDraft
from traceability.ocop.rules import Authority
from traceability.ocop.service import recognise
from traceability.records.models import SignedRecord
from traceability.records.queries import (
    disclosures_of,
    latest_record,
    records_about,
)
from traceability.records.vocabulary import undefined_terms
from traceability.signing.envelope import read_unverified


def claims_of(record: SignedRecord) -> dict[str, object]:
    subject = read_unverified(record.token).payload["credentialSubject"]
    assert isinstance(subject, dict)
    return subject


def test_a_lot_is_registered_as_a_draft_with_a_suggested_number(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        first = make_batch(session, producer, notary)
        second = make_batch(session, producer, notary)
        assert (first.lot_number, second.lot_number) == ("261120-01", "261120-02")
        assert first.state == BatchState.DRAFT.value
        assert first.digital_link == (f"https://tx.example/01/{GTINS[0]}/10/261120-01")
        assert records_about(session, first.digital_link) == []


def test_a_lot_is_registered_once(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        make_batch(session, producer, notary, lot_number="LO-1")
    with pytest.raises(LotTakenError) as refused, database.transaction() as session:
        make_batch(session, producer, notary, lot_number="lo-1")
    assert (refused.value.code, refused.value.status) == ("batch-lot-taken", 409)


@pytest.mark.parametrize("number", ["A" * 21, "LÔ 1", "🍵", "A/B"])
def test_a_lot_number_of_other_characters_is_refused(
    database: Database, producer: Producer, notary: Notary, number: str
) -> None:
    with pytest.raises(LotFormatError), database.transaction() as session:
        make_batch(session, producer, notary, lot_number=number)


def test_issuing_signs_logs_captures_and_audits(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        batch = make_batch(session, producer, notary, issued=True)
    with database.reading() as session:
        stored = session.get_one(Batch, batch.id)
        assert stored.state == BatchState.ISSUED.value
        [record] = records_about(session, batch.digital_link)
        assert record.id == stored.record_id
        assert (record.type, record.version) == ("BatchRecord", 1)
        [captured] = events_of(session, batch.digital_link)
        assert captured.event.type == "ObjectEvent"
        assert {record.log_index, captured.record.log_index} == {0, 1}
        actions = session.scalars(select(AuditEntry.action)).all()
        assert actions == ["batch-registered", "batch-issued"]
        payload = read_unverified(record.token).payload
        assert payload["vouchedBy"]["basis"] == "declared"
        assert payload["vouchedBy"]["name"] == "HTX mẫu 0"
        signed = read_batch_record(claims_of(record))
        assert signed.quantity == kilos(100)
        assert signed.site.commune_code == "05587"
        assert signed.product.key == GTINS[0]


def test_a_batch_is_issued_once(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        batch = make_batch(session, producer, notary, issued=True)
    with pytest.raises(BatchIssuedError), database.transaction() as session:
        issue_batch(session, batch, actor=producer.actor, notary=notary)
    with database.reading() as session:
        assert session.scalar(select(func.count(SignedRecord.id))) == 2


def test_nothing_is_issued_without_a_signed_record(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        batch = make_batch(session, producer, notary)
        batch.state = BatchState.ISSUED.value
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_an_accident_while_issuing_leaves_a_draft(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        batch = make_batch(session, producer, notary)
    with database.transaction() as session:
        issue_batch(session, batch, actor=producer.actor, notary=notary)
        session.rollback()
    with database.reading() as session:
        assert session.get_one(Batch, batch.id).state == BatchState.DRAFT.value
        assert session.scalar(select(func.count(SignedRecord.id))) == 0


def test_an_issued_batch_is_neither_edited_nor_deleted(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        batch = make_batch(session, producer, notary, issued=True)
    draft = make_draft(producer, lot_number=batch.lot_number, quantity=kilos(90))
    with pytest.raises(BatchIssuedError) as refused, database.transaction() as session:
        update_draft(session, batch, draft, actor=producer.actor, clock=notary.clock)
    assert refused.value.status == 409
    with pytest.raises(BatchIssuedError), database.transaction() as session:
        delete_draft(session, batch, actor=producer.actor, clock=notary.clock)


def test_a_draft_is_changed_and_thrown_away(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        outside = InputDraft(outside="Lá chè tươi", quantity=kilos(90))
        batch = make_batch(
            session, producer, notary, inputs=(outside,), quantity=kilos(20)
        )
        draft = make_draft(producer, quantity=kilos(30), inputs=(outside, outside))
        update_draft(session, batch, draft, actor=producer.actor, clock=notary.clock)
        assert len(inputs_of(session, batch)) == 2
    with database.transaction() as session:
        kept = session.get_one(Batch, batch.id)
        assert kept.quantity.base == 30
        delete_draft(session, kept, actor=producer.actor, clock=notary.clock)
        assert session.scalar(select(func.count(BatchInput.id))) == 0


def test_a_draft_others_are_made_of_is_not_thrown_away(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        leaves = make_batch(session, producer, notary)
        make_batch(session, producer, notary, inputs=(taking(leaves, 100),))
    with pytest.raises(BatchStateError), database.transaction() as session:
        delete_draft(session, leaves, actor=producer.actor, clock=notary.clock)


def test_a_correction_is_a_new_signed_version_with_its_reason(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        batch = make_batch(session, producer, notary, issued=True)
        first = current_record(session, batch)
        draft = make_draft(producer, quantity=kilos(95), variety="LDP1")
        second = correct_batch(
            session, batch, draft, "Cân lại", actor=producer.actor, notary=notary
        )
    assert first is not None
    assert second.version == 2
    payload = read_unverified(second.token).payload
    assert payload["supersedes"] == first.digest
    signed = read_batch_record(payload["credentialSubject"])
    assert (signed.quantity, signed.variety) == (kilos(95), "LDP1")
    assert signed.correction_reason == "Cân lại"
    with database.reading() as session:
        assert session.get_one(Batch, batch.id).record_id == second.id


def test_a_correction_needs_a_reason_and_keeps_product_and_number(
    database: Database, producer: Producer, notary: Notary, clock: object
) -> None:
    with database.transaction() as session:
        batch = make_batch(session, producer, notary, issued=True)
        other = make_product(
            session, notary.clock, batch.organisation_id, internal_code="SP-2"
        )
    actor, draft = producer.actor, make_draft(producer)
    with pytest.raises(ReasonMissingError), database.transaction() as session:
        correct_batch(session, batch, draft, "  ", actor=actor, notary=notary)
    for changed in (
        replace(draft, lot_number="OTHER"),
        replace(draft, product_id=other.id),
    ):
        with pytest.raises(BatchStateError), database.transaction() as session:
            correct_batch(session, batch, changed, "x", actor=actor, notary=notary)


def test_a_draft_is_not_corrected(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        batch = make_batch(session, producer, notary)
    with pytest.raises(BatchStateError), database.transaction() as session:
        correct_batch(
            session,
            batch,
            make_draft(producer),
            "x",
            actor=producer.actor,
            notary=notary,
        )


def test_a_lot_of_lots_is_a_transformation_and_names_their_records(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        leaves = make_batch(session, producer, notary, issued=True)
        source = current_record(session, leaves)
        tea = make_batch(
            session,
            producer,
            notary,
            inputs=(taking(leaves, 100),),
            quantity=kilos(22),
            packaging_date=date(2026, 11, 21),
            issued=True,
        )
        record = current_record(session, tea)
        assert source is not None
        assert record is not None
        signed = read_batch_record(claims_of(record))
        assert signed.inputs == (
            LotInput(
                lot=leaves.digital_link,
                record_sha256=source.digest,
                quantity=kilos(100),
            ),
        )
        [birth] = events_of(session, tea.digital_link)
        assert (birth.event.type, birth.part) == ("TransformationEvent", "output")
        assert [one.part for one in events_of(session, leaves.digital_link)] == [
            "object",
            "input",
        ]


def test_more_out_than_in_is_refused_until_a_reason_is_given_and_signed(
    database: Database, producer: Producer, notary: Notary
) -> None:
    flour = InputDraft(outside="Bột gạo", quantity=kilos(100))
    with pytest.raises(MassBalanceError), database.transaction() as session:
        make_batch(session, producer, notary, inputs=(flour,), quantity=kilos(103))
    with database.transaction() as session:
        batch = make_batch(
            session,
            producer,
            notary,
            inputs=(flour,),
            quantity=kilos(103),
            override_reason="Thêm nước khi tráng",
            issued=True,
        )
        record = current_record(session, batch)
        assert record is not None
        override = read_batch_record(claims_of(record)).override
        assert override is not None
        assert override.reason == "Thêm nước khi tráng"
        [gap] = override.shortfalls
        assert (gap.available, gap.wanted) == (Decimal(100), Decimal(103))


def test_a_source_gives_no_more_than_it_had_over_all_lots(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        leaves = make_batch(session, producer, notary, issued=True)
        half = {"inputs": (taking(leaves, 60),), "quantity": kilos(20)}
        first = make_batch(session, producer, notary, **half)
        second = make_batch(session, producer, notary, **half)
        issue_batch(session, first, actor=producer.actor, notary=notary)
    with pytest.raises(MassBalanceError) as refused, database.transaction() as session:
        issue_batch(session, second, actor=producer.actor, notary=notary)
    assert refused.value.params["available"] == "100"
    assert refused.value.params["wanted"] == "120"


def test_a_correction_leaves_enough_for_what_was_taken(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        leaves = make_batch(session, producer, notary, issued=True)
        half = {"inputs": (taking(leaves, 60),), "quantity": kilos(20)}
        make_batch(session, producer, notary, **half, issued=True)
    with pytest.raises(MassBalanceError), database.transaction() as session:
        correct_batch(
            session,
            leaves,
            make_draft(producer, quantity=kilos(50)),
            "Cân lại",
            actor=producer.actor,
            notary=notary,
        )


def test_packs_count_with_their_net_content(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        leaves = make_batch(session, producer, notary, issued=True)
        packs = make_product(
            session,
            notary.clock,
            leaves.organisation_id,
            gtin=GTINS[1],
            net_amount=Decimal(500),
            net_unit="GRM",
        )
        packed = {"product_id": packs.id, "inputs": (taking(leaves, 100),)}
        two_hundred = Quantity(Decimal(200), "H87")
        batch = make_batch(
            session, producer, notary, **packed, quantity=two_hundred, issued=True
        )
        record = current_record(session, batch)
        assert record is not None
        claim = claims_of(record)["product"]
        assert isinstance(claim, dict)
        assert claim["netContent"] == {"value": "500", "unitCode": "GRM"}
        with pytest.raises(MassBalanceError):
            make_batch(
                session,
                producer,
                notary,
                **packed,
                quantity=Quantity(Decimal(300), "H87"),
            )


def test_an_input_in_a_unit_its_lot_is_not_kept_in_is_refused(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        leaves = make_batch(session, producer, notary, issued=True)
        litres = Quantity(Decimal(5), "LTR")
        taken = InputDraft(source=leaves.public_id, quantity=litres)
        with pytest.raises(InputUnitError):
            make_batch(session, producer, notary, inputs=(taken,))


def test_another_producers_draft_is_not_there(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        other = make_producer(session, notary.clock, 1)
        secret = make_batch(session, other, notary)
        for source in (secret.digital_link, secret.public_id, secret.lot_number):
            taken = InputDraft(source=source, quantity=kilos(1))
            with pytest.raises(SourceNotFoundError) as refused:
                make_batch(session, producer, notary, inputs=(taken,))
            assert refused.value.status == 404
            assert refused.value.field == "inputs-0-source"


def test_another_producers_issued_lot_is_an_input(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        other = make_producer(session, notary.clock, 1)
        bought = make_batch(session, other, notary, issued=True)
        taken = (taking(bought, 40),)
        batch = make_batch(
            session, producer, notary, inputs=taken, quantity=kilos(10), issued=True
        )
        [row] = inputs_of(session, batch)
        assert row.source is not None
        assert row.source.organisation_id == other.actor.organisation_id


def test_another_producers_lot_number_alone_names_nothing(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        other = make_producer(session, notary.clock, 1)
        make_batch(session, other, notary, lot_number="THEIRS", issued=True)
        taken = InputDraft(source="THEIRS", quantity=kilos(1))
        with pytest.raises(SourceNotFoundError):
            make_batch(session, producer, notary, inputs=(taken,))


def test_an_own_lot_is_named_by_its_number(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        make_batch(session, producer, notary, lot_number="LA-1", issued=True)
        taken = InputDraft(source="la-1", quantity=kilos(50))
        batch = make_batch(
            session, producer, notary, inputs=(taken,), quantity=kilos(10)
        )
        [row] = inputs_of(session, batch)
        assert row.source is not None
        assert row.source.lot_number == "LA-1"


def test_a_draft_is_no_source_of_an_issued_lot(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        leaves = make_batch(session, producer, notary)
        taken = (taking(leaves, 10),)
        batch = make_batch(session, producer, notary, inputs=taken, quantity=kilos(5))
    with pytest.raises(SourceNotUsableError), database.transaction() as session:
        issue_batch(session, batch, actor=producer.actor, notary=notary)


def test_a_lot_is_never_made_of_itself(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        a = make_batch(session, producer, notary, lot_number="A", issued=True)
        b = make_batch(
            session,
            producer,
            notary,
            lot_number="B",
            inputs=(taking(a, 50),),
            quantity=kilos(50),
            issued=True,
        )
    for source, path in ((b, "A → B → A"), (a, "A → A")):
        draft = make_draft(producer, inputs=(taking(source, 1),))
        with pytest.raises(CycleError) as refused, database.transaction() as session:
            correct_batch(session, a, draft, "x", actor=producer.actor, notary=notary)
        assert refused.value.params["path"] == path
        assert refused.value.code == "cycle"


def test_two_drafts_are_not_made_of_each_other(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        a = make_batch(session, producer, notary)
        b = make_batch(session, producer, notary, inputs=(taking(a, 100),))
        draft = make_draft(producer, inputs=(taking(b, 100),))
        with pytest.raises(CycleError):
            update_draft(session, a, draft, actor=producer.actor, clock=notary.clock)


def test_the_way_back_has_at_most_twenty_levels(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        lot = make_batch(session, producer, notary)
        for _ in range(20):
            lot = make_batch(session, producer, notary, inputs=(taking(lot, 100),))
        with pytest.raises(TooDeepError) as refused:
            make_batch(session, producer, notary, inputs=(taking(lot, 100),))
        assert refused.value.status == 422


def test_products_and_places_of_others_are_not_there(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        other = make_producer(session, notary.clock, 1)
        with pytest.raises(ProductNotFoundError):
            make_batch(session, producer, notary, product_id=other.product_id)
        with pytest.raises(SiteNotFoundError):
            make_batch(session, producer, notary, site_id=other.site_id)


def test_a_retired_product_gets_no_new_batches(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        organisation = producer.actor.organisation_id
        assert organisation is not None
        retired = make_product(
            session, notary.clock, organisation, gtin=GTINS[1], state="retired"
        )
        with pytest.raises(ProductRetiredError):
            make_batch(session, producer, notary, product_id=retired.id)


def test_other_producers_change_nothing(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        other = make_producer(session, notary.clock, 1).actor
        batch = make_batch(session, producer, notary)
        draft, clock = make_draft(producer), notary.clock
        with pytest.raises(BatchNotFoundError):
            update_draft(session, batch, draft, actor=other, clock=clock)
        with pytest.raises(BatchNotFoundError):
            delete_draft(session, batch, actor=other, clock=clock)
        with pytest.raises(BatchNotFoundError):
            issue_batch(session, batch, actor=other, notary=notary)


def test_the_service_itself_may_load_samples(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        batch = register_batch(
            session,
            make_draft(producer),
            actor=SYSTEM,
            clock=notary.clock,
            identity=notary.identity,
        )
        record = issue_batch(session, batch, actor=SYSTEM, notary=notary)
        payload = read_unverified(record.token).payload
        assert payload["vouchedBy"]["name"] == "HTX mẫu 0"


def test_names_of_households_and_suppliers_stay_out_of_every_signed_byte(
    database: Database, notary: Notary
) -> None:
    with database.transaction() as session:
        household = make_producer(session, notary.clock, 2, name_public=False)
        leaves = InputDraft(
            outside="Lá chè tươi",
            supplier="Nhà cung cấp mẫu",
            outside_lot="a/b",
            quantity=kilos(500),
        )
        batch = make_batch(session, household, notary, inputs=(leaves,), issued=True)
        record = current_record(session, batch)
        assert record is not None
        opened = {one.name: one.value for one in disclosures_of(session, record)}
        assert opened == {
            "producer-name": "HTX mẫu 2",
            "inputs-0-supplier": "Nhà cung cấp mẫu",
        }
        for signed in session.scalars(select(SignedRecord)):
            shown = str(read_unverified(signed.token).payload)
            assert "HTX mẫu 2" not in shown
            assert "Nhà cung cấp mẫu" not in shown
        assert claims_of(record)["inputs"] == [
            {
                "outside": "Lá chè tươi",
                "lotNumber": "a/b",
                "quantity": {"value": "500", "unitCode": "KGM"},
            }
        ]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "inputs-1-source"),
        ({"outside": "Lá", "source": "LA-1"}, "inputs-1-source"),
        ({"outside": "Lá", "outside_lot": "Lô 7"}, "inputs-1-outside_lot"),
        ({"outside": "Lá", "outside_lot": "A" * 21}, "inputs-1-outside_lot"),
    ],
)
def test_an_input_is_one_thing_with_a_lot_number_that_gs1_allows(
    sqlite_database: Database, notary: Notary, values: dict[str, str], field: str
) -> None:
    good = InputDraft(outside="Lá", quantity=kilos(500), outside_lot="a/B.7")
    bad = InputDraft(quantity=kilos(5), **values)
    with sqlite_database.transaction() as session:
        producer = make_producer(session, notary.clock)
        with pytest.raises(InvalidError) as refused:
            make_batch(session, producer, notary, inputs=(good, bad))
        assert refused.value.field == field


def test_the_recognition_held_at_production_is_linked_never_its_stars(
    database: Database, producer: Producer, notary: Notary
) -> None:
    with database.transaction() as session:
        officer = make_officer(session, notary.clock)
        recognition = recognise(
            session,
            RecognitionDraft(
                product_id=producer.product_id,
                stars=3,
                points=Decimal("62.5"),
                recognised_by=Authority.PROVINCE,
                decision_no="SAMPLE-QD-01",
                decided_by="Ủy ban nhân dân mẫu",
                certificate_no="SAMPLE-OCOP-001",
                issued=date(2026, 11, 10),
            ),
            actor=officer,
            notary=notary,
        )
        made = {"production_date": date(2026, 11, 10), "issued": True}
        covered = make_batch(session, producer, notary, **made)
        early = {"production_date": date(2026, 11, 9), "issued": True}
        uncovered = make_batch(session, producer, notary, **early)
        records = [current_record(session, one) for one in (covered, uncovered)]
        subject = notary.identity.url(recognition.path)
        source = latest_record(session, subject, "RecognitionRecord")
        claims = [claims_of(one) for one in records if one is not None]
    assert source is not None
    assert claims[0]["recognition"] == {
        "id": subject,
        "recordSha256": source.digest,
    }
    assert "recognition" not in claims[1]
    assert all("stars" not in str(one) for one in claims)


def test_every_word_that_is_signed_stands_in_the_served_context(
    database: Database, producer: Producer, notary: Notary
) -> None:
    flour = InputDraft(
        outside="Bột", outside_lot="b/1", supplier="Mẫu", quantity=kilos(10)
    )
    with database.transaction() as session:
        batch = make_batch(
            session,
            producer,
            notary,
            inputs=(flour,),
            override_reason="Thêm nước khi tráng",
            variety="Giống mẫu",
            packaging_date=date(2026, 11, 21),
            expiry=date(2027, 11, 21),
            issued=True,
        )
        notice = Notice(reason_vi="a", reason_en="b", advice_vi="c", contact="d")
        recall_batch(session, batch, notice, actor=producer.actor, notary=notary)
        for record in session.scalars(select(SignedRecord)):
            payload = read_unverified(record.token).payload
            assert undefined_terms(payload) == set()
