"""GS1's character set 82, and the lot, serial and variant numbers written in it."""

import re
import string
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from traceability.core.errors import BadRequestError
from traceability.gs1.errors import (
    LotInvalidError,
    SerialInvalidError,
    VariantInvalidError,
)

# GS1 General Specifications, figure 7.11-1.
CSET82: Final = frozenset(
    string.digits + string.ascii_letters + "!\"%&'()*+,-./_:;<=>?"
)
MAX_CHARACTERS: Final = 20
_PLAIN = re.compile(r"[0-9A-Z-]+")


@dataclass(frozen=True, slots=True)
class _Number:
    """1 to 20 characters of CSET 82."""

    text: str
    refusal: ClassVar[type[BadRequestError]] = BadRequestError
    wrong_length: ClassVar[str] = ""
    wrong_characters: ClassVar[str] = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.text) <= MAX_CHARACTERS:
            raise self.refusal(self.wrong_length)
        foreign = sorted({f"U+{ord(c):04X}" for c in self.text if c not in CSET82})
        if foreign:
            raise self.refusal(self.wrong_characters, points=", ".join(foreign))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the number as a value; raises its class's ``refusal``."""
        return cls(text)

    @property
    def plain(self) -> bool:
        """Say whether it holds 0-9, A-Z and the hyphen only, as numbers of ours do."""
        return _PLAIN.fullmatch(self.text) is not None

    def __str__(self) -> str:
        return self.text


class LotNumber(_Number):
    """A batch or lot number: AI (10)."""

    __slots__ = ()
    refusal = LotInvalidError
    wrong_length = "A lot number has 1 to 20 characters."
    wrong_characters = "A lot number cannot hold %(points)s."


class Serial(_Number):
    """A serial number: AI (21)."""

    __slots__ = ()
    refusal = SerialInvalidError
    wrong_length = "A serial number has 1 to 20 characters."
    wrong_characters = "A serial number cannot hold %(points)s."


class Variant(_Number):
    """A consumer product variant: AI (22)."""

    __slots__ = ()
    refusal = VariantInvalidError
    wrong_length = "A product variant has 1 to 20 characters."
    wrong_characters = "A product variant cannot hold %(points)s."
