"""JSON whose numbers are exact."""

import json
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from traceability.core.json_text import json_text

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.decimals(-(10**12), 10**12, places=4),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc", max_size=3), inner),
    max_leaves=12,
)


@given(values)
def test_what_is_written_reads_back_exactly(value: object) -> None:
    assert json.loads(json_text(value), parse_float=Decimal) == value


def test_a_decimal_becomes_the_shortest_plain_number() -> None:
    assert json_text({"q": Decimal("12.500"), "n": Decimal("4E+2")}) == (
        '{"q":12.5,"n":400}'
    )


@pytest.mark.parametrize("value", [1.5, Decimal("NaN"), Decimal("Infinity"), {1}])
def test_what_json_cannot_say_exactly_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        json_text(value)
