"""Labels are counted from what was signed, and compared with the packs of a lot."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, strategies as st

from tests.verification.make_house import House, reprint_first, void_first
from traceability.core.quantity import Quantity
from traceability.labels.counting.queries import labels_in_log, labels_of_lot
from traceability.labels.counting.tally import Tally, packs_of, tally_of


def run(name: str, first: int | None, count: int) -> dict[str, Any]:
    claims = {"id": name, "count": count}
    return claims if first is None else {**claims, "firstIndex": first}


def gap(name: str, first: int, last: int) -> dict[str, Any]:
    return {"run": name, "from": first, "to": last}


def test_runs_add_up_and_void_ranges_are_taken_off() -> None:
    runs = [run("a", 100, 50), run("b", 200, 10), run("lot", None, 65)]
    tally = tally_of(runs, [gap("a", 100, 109), gap("b", 200, 209)])
    assert tally == Tally(runs=3, printed=125, void=20)
    assert tally.live == 105


def test_void_ranges_that_overlap_count_once() -> None:
    voids = [gap("a", 100, 119), gap("a", 110, 129), gap("a", 100, 101)]
    assert tally_of([run("a", 100, 50)], voids).void == 30


def test_a_void_range_takes_nothing_off_another_run() -> None:
    voids = [gap("b", 100, 149), gap("a", 1, 99), gap("a", 150, 999)]
    assert tally_of([run("a", 100, 50)], voids).void == 0


@given(st.lists(st.tuples(st.integers(90, 160), st.integers(0, 30)), max_size=8))
def test_void_labels_are_those_that_some_range_holds(
    ranges: list[tuple[int, int]],
) -> None:
    voids = [gap("a", first, first + more) for first, more in ranges]
    held = {
        index
        for first, more in ranges
        for index in range(first, first + more + 1)
        if 100 <= index < 150
    }
    assert tally_of([run("a", 100, 50)], voids).void == len(held)


def test_a_number_printed_twice_is_one_label() -> None:
    again = [gap("a", 100, 109), gap("a", 105, 114), gap("b", 100, 149)]
    tally = tally_of([run("a", 100, 50)], [gap("a", 100, 100)], again)
    assert (tally.printed, tally.live, tally.reprinted) == (50, 49, 15)


def test_reasons_for_more_labels_than_packs_are_told() -> None:
    excess = {"packs": 40, "live": 40, "reason": "Kẹt giấy"}
    runs = [run("a", 1, 50), {**run("b", 60, 5), "excess": excess}, {"excess": 1}]
    assert tally_of(runs, []).reasons == ("Kẹt giấy",)


@pytest.mark.parametrize(
    "claims",
    [{"count": "10"}, {"count": -1}, {"count": None}, {}, {"firstIndex": "x"}],
)
def test_claims_that_say_nothing_count_nothing(claims: dict[str, Any]) -> None:
    tally = tally_of([{"id": "a", **claims}], [gap("a", 0, 9), {"run": "a"}])
    assert (tally.printed, tally.void) == (0, 0)


@pytest.mark.parametrize(
    ("amount", "unit", "net", "packs"),
    [
        ("400", "H87", None, 400),
        ("100", "KGM", ("500", "GRM"), 200),
        ("100", "KGM", ("300", "GRM"), 334),  # a rest is a pack
        ("1", "TNE", ("2.5", "KGM"), 400),
        ("10", "LTR", ("500", "MLT"), 20),
        ("10", "LTR", ("500", "GRM"), None),
        ("10", "KGM", None, None),
    ],
)
def test_packs_follow_from_quantity_and_net_content(
    amount: str, unit: str, net: tuple[str, str] | None, packs: int | None
) -> None:
    content = Quantity(Decimal(net[0]), net[1]) if net else None
    assert packs_of(Quantity(Decimal(amount), unit), content) == packs


def test_more_labels_than_packs_are_told_only_where_packs_are_known() -> None:
    tally = Tally(runs=1, printed=12, void=1)
    assert [tally.beyond(packs) for packs in (8, 11, 12, None)] == [3, 0, 0, 0]


def test_a_lot_s_labels_are_those_of_its_signed_runs(house: House) -> None:
    void_first(house)
    with house.use.database.reading() as session:
        counted = labels_of_lot(session, house.batch, counts=lambda _: True)
        doubted = labels_of_lot(session, house.batch, counts=lambda _: False)
        [logged] = labels_in_log(session, counts=lambda _: True)
    assert counted.tally == Tally(runs=2, printed=10, void=1)
    assert doubted.tally == Tally()
    assert logged == counted


def test_second_printings_are_counted_from_their_records(house: House) -> None:
    again = reprint_first(house)
    with house.use.database.reading() as session:
        counted = labels_of_lot(session, house.batch, counts=lambda _: True)
        [logged] = labels_in_log(session, counts=lambda _: True)
    assert again.count == 2
    assert counted.tally == Tally(runs=2, printed=10, reprinted=2)
    assert logged == counted
