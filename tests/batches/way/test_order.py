"""Steps follow the order of their product's chain; only what is recorded is judged."""

from collections.abc import Sequence
from datetime import date

import pytest

from traceability.batches.errors import ChainOrderError
from traceability.batches.overrides import OrderFault, Step
from traceability.batches.way.order import (
    LotSteps,
    chains_for,
    check_order,
    comes_after,
    missing_steps,
    order_faults,
)
from traceability.events.chains import chains

TEA = chains_for("tea")
RICE = chains_for("rice-grain")


def step(kind: str, day: int, lot: str = "L") -> Step:
    return Step(kind, lot, date(2026, 11, day))


def lot(
    birth: str, day: int, *others: Step, name: str = "L", product: str = "P"
) -> LotSteps:
    return LotSteps(product=product, birth=step(birth, day, name), others=others)


def faults(one: LotSteps, *behind: LotSteps) -> Sequence[OrderFault]:
    return order_faults(one, behind, TEA)


def test_the_day_of_a_step_counts_not_the_hour_it_was_entered() -> None:
    assert not faults(lot("process", 5, step("test", 5), step("pack", 5)))
    assert not faults(lot("process", 5, step("test", 6), step("ship", 9)))


def test_what_a_chain_has_later_may_not_come_first() -> None:
    shipped = step("ship", 3)
    processed = lot("process", 5, shipped)
    assert faults(processed) == [OrderFault(shipped, processed.birth)]
    tested = lot("pack", 5, step("test", 7))
    assert faults(tested) == [OrderFault(tested.birth, tested.others[0])]


def test_a_step_that_is_done_again_later_is_in_order() -> None:
    again = [step("test", 4), step("test", 9), step("store", 6), step("store", 8)]
    assert not faults(lot("pack", 5, *again))


def test_an_absent_step_is_no_fault() -> None:
    assert not faults(lot("pack", 5))


def test_packed_goods_move_after_packing_and_officials_come_when_they_come() -> None:
    assert faults(lot("pack", 5, step("retail", 4)))
    free = [step("inspect", 1), step("recall", 2), step("destroy", 3)]
    assert not faults(lot("pack", 5, *free))


def test_farms_side_by_side_are_not_compared_with_each_other() -> None:
    first = lot("harvest", 1, step("collect", 1, "A"), name="A")
    second = lot("harvest", 4, step("collect", 4, "B"), name="B")
    assert not faults(lot("process", 5), first, second)


def test_a_lot_is_compared_with_what_it_became() -> None:
    late = lot("harvest", 1, step("collect", 6, "A"), name="A", product="leaves")
    made = lot("process", 5)
    assert faults(made, late) == [OrderFault(made.birth, late.others[0])]
    rest = lot("process", 1, step("ship", 9, "A"), name="A", product="leaves")
    assert not faults(lot("pack", 5), rest)  # what was left over went elsewhere


def test_a_product_does_not_go_back_but_another_one_begins_anew() -> None:
    packed = lot("pack", 1, name="A")
    harvested = lot("harvest", 5)
    assert faults(harvested, packed) == [OrderFault(packed.birth, harvested.birth)]
    fruit = lot("pack", 1, name="A", product="fruit")
    assert not order_faults(lot("process", 5), [fruit], chains_for("processed-produce"))


def test_chains_that_share_a_set_judge_only_where_all_agree() -> None:
    seasoning = chains_for("other-seasoning")  # garlic dries once, cinnamon also grinds
    assert len(seasoning) == 2
    assert comes_after("pack", "harvest", seasoning)
    assert not comes_after("harvest", "pack", seasoning)
    assert not comes_after("slaughter", "harvest", chains())


def test_a_product_without_a_set_is_judged_by_every_chain() -> None:
    assert chains_for("") == chains()
    assert comes_after("pack", "harvest", chains())


def test_the_refusal_names_steps_and_days_and_a_reason_stands_for_it() -> None:
    found = faults(lot("process", 5, step("ship", 3)))
    with pytest.raises(ChainOrderError) as caught:
        check_order(found, reason="")
    assert (caught.value.code, caught.value.status) == ("chain-order", 409)
    assert str(caught.value) == (
        "The steps are out of order: Shipping on 2026-11-03 stands before Processing "
        "on 2026-11-05."
    )
    check_order(found, reason="Giao thử cho khách trước")
    check_order([], reason="")


def test_what_is_missing_is_named_up_to_the_lots_own_step() -> None:
    assert missing_steps({"farm_setup", "harvest"}, "process", TEA) == ["collect"]
    assert missing_steps({"farm_setup", "harvest", "collect"}, "process", TEA) == []
    assert missing_steps({"farm_setup"}, "harvest", RICE) == ["planting"]
    assert missing_steps(set(), "slaughter", TEA) == []  # no such step in any chain


def test_the_likeliest_chain_is_the_one_with_the_fewest_gaps() -> None:
    known = {"farm_setup", "harvest", "collect", "primary_process"}
    shared = chains_for("processed-produce")  # dried fruit, vermicelli, coconut
    assert missing_steps(known, "pack", shared) == []
