"""Days of withdrawal are kept between the last use and the harvest."""

from datetime import date

import pytest

from traceability.batches.errors import WithdrawalDaysError
from traceability.batches.way.withdrawal import (
    Harvest,
    Use,
    check_withdrawal,
    withdrawal_faults,
)


def harvest(day: int, *uses: Use, lot: str = "L") -> Harvest:
    return Harvest(lot=lot, day=date(2026, 11, day), uses=uses)


def use(day: int, days: int) -> Use:
    return Use(date(2026, 11, day), days)


@pytest.mark.parametrize(
    ("day", "days", "missing"),
    [(10, 7, 0), (3, 0, 0), (12, 7, 2), (17, 7, 7), (18, 7, 0)],
)
def test_the_days_between_last_use_and_harvest_are_counted(
    day: int, days: int, missing: int
) -> None:
    """17 November: used on the 10th with 7 days it is kept, on the 12th 2 are missing.

    What is used after the harvest belongs to the next one.
    """
    found = withdrawal_faults([harvest(17, use(day, days))])
    assert [one.missing for one in found] == ([missing] if missing else [])


def test_each_lot_names_its_worst_use() -> None:
    found = withdrawal_faults(
        [harvest(17, use(12, 7), use(16, 3), use(11, 14)), harvest(5, lot="M")]
    )
    assert [(one.lot, one.days, one.missing) for one in found] == [("L", 14, 8)]


def test_the_refusal_names_days_and_a_reason_stands_for_it() -> None:
    found = withdrawal_faults([harvest(17, use(12, 7))])
    with pytest.raises(WithdrawalDaysError) as caught:
        check_withdrawal(found, reason="")
    assert (caught.value.code, caught.value.status) == ("withdrawal-days", 409)
    assert "2 days are missing" in str(caught.value)
    assert "2026-11-12" in str(caught.value)
    check_withdrawal(found, reason="Phun ở thửa khác")
    check_withdrawal([], reason="")
