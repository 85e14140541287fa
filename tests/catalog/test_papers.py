"""Certificates and rights to signs, as pure facts."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from traceability.catalog.certificates import Term, Validity
from traceability.catalog.ip_rights import (
    IpFacts,
    IpKindUnknownError,
    IpState,
    ip_kind,
    ip_kinds,
    number_looks_odd,
    shown,
)

TODAY = date(2026, 11, 22)


def a_right(**changed: object) -> IpFacts:
    values: dict[str, object] = {
        "kind": "gi",
        "sign": "Bắc Kạn",
        "state": IpState.REGISTERED,
        "register_no": "00106",
        "goods": "Miến dong",
        "right_to_use": "SAMPLE-QSD-05",
        "right_to_use_date": date(2023, 5, 10),
    }
    return IpFacts(**(values | changed))  # type: ignore[arg-type]  # a test's facts


def test_a_term_holds_from_its_first_to_its_last_day() -> None:
    term = Term(issued=date(2025, 3, 10), expires=date(2028, 3, 10))
    assert term.on(date(2025, 3, 9)) is Validity.NOT_YET
    assert term.on(date(2025, 3, 10)) is Validity.VALID
    assert term.on(date(2028, 3, 10)) is Validity.VALID
    assert term.on(date(2028, 3, 11)) is Validity.EXPIRED


def test_a_withdrawn_certificate_counts_until_the_day_before() -> None:
    term = Term(issued=date(2025, 3, 10), withdrawn_on=date(2026, 1, 5))
    assert term.holds(date(2026, 1, 4))
    assert term.on(date(2026, 1, 5)) is Validity.WITHDRAWN
    assert not term.holds(date(2026, 1, 4), date(2026, 1, 5))


@given(st.dates(), st.integers(0, 4000), st.dates())
def test_a_term_without_withdrawal_holds_exactly_between_its_days(
    issued: date, days: int, day: date
) -> None:
    try:
        expires = issued + timedelta(days=days)
    except OverflowError:
        return
    term = Term(issued=issued, expires=expires)
    assert term.holds(day) == (issued <= day <= expires)


def test_a_shared_sign_is_shown_with_its_right_to_use() -> None:
    found = shown(a_right(), TODAY)
    assert found is not None
    assert found.right_to_use_date == date(2023, 5, 10)
    assert ("register_no", "00106") in found.values
    assert ("right_to_use", "SAMPLE-QSD-05") in found.values


@pytest.mark.parametrize("kind", [kind.code for kind in ip_kinds() if kind.shared])
def test_no_shared_sign_is_shown_without_the_document(kind: str) -> None:
    assert shown(a_right(kind=kind, right_to_use=""), TODAY) is None
    assert shown(a_right(kind=kind, right_to_use_date=None), TODAY) is None
    assert shown(a_right(kind=kind), date(2023, 5, 9)) is None


def test_the_shared_kinds_are_indication_collective_and_certification() -> None:
    shared = {kind.code for kind in ip_kinds() if kind.shared}
    assert shared == {"gi", "collective", "certification"}


def test_a_right_must_hold_on_every_day_asked_for() -> None:
    right = a_right(
        kind="trademark", right_to_use="", right_to_use_date=None, valid_to=TODAY
    )
    assert shown(right, TODAY) is not None
    assert shown(right, TODAY, TODAY + timedelta(days=1)) is None


def test_an_application_for_a_trademark_is_shown_as_one_and_without_a_number() -> None:
    right = a_right(kind="trademark", state=IpState.APPLICATION, sign="Mẫu 04")
    found = shown(right, TODAY)
    assert found is not None
    assert found.application_only
    assert found.values == (("sign", "Mẫu 04"),)


@pytest.mark.parametrize("kind", ["gi", "collective", "patent", "copyright"])
def test_other_applications_say_nothing_to_a_buyer(kind: str) -> None:
    assert shown(a_right(kind=kind, state=IpState.APPLICATION), TODAY) is None


def test_an_odd_number_is_only_a_warning() -> None:
    assert not number_looks_odd(a_right())
    assert not number_looks_odd(a_right(register_no=""))
    assert number_looks_odd(a_right(register_no="106"))
    assert shown(a_right(register_no="106"), TODAY) is not None
    assert not number_looks_odd(a_right(kind="copyright", register_no="?"))


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(IpKindUnknownError):
        ip_kind("patent-pending")


def test_every_kind_says_how_sure_its_form_is_and_which_criteria_it_answers() -> None:
    kinds = ip_kinds()
    assert len(kinds) == 9
    assert [one.code for one in kinds if one.form_confirmed] == ["gi"]
    labels = {label for one in kinds for label in one.scores_as}
    assert labels == {"ip-application", "ip-registered", "ip-registered-plus"}
    assert [one.code for one in kinds if one.note.vi] == ["copyright"]
    assert {one.code for one in kinds if one.shared} == {
        *("collective", "certification", "gi"),
    }
