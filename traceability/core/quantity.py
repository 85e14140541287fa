"""Quantities: a Decimal and a UN/ECE Recommendation 20 unit, never a float."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from traceability.core.errors import InvalidError

MAX_DIGITS = 15
MAX_DECIMALS = 4


class QuantityError(InvalidError):
    """The amount is not a positive number of bearable size."""

    code = "quantity-invalid"


class UnitError(InvalidError):
    """The unit is not one we know."""

    code = "unit-unknown"


class Dimension(StrEnum):
    """What a unit measures; only quantities of one dimension compare."""

    MASS = "mass"
    VOLUME = "volume"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with its Rec 20 code and its size in the dimension's base unit."""

    code: str
    dimension: Dimension
    factor: Decimal  # in kg, litre or piece
    vi: str
    en: str


_KNOWN = [
    Unit("KGM", Dimension.MASS, Decimal(1), "kg", "kg"),
    Unit("GRM", Dimension.MASS, Decimal("0.001"), "g", "g"),
    Unit("DTN", Dimension.MASS, Decimal(100), "tạ", "quintal (100 kg)"),
    Unit("TNE", Dimension.MASS, Decimal(1000), "tấn", "tonne"),
    Unit("LTR", Dimension.VOLUME, Decimal(1), "lít", "litre"),
    Unit("MLT", Dimension.VOLUME, Decimal("0.001"), "ml", "ml"),
    Unit("H87", Dimension.COUNT, Decimal(1), "đơn vị", "pieces"),
]
UNITS = {unit.code: unit for unit in _KNOWN}


def unit_of(code: str, *, field: str | None = "unit") -> Unit:
    """Return the unit of a Rec 20 code. Raises ``UnitError``."""
    unit = UNITS.get(code)
    if unit is None:
        raise UnitError("The unit %(unit)s is not known.", field=field, unit=code)
    return unit


@dataclass(frozen=True, slots=True)
class Quantity:
    """A positive amount of something."""

    amount: Decimal
    unit: str

    def __post_init__(self) -> None:
        unit_of(self.unit)
        digits = self.amount.as_tuple()
        exponent = digits.exponent
        sound = self.amount.is_finite() and self.amount > 0
        if not sound or not isinstance(exponent, int):
            raise QuantityError("The quantity must be above zero.", field="quantity")
        if exponent < -MAX_DECIMALS or self.amount.adjusted() >= MAX_DIGITS - 3:
            raise QuantityError("The quantity has too many digits.", field="quantity")

    @classmethod
    def parse(cls, amount: str, unit: str) -> "Quantity":
        """Read a plain decimal number such as ``12.5``. Raises ``QuantityError``."""
        if not amount.isascii() or "_" in amount or amount != amount.strip():
            raise QuantityError("This is not a number.", field="quantity")
        try:
            return cls(Decimal(amount), unit)
        except InvalidOperation:
            raise QuantityError("This is not a number.", field="quantity") from None

    @property
    def dimension(self) -> Dimension:
        """Return what is measured."""
        return UNITS[self.unit].dimension

    @property
    def base(self) -> Decimal:
        """Return the amount in the dimension's base unit (kg, litre, piece)."""
        return self.amount * UNITS[self.unit].factor

    def plain(self) -> str:
        """Return the amount as the shortest plain decimal: ``12.5``, ``400``."""
        text = format(self.amount, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text


def parse_vietnamese(amount: str) -> str:
    """Turn ``1.234,5`` as Vietnamese forms write it into ``1234.5``.

    A dot only groups thousands. ``1.5`` could mean either and is refused with
    ``QuantityError``.
    """
    text = amount.strip().replace(" ", "").replace(" ", "")
    whole, _, decimals = text.partition(",")
    groups = whole.split(".")
    grouped = all(len(group) == 3 for group in groups[1:]) and 1 <= len(groups[0]) <= 3  # noqa: PLR2004 (thousands)
    if "." in whole and not grouped:
        raise QuantityError("Write decimals with a comma: 1,5.", field="quantity")
    plain = "".join(groups) + (f".{decimals}" if decimals else "")
    if not plain.replace(".", "", 1).isdecimal() or not plain.isascii():
        raise QuantityError("This is not a number.", field="quantity")
    return plain
