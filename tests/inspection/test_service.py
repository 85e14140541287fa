"""Visits as they are signed: commitments, versions, races, and who may."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import delete, select

from tests.inspection.make_inspection import (
    MET,
    NOTES,
    Inspector,
    make_photo,
    stored,
    visit_draft,
)
from tests.verification.make_house import House
from traceability.core.errors import DomainError
from traceability.core.permissions import Role
from traceability.events.event import read_event
from traceability.events.vocabulary import BizStep, Disposition
from traceability.inspection.errors import (
    InspectionTextError,
    InspectorOnlyError,
    SeenAtError,
    TooManyPhotosError,
)
from traceability.inspection.models import Inspection
from traceability.inspection.photos import visit_photo
from traceability.inspection.queries import signed_visit, versions_of
from traceability.inspection.record import lot_of
from traceability.inspection.service import (
    correct_visit,
    publish_visit,
    record_visit,
)
from traceability.inspection.visit import LONGEST, Place, Result
from traceability.records.models import SignedRecord, StoredDisclosure
from traceability.records.notary import notary_of
from traceability.records.vocabulary import undefined_terms
from traceability.signing.envelope import read_unverified
from traceability.transparency.models import LogLeaf


def payload(house: House, row: Inspection) -> Any:
    with house.use.database.reading() as session:
        found = session.get_one(Inspection, row.id)
        record = session.get_one(SignedRecord, found.record_id)
        return read_unverified(record.token).payload


def test_the_log_shows_that_a_visit_was_signed_and_no_more(
    house: House, inspector: Inspector
) -> None:
    row = inspector.record(house.batch.digital_link)
    with house.use.database.reading() as session:
        record = session.get_one(SignedRecord, row.record_id)
        leaf = session.scalars(
            select(LogLeaf.data).where(LogLeaf.index == record.log_index)
        ).one()
    assert f"https://tx.example/inspections/{row.public_id}".encode() in leaf
    assert b"InspectionRecord" in leaf
    assert house.batch.digital_link.encode() not in leaf


def test_every_word_of_the_records_is_defined(
    light_house: House, light_inspector: Inspector
) -> None:
    row = light_inspector.record(light_house.batch.digital_link, make_photo())
    assert not undefined_terms(payload(light_house, row))
    publish(light_house, light_inspector, row)
    assert not undefined_terms(payload(light_house, row))


def publish(house: House, inspector: Inspector, row: Inspection) -> None:
    with house.use.database.transaction() as session:
        mine = session.get_one(Inspection, row.id)
        publish_visit(session, mine, actor=inspector.actor, notary=notary_of(house.use))


def test_names_are_commitments_in_every_version(
    light_house: House, light_inspector: Inspector
) -> None:
    row = light_inspector.record(light_house.batch.digital_link)
    publish(light_house, light_inspector, row)
    told = payload(light_house, row)
    claims = told["credentialSubject"]
    assert {"met", "inspector", "notes", "place"} <= set(claims["commitments"])
    assert claims["lot"] == light_house.batch.digital_link
    assert claims["result"] == "conformant"
    assert "link" not in claims  # of a label only its lot is told
    for private in (MET, NOTES, "Người dùng mẫu", "Quầy 12"):
        assert private not in str(told)


def test_a_public_event_is_an_inspection_by_cbv(
    light_house: House, light_inspector: Inspector
) -> None:
    row = light_inspector.record(
        str(light_house.serials[0].link), result=Result.NON_CONFORMANT
    )
    publish(light_house, light_inspector, row)
    event = read_event(payload(light_house, row)["credentialSubject"]["event"])
    assert event.biz_step is BizStep.INSPECTING
    assert event.disposition is Disposition.NON_CONFORMANT
    assert [one.epc_class for one in event.objects] == [light_house.batch.digital_link]
    assert event.values["place"]["communeCode"] == "05587"


def test_an_erased_name_is_gone_and_the_rest_stands(
    house: House, inspector: Inspector
) -> None:
    row = inspector.record(house.batch.digital_link)
    with house.use.database.transaction() as session:
        session.execute(
            delete(StoredDisclosure).where(
                StoredDisclosure.record_id == row.record_id,
                StoredDisclosure.name == "met",
            )
        )
    with house.use.database.reading() as session:
        found = session.get_one(Inspection, row.id)
        visit = signed_visit(session, found, personal=True)
    assert visit.erased
    assert visit.draft.met == ""
    assert visit.draft.notes == NOTES
    inspector.get(f"/inspections/{row.public_id}")
    assert "được xóa theo yêu cầu" in inspector.page


def test_a_visit_that_two_phones_send_at_once_is_stored_once(
    house: House, inspector: Inspector
) -> None:
    draft = visit_draft(house.batch.digital_link, client_id="c-1")
    start = Barrier(2)

    def send(_number: int) -> str:
        start.wait(timeout=20)
        try:
            with house.use.database.transaction() as session:
                return record_visit(
                    session,
                    draft,
                    (),
                    actor=inspector.actor,
                    notary=notary_of(house.use),
                ).public_id
        except DomainError as refusal:
            return refusal.code

    with ThreadPoolExecutor(2) as pool:
        answers = set(pool.map(send, range(2)))
    [row] = stored(house.use)
    assert answers <= {row.public_id, "inspection-taken"}


def test_a_correction_keeps_link_inspector_and_photos(
    house: House, inspector: Inspector
) -> None:
    row = inspector.record(house.batch.digital_link, make_photo("red"))
    changed = visit_draft("https://a.example/other", notes="Sửa.")
    with house.use.database.transaction() as session:
        correct_visit(
            session,
            session.get_one(Inspection, row.id),
            changed,
            [visit_photo(make_photo("blue"))],
            actor=inspector.actor,
            notary=notary_of(house.use),
        )
    with house.use.database.reading() as session:
        found = session.get_one(Inspection, row.id)
        visit = signed_visit(session, found, personal=True)
        versions = versions_of(session, found)
    assert found.batch_id == house.batch.id
    assert visit.draft.link == house.batch.digital_link
    assert visit.inspector == "Người dùng mẫu"
    assert len(visit.photos) == 2
    assert [one.version for one in versions] == [1, 2]


def test_a_visit_has_six_photos_over_all_its_versions(
    light_house: House, light_inspector: Inspector
) -> None:
    colours = ["red", "blue", "green", "olive", "white", "black", "gray"]
    photos = [make_photo(one) for one in colours]
    row = light_inspector.record(light_house.batch.digital_link, *photos[:4])
    with (
        pytest.raises(TooManyPhotosError),
        light_house.use.database.transaction() as session,
    ):
        correct_visit(
            session,
            session.get_one(Inspection, row.id),
            visit_draft(light_house.batch.digital_link),
            [visit_photo(one) for one in photos[4:]],
            actor=light_inspector.actor,
            notary=notary_of(light_house.use),
        )


def test_only_inspectors_record_and_only_their_own_is_corrected(
    light_house: House, light_inspector: Inspector
) -> None:
    row = light_inspector.record(light_house.batch.digital_link)
    producer = light_house.producer.actor
    keyless = replace(light_inspector.actor, organisation_id=None)
    other = replace(producer, roles=frozenset({Role.INSPECTOR}))
    notary = notary_of(light_house.use)
    draft = visit_draft(light_house.batch.digital_link)
    for actor in (producer, keyless, light_house.officer):
        with (
            pytest.raises(InspectorOnlyError),
            light_house.use.database.transaction() as session,
        ):
            record_visit(session, draft, (), actor=actor, notary=notary)
    with (
        pytest.raises(InspectorOnlyError),
        light_house.use.database.transaction() as session,
    ):
        correct_visit(
            session,
            session.get_one(Inspection, row.id),
            draft,
            actor=other,
            notary=notary,
        )


@pytest.mark.parametrize("name", sorted(LONGEST))
def test_texts_have_a_length(light_inspector: Inspector, name: str) -> None:
    now = light_inspector.use.clock.now()
    fits = visit_draft("x", **{name: "đ" * LONGEST[name]})
    assert getattr(fits.checked(now), name)
    beyond = visit_draft("x", **{name: "đ" * (LONGEST[name] + 1)})
    with pytest.raises(InspectionTextError):
        beyond.checked(now)


def test_a_visit_has_a_time_and_a_place(light_inspector: Inspector) -> None:
    now = light_inspector.use.clock.now()
    ahead = visit_draft("x", seen_at=now + timedelta(minutes=5, seconds=1))
    naive = visit_draft("x", seen_at=now.replace(tzinfo=None))
    for draft in (ahead, naive):
        with pytest.raises(SeenAtError):
            draft.checked(now)
    with pytest.raises(InspectionTextError):
        visit_draft("x", place=Place(text=" ")).checked(now)


@pytest.mark.parametrize(
    ("link", "lot"),
    [
        (
            "HTTPS://TX.EXAMPLE/01/09520001001017/10/A/21/1?s=5",
            "https://tx.example/01/09520001001017/10/A",
        ),
        ("https://tx.example/01/09520001001017", None),
        ("https://tx.example/", None),
        ("chữ trên tem", None),
        ("", None),
    ],
)
def test_the_lot_of_a_code_is_told_without_its_serial(
    link: str, lot: str | None
) -> None:
    assert lot_of(link) == lot
