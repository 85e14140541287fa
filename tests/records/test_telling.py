"""What a record's page tells: every claim, in a form a page can show."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from tests.journeys.make_service import Sample, database_of
from traceability.core.quantity import Quantity
from traceability.records.models import SignedRecord
from traceability.records.telling import Told, path_with_page, sealed, told
from traceability.records.wording import CLAIMS, CODED, CODES, TYPES
from traceability.signing.envelope import read_unverified

HOME = "https://tx.example"


def words(lines: list[Told]) -> set[str]:
    found = set()
    for line in lines:
        found.add(line.word)
        if isinstance(line.value, list):
            found |= words(line.value)
    return found


def codes(lines: list[Told]) -> set[str]:
    return {str(line.value) for line in lines if line.word in CODED}


def test_days_quantities_and_what_is_inside_are_told_as_such() -> None:
    claims: dict[str, Any] = {
        "id": "x",
        "productionDate": "2026-11-14",
        "quantity": {"value": "12.5", "unitCode": "KGM"},
        "site": {"communeName": "Xã mẫu"},
        "fileSha256": ["aa", "bb"],
        "commitments": {"producer-name": "c"},
    }
    assert told(claims, HOME) == [
        Told("productionDate", date(2026, 11, 14)),
        Told("quantity", Quantity(Decimal("12.5"), "KGM")),
        Told("site", [Told("communeName", "Xã mẫu")]),
        Told("fileSha256", "aa"),
        Told("fileSha256", "bb"),
    ]
    assert sealed(claims) == 1
    assert sealed({}) == 0


def test_values_of_no_form_are_told_as_they_are() -> None:
    odd = {"expiry": "soon", "quantity": {"value": "-1", "unitCode": "KGM"}}
    assert told(odd, HOME) == [
        Told("expiry", "soon"),
        Told("quantity", [Told("value", "-1"), Told("unitCode", "KGM")]),
    ]


def test_only_what_has_a_page_is_a_link() -> None:
    assert path_with_page(f"{HOME}/recognitions/1", HOME) == "/recognitions/1"
    lot = f"{HOME}/01/09521234500018/10/A"
    assert path_with_page(lot, HOME) == "/p/01/09521234500018/10/A"  # no scan
    for other in (
        f"{HOME}/organisations/1",
        f"{HOME}/01/09521234500018/10/A#input-0",
        "https://elsewhere.example/01/09521234500018",
        f"{HOME}.elsewhere.example/01/09521234500018",
        "javascript:alert(1)",
        7,
        None,
    ):
        assert path_with_page(other, HOME) == ""


def test_an_event_tells_when_where_and_with_what() -> None:
    lot = f"{HOME}/X/A/10/B"
    event = {
        "ocop:stage": "ship",
        "eventTime": "2026-11-14T17:00:00+07:00",
        "ocop:place": {"communeName": "Xã mẫu"},
        "quantityList": [{"epcClass": lot}],
        "errorDeclaration": {"declarationTime": "when the cows come home"},
    }
    assert told({"id": "urn:uuid:1", "event": event}, HOME) == [
        Told("step", "ship"),
        Told("eventTime", datetime.fromisoformat("2026-11-14T17:00:00+07:00")),
        Told("where", [Told("communeName", "Xã mẫu")]),
        Told("lots", "/X/A/10/B", "/p/X/A/10/B"),
        Told("wrong", ""),
    ]


def test_every_word_and_code_of_the_sample_records_has_a_name(sample: Sample) -> None:
    home = sample.origin
    with database_of(sample.home) as database, database.reading() as session:
        records = session.scalars(select(SignedRecord)).all()
        lines = [
            line
            for one in records
            for line in told(
                read_unverified(one.token).payload["credentialSubject"], home
            )
        ]
        kinds = {one.type for one in records}
    assert not words(lines) - CLAIMS.keys()
    assert kinds <= TYPES.keys()
    assert not codes(lines) - CODES.keys()
