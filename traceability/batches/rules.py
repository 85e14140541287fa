"""The rules a batch obeys, pure: dates in order, quantities that balance, no cycles.

Each refusal's code is the rule's permanent id.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

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
from traceability.core.quantity import UNITS, Dimension, Quantity

EARLIEST = date(2020, 1, 1)  # a seal counts its days from here (TRUST.md, the seal)
LATEST = date(2099, 12, 31)  # GS1 dates have two digits for the year
TOLERANCE = Decimal("0.02")  # scales and moisture; more needs a reason
MAX_LEVELS = 20
MAX_INPUTS = 100
BASE_UNITS = {Dimension.MASS: "KGM", Dimension.VOLUME: "LTR", Dimension.COUNT: "H87"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """The days of a lot: GS1 (11), (13), (15) and (17)."""

    production: date
    packaging: date | None = None
    best_before: date | None = None
    expiry: date | None = None

    @property
    def made(self) -> date:
        """Return the last day on which the lot took something in."""
        return self.packaging or self.production


def check_dates(dates: Dates, *, today: date) -> None:
    """Refuse days out of order, to come, or out of range; each rule has its code."""
    named = {
        "production_date": dates.production,
        "packaging_date": dates.packaging,
        "best_before": dates.best_before,
        "expiry": dates.expiry,
    }
    for field, day in named.items():
        if day is not None and not EARLIEST <= day <= LATEST:
            raise DateRangeError("The year must be from 2020 to 2099.", field=field)
    for field in ("production_date", "packaging_date"):
        day = named[field]
        if day is not None and day > today:
            raise FutureDateError("This day is still to come.", field=field)
    _check_order(dates)


def _check_order(dates: Dates) -> None:
    if dates.made < dates.production:
        raise PackingBeforeHarvestError(
            "Harvest or production comes before packing.", field="packaging_date"
        )
    if dates.expiry is not None and dates.expiry < dates.made:
        raise ExpiryBeforePackingError(
            "The lot would expire before it was packed.", field="expiry"
        )
    if dates.best_before is None:
        return
    if dates.best_before < dates.made:
        raise BestBeforeError(
            "Best before must not come before packing.", field="best_before"
        )
    if dates.expiry is not None and dates.best_before > dates.expiry:
        raise BestBeforeError(
            "Best before must not come after expiry.", field="best_before"
        )


def check_input_date(source: date, made: date, *, field: str) -> None:
    """Refuse an input that came into being after the lot made of it."""
    if source > made:
        raise InputLaterError("This input is younger than the lot.", field=field)


@dataclass(frozen=True, slots=True)
class Measure:
    """How much, in kilograms, litres or pieces."""

    dimension: Dimension
    amount: Decimal


def measured(quantity: Quantity, net: Quantity | None = None) -> Measure:
    """Return a quantity in base units; a count of packs through their net content."""
    if quantity.dimension is Dimension.COUNT and net is not None:
        return Measure(net.dimension, quantity.amount * net.base)
    return Measure(quantity.dimension, quantity.base)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """A balance that does not close: what there was, what was wanted, in one unit."""

    rule: str  # "outputs" or "overdrawn"
    available: Decimal
    wanted: Decimal
    unit: str  # KGM, LTR or H87
    lot: str = ""  # the overdrawn lot's link
    gone: Decimal = Decimal(0)  # of what was wanted: loss and samples, private

    @property
    def public(self) -> "Shortfall | None":
        """Return the gap without what is private; nothing where none is left then."""
        wanted = self.wanted - self.gone
        if not self.gone:
            return self
        if self.available * (1 + TOLERANCE) >= wanted:
            return None
        return replace(self, wanted=wanted, gone=Decimal(0))


def output_shortfall(
    output: Measure, inputs: Sequence[Measure], gone: Sequence[Measure] = ()
) -> Shortfall | None:
    """Return the gap if more comes out than the comparable inputs allow.

    ``gone`` are loss and samples: they came out too. Inputs of another dimension than
    the output cannot be compared; where none can, the rule says nothing.
    """

    def total(measures: Iterable[Measure]) -> Decimal:
        like = (one.amount for one in measures if one.dimension is output.dimension)
        return sum(like, Decimal(0))

    comparable = any(one.dimension is output.dimension for one in inputs)
    available, lost = total(inputs), total(gone)
    wanted = output.amount + lost
    if not comparable or available * (1 + TOLERANCE) >= wanted:
        return None
    return Shortfall(
        rule="outputs",
        available=available,
        wanted=wanted,
        unit=BASE_UNITS[output.dimension],
        gone=lost,
    )


def draw_shortfall(
    source: Measure, draws: Iterable[Measure], *, lot: str
) -> Shortfall | None:
    """Return the gap if all draws together take more than the source lot had."""
    wanted = sum((one.amount for one in draws), Decimal(0))
    if wanted <= source.amount:
        return None
    return Shortfall(
        rule="overdrawn",
        available=source.amount,
        wanted=wanted,
        unit=BASE_UNITS[source.dimension],
        lot=lot,
    )


def check_balance(shortfalls: Sequence[Shortfall], *, override_reason: str) -> None:
    """Refuse a balance that does not close, unless a reason stands for it."""
    if not shortfalls or override_reason:
        return
    gap = shortfalls[0]
    numbers = {
        "available": format(gap.available.normalize(), "f"),
        "wanted": format(gap.wanted.normalize(), "f"),
        "unit": UNITS[gap.unit].en,
        "unit_code": gap.unit,
    }
    if gap.gone:
        raise MassBalanceError(
            "Quantities do not balance: %(available)s %(unit)s went in, "
            "%(wanted)s %(unit)s come out, loss and samples counted.",
            field="quantity",
            **numbers,
        )
    if gap.rule == "outputs":
        raise MassBalanceError(
            "Quantities do not balance: %(available)s %(unit)s went in, "
            "%(wanted)s %(unit)s come out.",
            field="quantity",
            **numbers,
        )
    raise MassBalanceError(
        "A source lot has %(available)s %(unit)s, but %(wanted)s %(unit)s are taken "
        "from it in all.",
        field="inputs",
        lot=gap.lot,
        **numbers,
    )


def check_cycle(
    start: int, sources: Mapping[int, Sequence[int]], names: Mapping[int, str]
) -> None:
    """Refuse a lot that would be made of itself, naming the path.

    ``sources`` maps a lot to the lots it is made of; ``names`` are lot numbers.
    """
    path = _path_to(start, sources)
    if path:
        shown = " → ".join(names.get(lot, str(lot)) for lot in path)
        raise CycleError(
            "A lot cannot be made of itself: %(path)s.", field="inputs", path=shown
        )


def _path_to(start: int, sources: Mapping[int, Sequence[int]]) -> list[int]:
    came_from: dict[int, int] = {}
    waiting = [start]
    while waiting:
        lot = waiting.pop()
        for source in sources.get(lot, ()):
            if source == start:
                return _walk_back(lot, start, came_from)
            if source not in came_from:
                came_from[source] = lot
                waiting.append(source)
    return []


def _walk_back(lot: int, start: int, came_from: Mapping[int, int]) -> list[int]:
    path = [start]
    while lot != start:
        path.append(lot)
        lot = came_from[lot]
    path.append(start)
    return path[::-1]


def check_depth(levels: int) -> None:
    """Refuse a chain of more than 20 levels of lots."""
    if levels > MAX_LEVELS:
        raise TooDeepError(
            "The lots behind this one have more than %(most)s levels.",
            field="inputs",
            most=MAX_LEVELS,
        )


def check_input_count(count: int) -> None:
    """Refuse more inputs than one record should carry."""
    if count > MAX_INPUTS:
        raise InputShapeError(
            "A lot has at most %(most)s inputs.", field="inputs", most=MAX_INPUTS
        )


def check_input_unit(taken: Measure, source: Measure, *, field: str) -> None:
    """Refuse an amount that cannot be compared with what the source lot had."""
    if taken.dimension is not source.dimension:
        raise InputUnitError(
            "This unit cannot be compared with the source lot's.", field=field
        )
