"""Where a place lies, and how much of that a stranger may be told."""

import re
from dataclasses import dataclass
from decimal import Decimal

from traceability.core.errors import InvalidError

MAX_DECIMALS = 6  # about ten centimetres
MAX_HECTARES = Decimal(100_000)
# The form of growing-area and packing-house codes, second hand: a warning, no refusal.
_AREA_CODE = re.compile(r"VN-[A-Z]{2}(OR|PH)-[0-9]{2,5}", re.ASCII)
_DEGREES = re.compile(r"[+-]?[0-9]{1,3}(?:[.,][0-9]{1,15})?", re.ASCII)


class PointInvalidError(InvalidError):
    """The text is no point on earth in decimal degrees, latitude first."""

    code = "point-invalid"


class AreaInvalidError(InvalidError):
    """The area is no positive number of hectares of bearable size."""

    code = "area-invalid"


@dataclass(frozen=True, slots=True)
class Point:
    """A point in decimal degrees (WGS 84), to six decimals."""

    latitude: Decimal
    longitude: Decimal

    def __post_init__(self) -> None:
        """Round to what is kept. Raises ``PointInvalidError`` off the globe."""
        for name, most in (("latitude", 90), ("longitude", 180)):
            value: Decimal = getattr(self, name)
            if not value.is_finite() or abs(value) > most:
                raise _no_point()
            step = Decimal(1).scaleb(-MAX_DECIMALS)
            object.__setattr__(self, name, value.quantize(step).normalize() + 0)

    @classmethod
    def parse(cls, text: str) -> "Point":
        """Read ``21.59422, 105.84817`` as maps give it. Raises ``PointInvalidError``.

        Vietnamese commas pass where a semicolon or a blank parts the numbers.
        """
        parts = re.split(r"\s*;\s*|\s*,\s+|\s+|,(?=[^,]*\.)", text.strip())
        if len(parts) != len(("latitude", "longitude")):
            raise _no_point()
        if not all(_DEGREES.fullmatch(part) for part in parts):
            raise _no_point()
        latitude, longitude = (Decimal(part.replace(",", ".")) for part in parts)
        return cls(latitude, longitude)

    def __str__(self) -> str:
        """Return ``21.59422, 105.84817``."""
        return f"{self.latitude:f}, {self.longitude:f}"


def checked_area(hectares: Decimal) -> Decimal:
    """Return an area in hectares. Raises ``AreaInvalidError``."""
    if not hectares.is_finite() or not 0 < hectares <= MAX_HECTARES:
        raise AreaInvalidError(
            "The area is a number of hectares above 0, at most 100000.",
            field="area_hectares",
        )
    return hectares


def area_code_looks_odd(code: str) -> bool:
    """Return whether a growing-area code has an unusual form: only ever a warning."""
    return bool(code) and _AREA_CODE.fullmatch(code) is None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFacts:
    """What decides how much of a place is public."""

    is_plot: bool
    is_public: bool
    of_household: bool


def may_be_named(place: PlaceFacts) -> bool:
    """Return whether strangers may see name, number and point of a place.

    A household's plot is its home and its income: of it only the commune is shown,
    whatever was ticked (Law 91/2025/QH15 on personal data).
    """
    return place.is_public and not (place.is_plot and place.of_household)


def _no_point() -> PointInvalidError:
    return PointInvalidError(
        "Write the point as 21.59422, 105.84817: latitude first.", field="point"
    )
