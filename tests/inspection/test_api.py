"""Programs of an inspectorate record and read visits; nobody else does."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.accounts.make_accounts import make_organisation
from tests.api.make_api import EVERYTHING, Program
from tests.inspection.make_inspection import MET, NOTES, Inspector
from tests.verification.make_house import House
from traceability.accounts.kinds import OrganisationKind
from traceability.accounts.models import Organisation
from traceability.accounts.service import ApiKeyDraft, create_api_key
from traceability.core.permissions import SYSTEM, Scope


def program(
    house: House,
    app: Flask,
    organisation: Organisation,
    scopes: frozenset[Scope] = EVERYTHING,
) -> Program:
    draft = ApiKeyDraft(organisation_id=organisation.id, name="Mẫu", scopes=scopes)
    with house.use.database.transaction() as session:
        key = create_api_key(session, draft, actor=SYSTEM, clock=house.use.clock)[1]
    return Program(app, key)


@pytest.fixture
def office(house: House) -> Organisation:
    return make_organisation(house.use, OrganisationKind.INSPECTORATE, "Thanh tra mẫu")


def body(link: str, **changes: Any) -> dict[str, Any]:
    return {
        "link": link,
        "seen_at": "2026-11-22T09:00:00+07:00",
        "place": {"text": "Chợ mẫu", "commune_code": None},
        "result": "conformant",
        "notes": NOTES,
        "met": MET,
        **changes,
    }


def test_a_program_records_lists_and_reads_visits(
    house: House, app: Flask, office: Organisation
) -> None:
    ours = program(house, app, office)
    made = ours.post("/inspections", body(house.batch.digital_link))
    assert made.status_code == 201, made.get_data(as_text=True)
    told = made.get_json()
    assert told["lot"] == house.batch.public_id
    assert told["seen_at"] == "2026-11-22T02:00:00Z"
    assert MET not in made.get_data(as_text=True)
    assert ours.get(f"/inspections/{told['id']}").get_json() == told
    page = ours.get(f"/inspections?lot={house.batch.public_id}&result=conformant")
    assert page.get_json()["items"] == [told]
    assert ours.get("/inspections?result=non_conformant").get_json()["items"] == []


def test_a_repeated_request_is_one_visit(
    house: House, app: Flask, office: Organisation
) -> None:
    ours = program(house, app, office)
    key = {"Idempotency-Key": "k-1"}
    sent = body(house.batch.digital_link)
    first = ours.post("/inspections", sent, **key).get_json()
    assert ours.post("/inspections", sent, **key).get_json() == first
    assert len(ours.get("/inspections").get_json()["items"]) == 1


def test_another_authority_does_not_find_it(
    house: House, app: Flask, office: Organisation
) -> None:
    ours = program(house, app, office)
    made = ours.post("/inspections", body(house.batch.digital_link)).get_json()
    other = make_organisation(house.use, OrganisationKind.INSPECTORATE, "Khác")
    theirs = program(house, app, other)
    assert theirs.get(f"/inspections/{made['id']}").status_code == 404
    assert theirs.get("/inspections").get_json()["items"] == []


def test_an_authority_s_key_records_only_where_its_scopes_say_so(
    house: House, app: Flask
) -> None:
    authority = make_organisation(house.use, OrganisationKind.AUTHORITY, "Sở mẫu")
    reads = program(house, app, authority, frozenset({Scope.INSPECTIONS_READ}))
    writes = program(house, app, authority, frozenset({Scope.INSPECTIONS_WRITE}))
    sent = body(house.batch.digital_link)
    assert reads.post("/inspections", sent).status_code == 403
    assert writes.post("/inspections", sent).status_code == 201
    assert len(reads.get("/inspections").get_json()["items"]) == 1


def test_a_producer_s_key_reads_no_visit(
    house: House, app: Flask, inspector: Inspector
) -> None:
    row = inspector.record(house.batch.digital_link)
    with house.use.database.reading() as session:
        owner = session.scalars(
            select(Organisation).where(
                Organisation.id == house.producer.actor.organisation_id
            )
        ).one()
    theirs = program(house, app, owner)
    assert theirs.get("/inspections").status_code == 403
    assert theirs.get(f"/inspections/{row.public_id}").status_code == 403
    assert theirs.post("/inspections", body("x")).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"result": "fine"}, "result"),
        ({"seen_at": "2026-11-22T09:00:00"}, "seen_at"),
        ({"seen_at": "2027-01-01T09:00:00Z"}, "seen_at"),
        ({"notes": "a\u0007"}, "notes"),
        ({"link": ""}, "link"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    house: House, app: Flask, office: Organisation, change: dict[str, Any], field: str
) -> None:
    ours = program(house, app, office)
    answer = ours.post("/inspections", {**body("x"), **change})
    assert answer.status_code == 422
    assert answer.get_json()["field"] == field
