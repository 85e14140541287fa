"""GS1 keys as values: a ``Gtin``, ``Gln`` or ``InternalCode`` that exists is valid."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

from traceability.gs1.errors import CheckDigitError, KeyInvalidError

GTIN_DIGITS: Final = 14
_GTIN = re.compile(r"(?:[0-9]{8}|[0-9]{12}|[0-9]{13}|[0-9]{14})")
_GLN = re.compile(r"[0-9]{13}")
_INTERNAL = re.compile(r"[0-9A-Z-]{1,20}")
_DIGITS = re.compile(r"[0-9]+")


@lru_cache(maxsize=4096)
def check_digit(body: str) -> str:
    """Return the digit that follows ``body``, ASCII digits without their check digit.

    GS1 General Specifications, 7.9.1: weights 3 and 1 in turn, 3 at the right end.
    """
    if not _DIGITS.fullmatch(body):
        raise KeyInvalidError("A check digit is computed from the digits 0-9 only.")
    weighted = (
        int(digit) * (3 if place % 2 == 0 else 1)
        for place, digit in enumerate(reversed(body))
    )
    return str(-sum(weighted) % 10)


def _hold(digits: str) -> None:
    expected, found = check_digit(digits[:-1]), digits[-1]
    if expected != found:
        raise CheckDigitError(
            "The check digit of %(key)s is wrong: %(expected)s belongs at its end, "
            "not %(found)s.",
            key=digits,
            expected=expected,
            found=found,
        )


@dataclass(frozen=True, slots=True)
class Gtin:
    """A Global Trade Item Number, always in its 14 digits: AI (01)."""

    digits: str

    def __post_init__(self) -> None:
        if len(self.digits) != GTIN_DIGITS or not _GTIN.fullmatch(self.digits):
            raise KeyInvalidError("A GTIN has 8, 12, 13 or 14 digits, 0-9 only.")
        _hold(self.digits)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the GTIN that 8, 12, 13 or 14 ASCII digits write.

        Raises ``KeyInvalidError`` and ``CheckDigitError``.
        """
        if not _GTIN.fullmatch(text):
            raise KeyInvalidError("A GTIN has 8, 12, 13 or 14 digits, 0-9 only.")
        _hold(text)
        return cls(text.zfill(GTIN_DIGITS))

    def __str__(self) -> str:
        return self.digits


@dataclass(frozen=True, slots=True)
class Gln:
    """A Global Location Number, 13 digits: AI (414)."""

    digits: str

    def __post_init__(self) -> None:
        if not _GLN.fullmatch(self.digits):
            raise KeyInvalidError("A GLN has 13 digits, 0-9 only.")
        _hold(self.digits)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the GLN. Raises ``KeyInvalidError`` and ``CheckDigitError``."""
        return cls(text)

    def __str__(self) -> str:
        return self.digits


@dataclass(frozen=True, slots=True)
class InternalCode:
    """The code of a product without a GTIN; of this service, not of GS1."""

    text: str

    def __post_init__(self) -> None:
        if not _INTERNAL.fullmatch(self.text):
            raise KeyInvalidError(
                "An internal code has up to 20 characters: 0-9, A-Z and -."
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the code. Raises ``KeyInvalidError``."""
        return cls(text)

    def __str__(self) -> str:
        return self.text
