"""Forms read what people type, keep it, and show each error beside its field."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st
from marshmallow import Schema, ValidationError, fields, validate
from werkzeug.datastructures import MultiDict

from traceability.core.errors import ConflictError
from traceability.core.quantity import parse_vietnamese
from traceability.web.fields import (
    AmountField,
    CleanText,
    DayField,
    PlainDecimalField,
    typed,
)
from traceability.web.formats import day, number
from traceability.web.forms import MAX_ROWS, Form
from traceability.web.i18n import speaking


class _Line(Schema):
    lot = CleanText(required=True, max_length=20)
    amount = AmountField(load_default=None)


class _Lot(Schema):
    name = CleanText(required=True, max_length=10)
    made = DayField(load_default=None)
    amount = AmountField(load_default=None)
    open_ = fields.Boolean(load_default=False)
    places = fields.List(fields.String(validate=validate.OneOf(["a", "b"])))
    inputs = fields.List(fields.Nested(_Line), load_default=list)


def load(**sent: Any) -> tuple[Form, bool]:
    form = Form(_Lot())
    return form, form.load(MultiDict(sent))


def test_a_sound_form_becomes_values() -> None:
    form, sound = load(
        name="  Gạo  ST25 ", made="22/11/2026", amount="1.234,5", places=["a", "b"]
    )
    assert sound
    assert form.data == {
        "name": "Gạo ST25",
        "made": date(2026, 11, 22),
        "amount": Decimal("1234.5"),
        "open_": False,
        "places": ["a", "b"],
        "inputs": [],
    }


def test_what_was_typed_stays() -> None:
    form, sound = load(name="", made="31/02/2026", amount="12kg", places=["a"])
    assert not sound
    assert (form.value("made"), form.value("amount")) == ("31/02/2026", "12kg")
    assert form.values("places") == ["a"]


def test_errors_stand_beside_their_field_in_the_language_spoken() -> None:
    with speaking("vi"):
        form, _sound = load(name=" ", made="31/02/2026", amount="1.5", places=["c"])
        assert form.errors_of("name") == ["Vui lòng điền mục này."]
        assert form.errors_of("made") == ["Không có ngày này."]
        assert form.errors_of("amount")
        assert form.errors_of("places") == ["Hãy chọn một mục trong danh sách."]
    assert form.failed


def test_hidden_characters_are_named() -> None:
    form, _sound = load(name="a\u202eb")
    assert "U+202E" in form.errors_of("name")[0]


def test_initial_values_are_shown_as_people_type_them() -> None:
    form = Form(
        _Lot(),
        {
            "name": "Gạo",
            "made": date(2026, 1, 2),
            "amount": Decimal("1234.50"),
            "open_": True,
            "inputs": [{"lot": "A", "amount": Decimal("0.5")}],
        },
    )
    assert form.value("made") == "02/01/2026"
    assert form.value("amount") == "1.234,5"
    assert form.value("open_") == "1"
    assert [row.value("amount") for row in form.rows("inputs")] == ["0,5", ""]


def test_rows_are_read_in_order_and_blank_ones_fall_away() -> None:
    sent = {
        "name": "x",
        "inputs-0-lot": " ",
        "inputs-1-lot": "B",
        "inputs-1-amount": "2",
        "inputs-10-lot": "C",
        "inputs-2-lot": "D",
        "inputs-x-lot": "no",
        "other-0-lot": "no",
    }
    form, sound = load(**sent)
    assert sound
    assert [line["lot"] for line in form.data["inputs"]] == ["B", "D", "C"]
    assert [row.name("lot") for row in form.rows("inputs", blank=0)] == [
        "inputs-0-lot",
        "inputs-1-lot",
        "inputs-2-lot",
    ]


def test_a_rows_error_stands_in_its_row() -> None:
    form, sound = load(**{"name": "x", "inputs-0-lot": "A", "inputs-1-amount": "many"})
    assert not sound
    first, second, blank = form.rows("inputs")
    assert (first.errors_of("lot"), blank.errors_of("lot")) == ([], [])
    assert second.errors_of("lot")
    assert second.errors_of("amount")
    assert second.value("amount") == "many"


def test_rows_are_bounded() -> None:
    form, _sound = load(**{f"inputs-{n}-lot": "A" for n in range(200)})
    assert len(form.rows("inputs")) == MAX_ROWS


def test_a_refusal_of_the_domain_finds_its_field() -> None:
    form, _sound = load(**{"name": "x", "inputs-0-lot": "A"})
    form.fail(ConflictError("Use at most %(most)s characters.", field="name", most=3))
    form.fail(ConflictError("taken", field="inputs-0-lot"))
    form.fail(ConflictError("closed"))
    form.fail(ConflictError("odd", field="nowhere"))
    assert form.errors_of("name") == ["Use at most 3 characters."]
    assert form.rows("inputs")[0].errors_of("lot") == ["taken"]
    assert form.errors == ["closed", "odd"]


def test_required_is_known() -> None:
    form = Form(_Lot())
    assert [form.required(name) for name in ("name", "made", "x")] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    "text",
    ["2026-02-30", "32/01/2026", "1/13/2026", "22112026", "", "٢٢/١١/٢٠٢٦", "1/1/26"],
)
def test_no_other_text_is_a_day(text: str) -> None:
    with pytest.raises(ValidationError):
        DayField().deserialize(text)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_days_round_trip(value: date) -> None:
    assert DayField().deserialize(day(value)) == value
    assert DayField().deserialize(value.isoformat()) == value


@pytest.mark.parametrize(
    "value", [1.5, 3, True, None, "1,5", "1.000,5", "1e3", "NaN", "-", "", "１", "12kg"]
)
def test_programs_send_numbers_as_plain_text(value: object) -> None:
    with pytest.raises(ValidationError):
        PlainDecimalField().deserialize(value)


@pytest.mark.parametrize("value", ["1000000000000", "0.00001"])
def test_numbers_are_of_bearable_size(value: str) -> None:
    with pytest.raises(ValidationError):
        PlainDecimalField().deserialize(value)


@given(st.decimals(min_value=0, max_value=10**9, places=4))
def test_numbers_round_trip_as_people_write_them(value: Decimal) -> None:
    assert Decimal(parse_vietnamese(number(value))) == value
    assert AmountField().deserialize(typed(value)) == value


def test_fields_write_what_they_read() -> None:
    assert DayField()._serialize(date(2026, 1, 2), None, None) == "2026-01-02"  # noqa: SLF001 (marshmallow's own way in)
    assert AmountField()._serialize(Decimal("1234.5"), None, None) == "1.234,5"  # noqa: SLF001 (the same)
    assert PlainDecimalField()._serialize(Decimal("1.50"), None, None) == "1.50"  # noqa: SLF001 (the same)
