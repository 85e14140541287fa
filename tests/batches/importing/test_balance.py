"""What is taken from a source adds up, however many rows ask."""

from decimal import Decimal

from tests.batches.make_batches import kilos
from traceability.batches.importing.balance import Balance
from traceability.core.quantity import Quantity


def test_draws_of_one_unit_become_one_quantity() -> None:
    balance = Balance(lambda _source: [kilos(5), Quantity(Decimal(1), "DTN")])
    for _ in range(1000):
        balance.take(7, kilos("0.5"))
    assert balance.draws(7) == [kilos(505), Quantity(Decimal(1), "DTN")]
    assert balance.draws(8) == [kilos(5), Quantity(Decimal(1), "DTN")]
    balance.take(8, kilos(1))
    assert balance.draws(8) == [kilos(6), Quantity(Decimal(1), "DTN")]


def test_a_sum_too_large_for_one_quantity_is_kept_in_two() -> None:
    huge = kilos("900000000000")
    balance = Balance(lambda _source: [huge])
    assert balance.draws(1) == [huge]
    balance.take(1, huge)
    assert balance.draws(1) == [huge, huge]
