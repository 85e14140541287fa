"""The event a lot is born with, as EPCIS 2.0 JSON-LD."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given, strategies as st

from traceability.core.identity import Identity
from traceability.core.json_text import json_text
from traceability.core.quantity import UNITS, Quantity
from traceability.events.event import (
    Birth,
    Endpoint,
    EpcisEvent,
    ErrorDeclaration,
    LotQuantity,
    Transaction,
    birth_event,
    read_event,
)
from traceability.events.vocabulary import (
    Action,
    BizStep,
    Disposition,
    ErrorReason,
    EventType,
    PartyType,
    Stage,
    TransactionType,
)

ID = UUID("0c2f8a5e-5a3c-4b7e-9a52-3f5f6f0f2a11")
LOT = "https://tx.example/01/09520001001017/10/261122-01"
LEAVES = "https://tx.example/X/LA-TUOI/10/261121-01"
IDENTITY = Identity("https://tx.example")

quantities = st.builds(
    Quantity,
    st.decimals("0.0001", "99999999999", places=4),
    st.sampled_from(["KGM", "GRM", "TNE", "LTR", "H87"]),
)
lots = st.builds(LotQuantity, st.sampled_from([LOT, LEAVES]), quantities)
births = st.builds(
    Birth,
    id=st.uuids(version=4),
    day=st.dates(date(2020, 1, 1), date(2099, 1, 1)),
    lot=lots,
    inputs=st.lists(lots, max_size=3).map(tuple),
    place=st.sampled_from(["https://tx.example/414/9520000050016"]),
    stage=st.sampled_from(Stage),
    ilmd=st.dictionaries(st.sampled_from(["cbvmda:lotNumber"]), st.text("AB1")),
)

some_lots = st.lists(st.one_of(lots, st.builds(LotQuantity, st.just(LOT)))).map(tuple)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1)).map(  # noqa: DTZ001 (naive on purpose)
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)
hidden = st.sampled_from([f"{ID.urn}#to_party", "https://tx.example/organisations/x"])
declarations = st.builds(
    ErrorDeclaration,
    declared_at=instants,
    reason=st.sampled_from(ErrorReason),
    corrective=st.lists(st.uuids(version=4).map(lambda one: one.urn)).map(tuple),
    note=st.text(),
)
events = st.builds(
    EpcisEvent,
    id=st.uuids(version=4),
    type=st.sampled_from(EventType),
    time=instants,
    biz_step=st.sampled_from(BizStep),
    disposition=st.sampled_from(Disposition),
    stage=st.sampled_from(["ship", "planting", "recall", "hold"]),
    place=st.just("https://tx.example/sites/x"),
    action=st.none() | st.sampled_from(Action),
    objects=some_lots,
    inputs=some_lots,
    outputs=some_lots,
    parent=st.sampled_from(["", "https://tx.example/cases/x"]),
    children=some_lots,
    transactions=st.lists(
        st.builds(Transaction, st.sampled_from(TransactionType), hidden)
    ).map(tuple),
    sources=st.lists(st.builds(Endpoint, st.sampled_from(PartyType), hidden)).map(
        tuple
    ),
    destinations=st.lists(st.builds(Endpoint, st.sampled_from(PartyType), hidden)).map(
        tuple
    ),
    growing=st.sampled_from(["", "https://tx.example/growing/x"]),
    values=st.dictionaries(
        st.sampled_from(["channel", "place", "withdrawal_ok"]),
        st.text() | st.booleans() | st.dictionaries(st.text(), st.text()),
    ),
    error=st.none() | declarations,
)


def birth(*inputs: LotQuantity, stage: Stage = Stage.HARVEST) -> Birth:
    return Birth(
        id=ID,
        day=date(2026, 11, 20),
        lot=LotQuantity(LOT, Quantity(Decimal("12.50"), "KGM")),
        inputs=inputs,
        place="https://tx.example/414/9520000050016",
        stage=stage,
        ilmd={"cbvmda:lotNumber": "261122-01"},
    )


def test_a_lot_without_inputs_is_an_object_event_that_adds_it() -> None:
    assert birth_event(birth()).json(IDENTITY) == {
        "@context": [
            "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
            {"ocop": "https://tx.example/contexts/v1#"},
        ],
        "type": "ObjectEvent",
        "eventID": "urn:uuid:0c2f8a5e-5a3c-4b7e-9a52-3f5f6f0f2a11",
        "eventTime": "2026-11-20T00:00:00+07:00",
        "eventTimeZoneOffset": "+07:00",
        "action": "ADD",
        "bizStep": "creating_class_instance",
        "disposition": "active",
        "quantityList": [{"epcClass": LOT, "quantity": Decimal("12.50"), "uom": "KGM"}],
        "readPoint": {"id": "https://tx.example/414/9520000050016"},
        "bizLocation": {"id": "https://tx.example/414/9520000050016"},
        "ilmd": {"cbvmda:lotNumber": "261122-01"},
        "ocop:stage": "harvest",
    }


def test_a_lot_with_inputs_is_a_transformation_without_an_action() -> None:
    leaves = LotQuantity(LEAVES, Quantity(Decimal(60), "KGM"))
    event = birth_event(birth(leaves, stage=Stage.PACK)).json(IDENTITY)
    assert event["type"] == "TransformationEvent"
    assert "action" not in event
    assert "quantityList" not in event
    assert [one["epcClass"] for one in event["inputQuantityList"]] == [LEAVES]
    assert [one["epcClass"] for one in event["outputQuantityList"]] == [LOT]
    assert (event["bizStep"], event["ocop:stage"]) == ("packing", "pack")


def test_amounts_are_exact_json_numbers() -> None:
    text = json_text(birth_event(birth()).json(IDENTITY))
    assert '"quantity":12.5,"uom":"KGM"' in text


def test_a_count_of_pieces_has_no_unit() -> None:
    assert LotQuantity(LOT, Quantity(Decimal(400), "H87")).json() == {
        "epcClass": LOT,
        "quantity": Decimal(400),
    }


@given(births)
def test_an_event_reads_back_as_it_was_written(one: Birth) -> None:
    event = birth_event(one)
    text = json_text(event.json(IDENTITY))
    assert read_event(json.loads(text, parse_float=Decimal)) == event


@given(events)
def test_every_event_reads_back_as_it_was_written(event: EpcisEvent) -> None:
    text = json_text(event.json(IDENTITY))
    assert read_event(json.loads(text, parse_float=Decimal)) == event


@pytest.mark.parametrize(
    "document", [{}, {"eventID": "x"}, {"eventID": ID.urn, "type": "AggregationEvent"}]
)
def test_another_document_is_no_event_of_ours(document: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_event(document)


def test_every_unit_travels_as_its_rec_20_code() -> None:
    for code, unit in UNITS.items():
        element = LotQuantity(LOT, Quantity(Decimal(1), code)).json()
        assert element.get("uom", "H87") == code == unit.code
