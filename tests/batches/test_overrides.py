"""Exceptions are signed with their reason and read back; reasons say something."""

from datetime import date

import pytest
from hypothesis import given, strategies as st

from traceability.batches.errors import OverrideReasonError
from traceability.batches.overrides import (
    FIELDS,
    OrderFault,
    Rule,
    RuleOverride,
    Step,
    WithdrawalFault,
    check_reasons,
    read_overrides,
)
from traceability.core.canonical import Json

days = st.dates(date(2020, 1, 1), date(2099, 12, 31))
text = st.text(min_size=1, max_size=20)
steps = st.builds(Step, text, text, days)
faults = st.one_of(
    st.builds(OrderFault, steps, steps),
    st.builds(WithdrawalFault, text, days, days, st.none()),
)
overrides = st.builds(
    RuleOverride,
    rule=st.sampled_from(Rule),
    reason=text,
    faults=st.lists(faults, max_size=3).map(tuple),
)


@given(st.lists(overrides, max_size=3))
def test_exceptions_are_read_back_as_signed(given: list[RuleOverride]) -> None:
    assert read_overrides([one.claims() for one in given]) == tuple(given)


def test_days_of_withdrawal_are_never_signed() -> None:
    """They are private: the element is committed to, never told."""
    fault = WithdrawalFault("L", date(2026, 11, 12), date(2026, 11, 17), days=7)
    signed = RuleOverride(rule=Rule.WITHDRAWAL, reason="Ở thửa khác", faults=(fault,))
    assert signed.claims()["findings"] == [
        {"lot": "L", "lastUse": "2026-11-12", "harvestedOn": "2026-11-17"}
    ]


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize("reason", ["x", "Thêm nước", "    x     "])
def test_a_reason_has_ten_characters(rule: Rule, reason: str) -> None:
    with pytest.raises(OverrideReasonError) as caught:
        check_reasons({rule: reason})
    assert (caught.value.code, caught.value.field) == (
        "override-reason-short",
        FIELDS[rule],
    )


def test_no_reason_is_no_exception() -> None:
    check_reasons({Rule.ORDER: "", Rule.MASS: "Thêm nước khi tráng"})


@pytest.mark.parametrize(
    "claims",
    [
        [{"rule": "stock", "reason": "x", "findings": []}],
        [{"rule": "order", "findings": []}],
        [{"rule": "order", "reason": "x", "findings": [{"first": {}}]}],
    ],
)
def test_what_is_no_exception_is_not_read(claims: list[dict[str, Json]]) -> None:
    with pytest.raises((KeyError, ValueError)):
        read_overrides(claims)
