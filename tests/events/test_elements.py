"""Elements are read into one form, or refused at their name; never anything else."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, strategies as st

from tests.events.make_events import ENTERED, sample_elements
from traceability.core.canonical import Json, canonical_json
from traceability.core.errors import DomainError
from traceability.events.cases import case_code
from traceability.events.elements import TOP, read_elements
from traceability.events.errors import CaseCodeError
from traceability.events.kinds import Kind, kind
from traceability.events.wording import shown_value

TODAY = date(2026, 11, 22)
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.sampled_from(["2026-11-18", "KGM", "-5", "1e9", "٣", "lot", "05587"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["value", "unitCode", "lot", "quantity", "sha256", "name"]),
            inner,
        )
    ),
    max_leaves=6,
)


@given(st.sampled_from(ENTERED), st.data())
def test_any_json_is_read_or_refused(one: Kind, data: st.DataObject) -> None:
    names = [each.id for each in one.elements if each.id not in TOP]
    name = data.draw(st.sampled_from(names))
    raw = sample_elements(one) | {name: data.draw(anything)}
    try:
        values = read_elements(one, raw, today=TODAY)
    except DomainError:
        return
    assert canonical_json(values)
    for each in one.elements:
        if each.id in values:
            assert shown_value(each.element, values[each.id]) != ""


@pytest.mark.parametrize("one", ENTERED, ids=lambda one: one.id)
def test_what_was_read_reads_the_same_again(one: Kind) -> None:
    values = read_elements(one, sample_elements(one), today=TODAY)
    assert read_elements(one, values, today=TODAY) == values


def ship(**changes: Json) -> dict[str, Any]:
    raw = sample_elements(kind("ship")) | changes
    return read_elements(kind("ship"), raw, today=TODAY)


def test_numbers_lose_what_says_nothing_and_nothing_else() -> None:
    quantity = ship(qty={"value": "012.500", "unitCode": "KGM"})["qty"]
    assert quantity == {"value": "12.5", "unitCode": "KGM"}


def test_degrees_may_be_below_zero_and_amounts_may_not() -> None:
    def store(celsius: str) -> dict[str, Any]:
        cold = {"value": celsius, "unitCode": "CEL"}
        raw = sample_elements(kind("store")) | {"temperature": cold}
        return read_elements(kind("store"), raw, today=TODAY)

    assert store("-18")["temperature"]["value"] == "-18"
    with pytest.raises(DomainError):
        store("-101")
    with pytest.raises(DomainError):
        ship(qty={"value": "-1", "unitCode": "KGM"})


def test_texts_are_cleaned_and_bounded() -> None:
    assert ship(carrier="  Nhà   xe ")["carrier"] == "Nhà xe"
    for text in ("a" * 501, "a\u200bb", "\x00"):
        with pytest.raises(DomainError):
            ship(carrier=text)


def test_more_than_a_hundred_lots_are_refused() -> None:
    with pytest.raises(DomainError):
        ship(lot=["L"] * 101)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("(00) 1 9520001 000000001 7", "195200010000000017"),
        ("00195200010000000017", "195200010000000017"),
        ("thung-01", "THUNG-01"),
    ],
)
def test_a_case_is_known_by_its_sscc_or_a_code_of_ones_own(
    typed: str, code: str
) -> None:
    assert case_code(typed) == code


@pytest.mark.parametrize("typed", ["195200010000000018", "thùng", "A" * 21, ""])
def test_what_is_no_code_of_a_case_is_refused(typed: str) -> None:
    with pytest.raises(CaseCodeError):
        case_code(typed)
