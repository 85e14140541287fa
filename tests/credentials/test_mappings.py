"""Single records in UNTP's words: every kind of event, every shape of paper."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from tests.credentials.make_credentials import faults_of
from traceability.core.identity import Identity
from traceability.core.json_text import json_text
from traceability.core.quantity import Quantity
from traceability.credentials.conformity import certificate, recognition
from traceability.credentials.facility import facility
from traceability.credentials.queries import event_in
from traceability.credentials.source import Around, Holder, Source, Variant
from traceability.credentials.traceability_event import traceability_event
from traceability.credentials.untp import (
    Derived,
    credential,
    untp_status,
    w3c_status,
)
from traceability.events.event import (
    Endpoint,
    EpcisEvent,
    ErrorDeclaration,
    LotQuantity,
)
from traceability.events.kinds import Kind, kinds
from traceability.events.vocabulary import (
    Action,
    BizStep,
    Disposition,
    ErrorReason,
    EventType,
    PartyType,
)
from traceability.status.bitstring import SIZE

HOME = Identity("https://tx.example")
LOT = "https://tx.example/01/09521234500018/10/L7"
OTHER = "https://tx.example/X/CHE-TUOI/10/T1"
BOX = "https://tx.example/00/095212345000000011"
PLACE = "https://tx.example/414/9520000050016"
PUBLIC = {"communeCode": "05587", "communeName": "Xã Bình Yên, tỉnh Thái Nguyên"}
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
CAPTURED = [one for one in kinds() if one.type is not None]


def source(type_: str = "TraceEventRecord", **claims: Any) -> Source:
    return Source(
        public_id="r1",
        type=type_,
        subject="https://tx.example/recognitions/1",
        digest="ab" * 32,
        log_index=7,
        issued_at=NOW,
        payload={
            "credentialSubject": claims,
            "vouchedBy": {
                "id": "https://tx.example/organisations/1",
                "basis": "declared",
            },
        },
    )


def event_of(kind: Kind, **changes: Any) -> EpcisEvent:
    lots = (LotQuantity(LOT, Quantity(Decimal("12.5"), "KGM")),)
    made = kind.type is EventType.TRANSFORMATION
    event = EpcisEvent(
        id=UUID(int=1),
        type=EventType(kind.type or ""),
        time=NOW,
        action=kind.action,
        biz_step=BizStep(kind.biz_step or ""),
        disposition=kind.dispositions[0],
        stage=kind.id,
        place=PLACE,
        objects=lots if kind.type is EventType.OBJECT else (),
        children=lots if kind.type is EventType.AGGREGATION else (),
        parent="https://tx.example/00/095212345000000011"
        if kind.type is EventType.AGGREGATION
        else "",
        inputs=(LotQuantity(OTHER),) if made else (),
        outputs=lots if made else (),
        values={"place": {**PUBLIC, "name": "Xưởng mẫu"}},
    )
    return replace(event, **changes)


def whole(derived: Derived | None, variant: Variant = Variant.UNTP) -> dict[str, Any]:
    assert derived is not None
    payload = credential(derived, source(), variant, HOME)
    found: dict[str, Any] = json.loads(json_text(payload))
    assert not faults_of(found)
    return found


def told_of(event: EpcisEvent, **names: str) -> dict[str, Any]:
    known = Around(names={LOT: names.get("lot", "Chè mẫu")})
    derived = traceability_event(source(), event, known, HOME)
    [subject] = whole(derived)["credentialSubject"]
    return dict(subject)


@pytest.mark.parametrize("kind", CAPTURED, ids=lambda one: str(one.id))
def test_every_kind_of_event_has_its_place_in_untp(kind: Kind) -> None:
    told = told_of(event_of(kind))
    [shape] = set(told["type"]) - {"LifecycleEvent"}
    moves = {"ship", "receive", "collect"}
    expected = "MoveEvent" if kind.id in moves else "ModifyEvent"
    assert shape == ("MakeEvent" if kind.makes_lot else expected)
    assert told["name"].startswith(kind.name.vi)
    assert told["activityType"]["code"] == (kind.biz_step or "")
    facilities = [told[name] for name in told if name.endswith("Facility")]
    assert PLACE in {one["id"] for one in facilities} or kind.id in moves


def test_what_came_to_be_is_new_and_what_went_in_is_consumed() -> None:
    [milling] = [one for one in CAPTURED if one.id == "milling"]
    told = told_of(event_of(milling))
    [made], [used] = told["outputProduct"], told["inputProduct"]
    assert made["product"] == {
        "type": ["Product"],
        "id": LOT,
        "name": "Chè mẫu",
        "idGranularity": "batch",
        "batchNumber": "L7",
    }
    assert made["quantity"] == {"value": 12.5, "unit": "KGM"}
    assert (made["disposition"], used["disposition"]) == ("new", "consumed")
    assert used["product"]["name"] == "T1"  # no record names its product
    assert "quantity" not in used


def test_goods_go_from_here_to_where_nobody_is_told() -> None:
    [ship] = [one for one in CAPTURED if one.id == "ship"]
    here = (Endpoint(PartyType.LOCATION, PLACE),)
    there = (Endpoint(PartyType.POSSESSING_PARTY, f"{UUID(int=1).urn}#to_party"),)
    told = told_of(event_of(ship, sources=here, destinations=there))
    assert told["fromFacility"]["id"] == PLACE
    assert told["fromFacility"]["name"] == "Xưởng mẫu"
    assert told["toFacility"]["id"].endswith("#to_party")
    assert "Not public" in told["toFacility"]["name"]
    assert told["movedProduct"][0]["disposition"] == "inTransit"
    alone = told_of(event_of(ship))
    assert alone["fromFacility"]["id"] == f"{UUID(int=1).urn}#from"


def test_a_box_is_named_beside_what_is_in_it() -> None:
    [aggregate] = [one for one in CAPTURED if one.id == "aggregate"]
    told = told_of(event_of(aggregate))
    lot, box = told["modifiedProduct"]
    assert lot["product"]["id"] == LOT
    assert box["product"]["idGranularity"] == "item"
    undone = event_of(aggregate, action=Action.DELETE, biz_step=BizStep.UNPACKING)
    assert "ModifyEvent" in told_of(undone)["type"]


def test_a_lot_of_somebody_outside_has_no_name() -> None:
    [store] = [one for one in CAPTURED if one.id == "store"]
    hidden = (LotQuantity(f"{UUID(int=1).urn}#lot"),)
    [product] = told_of(event_of(store, objects=hidden))["modifiedProduct"]
    assert "Not public" in product["product"]["name"]


@pytest.mark.parametrize(
    ("disposition", "state"),
    [
        (Disposition.RECALLED, "recalled"),
        (Disposition.DESTROYED, "disposed"),
        (Disposition.ACTIVE, "active"),
        (Disposition.NON_CONFORMANT, None),
    ],
)
def test_states_are_told_where_untp_has_a_word(
    disposition: Disposition, state: str | None
) -> None:
    [store] = [one for one in CAPTURED if one.id == "store"]
    [product] = told_of(event_of(store, disposition=disposition))["modifiedProduct"]
    assert product.get("disposition") == state


def test_a_wrong_event_becomes_no_credential() -> None:
    [store] = [one for one in CAPTURED if one.id == "store"]
    wrong = ErrorDeclaration(declared_at=NOW, reason=ErrorReason.DID_NOT_OCCUR)
    right, other = event_of(store), event_of(store, error=wrong)
    assert event_in(source(event=right.json(HOME))) is not None
    assert event_in(source(event=other.json(HOME))) is None


def test_a_hidden_place_shows_its_commune_only() -> None:
    [store] = [one for one in CAPTURED if one.id == "store"]
    plot = "https://tx.example/sites/abc"
    event = event_of(store, place=plot, values={"place": PUBLIC})
    subject = whole(facility(source(), event, HOME))["credentialSubject"]
    assert subject["name"] == PUBLIC["communeName"]
    assert subject["id"] == plot
    assert "registeredId" not in subject
    assert subject["address"]["addressLocality"] == "Xã Bình Yên"
    assert subject["address"]["addressRegion"] == "tỉnh Thái Nguyên"
    assert facility(source(), replace(event, values={}), HOME) is None


STARS: dict[str, Any] = {
    "product": "https://tx.example/01/09521234500018",
    "stars": 4,
    "points": "76.5",
    "decisionNo": "12/QĐ-UBND",
    "decidedBy": "UBND tỉnh mẫu",
    "certificateNo": "OCOP-1",
    "issued": "2025-12-20",
    "expires": "2028-12-20",
    "rules": "1489/QĐ-TTg",
}
PAPER: dict[str, Any] = {
    "kind": "vietgap",
    "number": "VG-1",
    "body": "Tổ chức mẫu",
    "issued": "2025-03-10",
}


def test_a_withdrawn_recognition_conforms_no_more_and_ends_that_day() -> None:
    claims = {**STARS, "withdrawnOn": "2026-10-01", "withdrawalReason": "b"}
    derived = recognition(source(**claims), Around(), HOME)
    payload = whole(derived)
    [assessment] = payload["credentialSubject"]["conformityAssessment"]
    assert assessment["conformance"] is False
    assert derived.valid_until == date(2026, 10, 1)
    assert payload["validUntil"] == "2026-10-01T16:59:59Z"


def test_whom_stars_were_given_to_is_named_only_where_that_is_public() -> None:
    address = "https://tx.example/organisations/9"
    for name, shown in (("HTX mẫu", "HTX mẫu"), ("", "Household (name not public)")):
        derived = recognition(
            source(**STARS), Around(holder=Holder(address, name)), HOME
        )
        party = whole(derived)["credentialSubject"]["issuedToParty"]
        assert party["id"] == address
        assert party["name"].endswith(shown)


def test_a_certificate_for_all_products_names_none() -> None:
    subject = whole(certificate(source(**PAPER), Around(), HOME))["credentialSubject"]
    [assessment] = subject["conformityAssessment"]
    assert "assessedProduct" not in assessment
    assert "specifiedCondition" not in assessment
    assert "validUntil" not in whole(certificate(source(**PAPER), Around(), HOME))


def test_a_certificate_keeps_its_scope_places_and_products() -> None:
    claims: dict[str, Any] = {
        **PAPER,
        "product": [STARS["product"], "https://tx.example/X/CHE"],
        "siteCommune": "05587",
        "scope": "Chè búp tươi",
    }
    known = Around(names={str(STARS["product"]): "Chè mẫu"})
    subject = whole(certificate(source(**claims), known, HOME))["credentialSubject"]
    [assessment] = subject["conformityAssessment"]
    assert [one["product"]["name"] for one in assessment["assessedProduct"]] == [
        *("Chè mẫu", "https://tx.example/X/CHE")
    ]
    assert assessment["specifiedCondition"][0] == "Chè búp tươi"
    assert "05587" in assessment["specifiedCondition"][1]


def test_a_certificate_its_party_confirmed_is_a_certification() -> None:
    confirmed = source(**PAPER)
    confirmed.payload["vouchedBy"]["basis"] = "confirmed"
    subject = whole(certificate(confirmed, Around(), HOME))["credentialSubject"]
    assert subject["attestationType"] == "certification"
    assert subject["assessorLevel"] == "3rdParty"


@pytest.mark.parametrize(
    ("index", "number", "position"),
    [
        (0, 0, 0),
        (SIZE - 1, 0, SIZE - 1),
        (SIZE, 1, 0),
        (300_000, 2, 37_856),
    ],
)
def test_status_is_found_by_log_index(index: int, number: int, position: int) -> None:
    one = untp_status(index, HOME)
    assert one["statusListIndex"] == position
    assert (
        one["statusListCredential"] == f"https://tx.example/status/revocation/{number}"
    )
    both = w3c_status(index, HOME)
    assert [entry["statusListIndex"] for entry in both] == [str(position)] * 2
    assert {entry["statusPurpose"] for entry in both} == {"revocation", "suspension"}
    assert [entry["id"].rpartition("#")[2] for entry in both] == [str(position)] * 2
