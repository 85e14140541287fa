"""The rules a batch obeys, over many invented values."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given, strategies as st

from traceability.batches.errors import (
    BestBeforeError,
    CycleError,
    DateRangeError,
    ExpiryBeforePackingError,
    FutureDateError,
    InputLaterError,
    InputShapeError,
    InputUnitError,
    MassBalanceError,
    PackingBeforeHarvestError,
    TooDeepError,
)
from traceability.batches.rules import (
    EARLIEST,
    LATEST,
    TOLERANCE,
    Dates,
    Measure,
    Shortfall,
    check_balance,
    check_cycle,
    check_dates,
    check_depth,
    check_input_count,
    check_input_date,
    check_input_unit,
    draw_shortfall,
    measured,
    output_shortfall,
)
from traceability.core.quantity import Dimension, Quantity

TODAY = date(2026, 11, 22)
days = st.dates(EARLIEST, TODAY)
amounts = st.decimals("0.001", "1e6", places=3)
masses = amounts.map(lambda amount: Measure(Dimension.MASS, amount))


@given(st.lists(days, min_size=2, max_size=2).map(sorted), st.integers(0, 900))
def test_days_in_order_pass(two: list[date], shelf: int) -> None:
    check_dates(
        Dates(
            production=two[0],
            packaging=two[1],
            best_before=two[1] + timedelta(days=shelf),
            expiry=two[1] + timedelta(days=shelf),
        ),
        today=TODAY,
    )


@given(days, days)
def test_packing_before_harvest_is_refused(production: date, packaging: date) -> None:
    assume(packaging < production)
    with pytest.raises(PackingBeforeHarvestError) as refused:
        check_dates(Dates(production=production, packaging=packaging), today=TODAY)
    assert refused.value.code == "batch-harvest-after-packing"
    assert refused.value.field == "packaging_date"


@given(days, days)
def test_expiry_before_packing_is_refused(packaging: date, expiry: date) -> None:
    assume(expiry < packaging)
    dates = Dates(production=packaging, packaging=packaging, expiry=expiry)
    with pytest.raises(ExpiryBeforePackingError):
        check_dates(dates, today=TODAY)


@pytest.mark.parametrize("field", ["production", "packaging"])
@given(ahead=st.integers(1, 20_000))
def test_nothing_happens_on_a_day_to_come(field: str, ahead: int) -> None:
    dates = Dates(**{"production": TODAY, field: TODAY + timedelta(days=ahead)})
    with pytest.raises(FutureDateError) as refused:
        check_dates(dates, today=TODAY)
    assert refused.value.field == f"{field}_date"


def test_the_issue_day_itself_is_not_to_come() -> None:
    check_dates(Dates(production=TODAY, packaging=TODAY), today=TODAY)


@pytest.mark.parametrize("day", [date(2019, 12, 31), date(2100, 1, 1), date(1, 1, 1)])
def test_years_no_seal_can_say_are_refused(day: date) -> None:
    with pytest.raises(DateRangeError):
        check_dates(Dates(production=day), today=LATEST)


def test_best_before_lies_between_packing_and_expiry() -> None:
    for best_before in (TODAY - timedelta(days=1), TODAY + timedelta(days=9)):
        dates = Dates(
            production=TODAY,
            best_before=best_before,
            expiry=TODAY + timedelta(days=8),
        )
        with pytest.raises(BestBeforeError):
            check_dates(dates, today=TODAY)


def test_an_input_is_not_younger_than_its_lot() -> None:
    check_input_date(TODAY, TODAY, field="inputs-0-source")
    with pytest.raises(InputLaterError) as refused:
        check_input_date(TODAY, TODAY - timedelta(days=1), field="inputs-0-source")
    assert refused.value.field == "inputs-0-source"


def test_packs_weigh_what_they_hold() -> None:
    packs = Quantity(Decimal(400), "H87")
    half_kilo = Quantity(Decimal(500), "GRM")
    assert measured(packs, half_kilo) == Measure(Dimension.MASS, Decimal(200))
    assert measured(packs) == Measure(Dimension.COUNT, Decimal(400))
    assert measured(Quantity(Decimal(2), "DTN"), half_kilo).amount == 200


@given(st.lists(masses, min_size=1, max_size=6), masses)
def test_no_more_comes_out_than_went_in_and_the_tolerance(
    inputs: list[Measure], output: Measure
) -> None:
    total = sum(one.amount for one in inputs)
    gap = output_shortfall(output, inputs)
    assert (gap is not None) == (output.amount > total * (1 + TOLERANCE))
    if gap:
        assert (gap.available, gap.wanted) == (total, output.amount)
        assert gap.unit == "KGM"


def test_what_cannot_be_compared_says_nothing_alone() -> None:
    litres = Measure(Dimension.VOLUME, Decimal(600))
    fish = Measure(Dimension.MASS, Decimal(10))
    assert output_shortfall(litres, [fish]) is None
    assert output_shortfall(litres, [fish, Measure(Dimension.VOLUME, Decimal(1))])


@given(masses, st.lists(masses, max_size=6))
def test_a_source_never_gives_more_than_it_had(
    source: Measure, draws: list[Measure]
) -> None:
    wanted = sum((one.amount for one in draws), Decimal(0))
    gap = draw_shortfall(source, draws, lot="link")
    assert (gap is not None) == (wanted > source.amount)


KILOS = Dimension.MASS


def test_loss_and_samples_came_out_too_and_stay_private() -> None:
    made, taken = Measure(KILOS, Decimal(100)), Measure(KILOS, Decimal(105))
    lost = [Measure(KILOS, Decimal(10)), Measure(Dimension.COUNT, Decimal(3))]
    gap = output_shortfall(made, [taken], lost)
    assert gap is not None
    assert (gap.wanted, gap.gone) == (Decimal(110), Decimal(10))
    assert gap.public is None
    with pytest.raises(MassBalanceError, match="loss and samples counted"):
        check_balance([gap], override_reason="")
    wide = output_shortfall(made, [Measure(KILOS, Decimal(90))], lost)
    assert wide is not None
    assert wide.public == output_shortfall(made, [Measure(KILOS, Decimal(90))])
    assert output_shortfall(made, [taken]) is None


GAP = Shortfall(
    rule="outputs", available=Decimal("100.0"), wanted=Decimal(103), unit="KGM"
)


def test_a_gap_is_refused_with_both_totals() -> None:
    with pytest.raises(MassBalanceError) as refused:
        check_balance([GAP], override_reason="")
    assert (refused.value.code, refused.value.status) == ("mass-balance", 409)
    assert "100 kg" in str(refused.value)
    assert "103 kg" in str(refused.value)


def test_an_overdrawn_source_is_refused_with_both_totals() -> None:
    gap = Shortfall(
        rule="overdrawn",
        available=Decimal(100),
        wanted=Decimal(160),
        unit="KGM",
        lot="x",
    )
    with pytest.raises(MassBalanceError) as refused:
        check_balance([gap], override_reason="")
    assert "160 kg" in str(refused.value)
    assert refused.value.params["lot"] == "x"


def test_a_reason_stands_for_a_gap() -> None:
    check_balance([GAP], override_reason="Thêm nước khi tráng bánh")


def test_units_that_cannot_be_compared_are_refused() -> None:
    fruit, kilos = (
        Measure(Dimension.COUNT, Decimal(5)),
        Measure(Dimension.MASS, Decimal(5)),
    )
    check_input_unit(kilos, kilos, field="inputs-0-unit")
    with pytest.raises(InputUnitError):
        check_input_unit(fruit, kilos, field="inputs-0-unit")


def test_a_lot_made_of_itself_is_refused_with_the_path() -> None:
    with pytest.raises(CycleError) as refused:
        check_cycle(1, {1: [4, 2], 2: [3], 3: [1]}, {1: "A", 2: "B", 3: "C", 4: "D"})
    assert refused.value.params["path"] == "A → B → C → A"
    assert refused.value.status == 409


def test_a_lot_is_not_its_own_parent() -> None:
    with pytest.raises(CycleError) as refused:
        check_cycle(7, {7: [7]}, {7: "LO-7"})
    assert refused.value.params["path"] == "LO-7 → LO-7"


@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.integers(1, 30)).filter(lambda e: e[0] < e[1]),
        max_size=80,
    )
)
def test_lots_made_only_of_older_ones_never_form_a_cycle(
    edges: list[tuple[int, int]],
) -> None:
    sources: dict[int, list[int]] = {}
    for older, younger in edges:
        sources.setdefault(younger, []).append(older)
    for lot in range(1, 31):
        check_cycle(lot, sources, {})


def test_twenty_levels_pass_and_one_more_does_not() -> None:
    check_depth(20)
    with pytest.raises(TooDeepError) as refused:
        check_depth(21)
    assert refused.value.status == 422


def test_a_hundred_inputs_pass_and_one_more_does_not() -> None:
    check_input_count(100)
    with pytest.raises(InputShapeError):
        check_input_count(101)
