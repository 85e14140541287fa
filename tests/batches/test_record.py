"""What is signed about a lot reads back as what was meant."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from tests.batches.test_overrides import overrides
from traceability.batches.errors import RecordUnreadableError
from traceability.batches.record import (
    BatchRecord,
    LotInput,
    OutsideInput,
    Override,
    ProducerClaim,
    ProductClaim,
    RecognitionClaim,
    SiteClaim,
    StatusRecord,
    read_batch_record,
    read_status_record,
)
from traceability.batches.rules import Shortfall
from traceability.core.canonical import canonical_json
from traceability.core.quantity import UNITS, Quantity

text = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=30)
maybe = st.just("") | text
quantities = st.builds(
    Quantity,
    st.decimals("0.0001", "99999999", places=4).map(
        lambda n: Quantity(n, "KGM").amount
    ),
    st.sampled_from(sorted(UNITS)),
).map(lambda q: Quantity(Decimal(q.plain()), q.unit))
plain_numbers = st.decimals(0, 10**9, places=3)
days = st.dates(date(2020, 1, 1), date(2099, 12, 31))
inputs = st.builds(
    LotInput, lot=text, record_sha256=text, quantity=quantities
) | st.builds(OutsideInput, outside=text, quantity=quantities, lot_number=maybe)
shortfalls = st.builds(
    Shortfall,
    rule=st.sampled_from(["outputs", "overdrawn"]),
    available=plain_numbers,
    wanted=plain_numbers,
    unit=st.sampled_from(["KGM", "LTR", "H87"]),
    lot=maybe,
)
records = st.builds(
    BatchRecord,
    product=st.builds(
        ProductClaim,
        link=text,
        key_kind=st.sampled_from(["gtin", "internalCode"]),
        key=text,
        name_vi=text,
        name_en=maybe,
        net_content=st.none() | quantities,
    ),
    producer=st.builds(ProducerClaim, id=text, name=text, name_public=st.just(True)),
    lot_number=text,
    production_date=days,
    packaging_date=st.none() | days,
    best_before=st.none() | days,
    expiry=st.none() | days,
    quantity=quantities,
    site=st.builds(SiteClaim, commune_code=text, commune_name=text, gln=maybe),
    variety=maybe,
    stage=maybe,
    inputs=st.lists(inputs, max_size=4).map(tuple),
    override=st.none()
    | st.builds(
        Override, reason=text, shortfalls=st.lists(shortfalls, max_size=2).map(tuple)
    ),
    rule_overrides=st.lists(overrides, max_size=2).map(tuple),
    recognition=st.none()
    | st.builds(RecognitionClaim, subject=text, record_sha256=text),
    correction_reason=maybe,
)


@given(records)
def test_a_record_reads_back_as_it_was_signed(record: BatchRecord) -> None:
    assert read_batch_record(record.claims()) == record


@given(records)
def test_a_record_holds_no_binary_floats(record: BatchRecord) -> None:
    assert canonical_json(record.claims())


@given(
    st.builds(
        StatusRecord,
        status=st.sampled_from(["held", "recalled", "released"]),
        reason_vi=text,
        reason_en=maybe,
        advice_vi=maybe,
        advice_en=maybe,
        contact=maybe,
    )
)
def test_a_status_reads_back_as_it_was_signed(record: StatusRecord) -> None:
    assert read_status_record(record.claims()) == record


def household() -> BatchRecord:
    return BatchRecord(
        product=ProductClaim(link="l", key_kind="gtin", key="k", name_vi="Chè"),
        producer=ProducerClaim(id="https://h/o/1", name="Hộ mẫu", name_public=False),
        lot_number="A",
        production_date=date(2026, 11, 1),
        quantity=Quantity(Decimal(5), "KGM"),
        site=SiteClaim(commune_code="05587", commune_name="Xã mẫu"),
        inputs=(
            OutsideInput(
                outside="Lá chè tươi",
                quantity=Quantity(Decimal(25), "KGM"),
                supplier="Nhà cung cấp mẫu",
            ),
        ),
    )


def test_names_of_households_and_suppliers_are_never_in_the_claims() -> None:
    record = household()
    shown = str(record.claims())
    assert "Hộ mẫu" not in shown
    assert "Nhà cung cấp mẫu" not in shown
    assert record.private() == {
        "producer-name": "Hộ mẫu",
        "inputs-0-supplier": "Nhà cung cấp mẫu",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("productionDate", "2026-02-30"),
        ("quantity", {"value": "-5", "unitCode": "KGM"}),
        ("quantity", {"value": "5", "unitCode": "Kg"}),
        ("quantity", {"value": 5, "unitCode": "KGM"}),
        ("inputs", [{"lot": "x"}]),
        ("inputs", None),
        ("product", {"id": "x"}),
        ("site", "somewhere"),
        ("massBalanceOverride", {"reason": "x", "shortfalls": [{"rule": "y"}]}),
    ],
)
def test_claims_of_another_shape_are_refused(name: str, value: Any) -> None:
    with pytest.raises(RecordUnreadableError):
        read_batch_record({**household().claims(), name: value})


def test_a_status_of_another_shape_is_refused() -> None:
    for claims in ({}, {"status": "held"}, {"status": "held", "reason": "x"}):
        with pytest.raises(RecordUnreadableError):
            read_status_record(claims)
