"""Digital Links: the address a label carries, read from raw text and written back."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self

from traceability.gs1.charset import LotNumber, Serial, Variant
from traceability.gs1.errors import LinkInvalidError
from traceability.gs1.escapes import decoded, encoded
from traceability.gs1.identifiers import (
    GTIN,
    INTERNAL,
    LOT,
    QUALIFIERS,
    SERIAL,
    VARIANT,
    is_known,
)
from traceability.gs1.keys import Gtin, InternalCode
from traceability.gs1.query import Query

_ABSOLUTE = re.compile(r"(https?|HTTPS?)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?")
_HOST = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_DEFAULT_PORTS = {"https": ":443", "http": ":80"}
_DOT_SEGMENTS = {".", ".."}  # browsers fold these away, even percent-encoded
_ELEMENT = re.compile(r"\((01|22|10|21|X)\)([0-9A-Z-]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitalLink:
    """A product, lot or single label as an address; one that exists is valid.

    ``origin`` is lower case without a path; lot, serial and variant are decoded.
    """

    origin: str
    key: Gtin | InternalCode
    lot: str | None = None
    serial: str | None = None
    variant: str | None = None

    def __post_init__(self) -> None:
        if self.lot is not None:
            LotNumber.parse(self.lot)
        if self.serial is not None:
            Serial.parse(self.serial)
        if self.variant is not None:
            Variant.parse(self.variant)
            if isinstance(self.key, InternalCode):
                raise LinkInvalidError("An internal code has no variants.")
        if _DOT_SEGMENTS & {self.lot, self.serial, self.variant}:
            raise LinkInvalidError("A value made of dots cannot stand in a link.")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an absolute link. Raises the errors of ``gs1.errors``, 400 all."""
        return cls.parse_with_query(text)[0]

    @classmethod
    def parse_with_query(cls, text: str) -> tuple[Self, Query]:
        """Read an absolute link and what follows its question mark.

        The scheme is all small or all capital letters; a fragment is dropped.
        """
        absolute = _ABSOLUTE.fullmatch(text)
        if not absolute:
            raise LinkInvalidError("A link starts with https:// or HTTPS://.")
        scheme, host, path, query = absolute.groups()
        return cls.parse_target(_origin(scheme.lower(), host), path, query or "")

    @classmethod
    def parse_target(
        cls, origin: str, raw_path: str, raw_query: str
    ) -> tuple[Self, Query]:
        """Read the raw path and query of a request, still percent-encoded.

        One trailing slash is tolerated. Raises the errors of ``gs1.errors``.
        """
        values = _values(raw_path)
        query = Query.parse(raw_query)
        key: Gtin | InternalCode
        if GTIN in values:
            key = Gtin.parse(values[GTIN])
            values[GTIN] = str(key)
        else:
            key = InternalCode.parse(values[INTERNAL])
        link = cls(
            origin=origin,
            key=key,
            lot=values.get(LOT),
            serial=values.get(SERIAL),
            variant=values.get(VARIANT),
        )
        query.hold_beside(values)
        return link, query

    @classmethod
    def parse_element_string(cls, origin: str, text: str) -> Self:
        """Read ``(01)…(10)…(21)…`` whose values hold 0-9, A-Z and the hyphen only.

        Other values may hold parentheses, and nobody could tell where they end.
        """
        parts = _ELEMENT.findall(text)
        if "".join(f"({name}){value}" for name, value in parts) != text:
            raise LinkInvalidError("These are no elements of GS1 in parentheses.")
        path = "".join(f"/{name}/{value}" for name, value in parts)
        return cls.parse_target(origin, path, "")[0]

    def path(self) -> str:
        """Return the percent-encoded path: ``/01/…/10/…/21/…``."""
        return _path_of(self.key, self.variant, self.lot, self.serial)

    def __str__(self) -> str:
        return self.origin + self.path()

    def qr_text(self) -> str:
        """Return the link with scheme and host in capitals, for QR's dense mode."""
        return self.origin.upper() + self.path()

    def element_string(self) -> str:
        """Return ``(01)…(10)…(21)…``; an internal code starts with ``(X)``."""
        elements = _elements(self.key, self.variant, self.lot, self.serial)
        return "".join(f"({name}){value}" for name, value in elements)

    def lot_link(self) -> Self:
        """Return the link of the lot this label belongs to."""
        return replace(self, serial=None)

    def product_link(self) -> Self:
        """Return the link of the product alone."""
        return replace(self, variant=None, lot=None, serial=None)


def _elements(
    key: Gtin | InternalCode, variant: str | None, lot: str | None, serial: str | None
) -> list[tuple[str, str]]:
    name = GTIN if isinstance(key, Gtin) else INTERNAL
    qualifiers = ((VARIANT, variant), (LOT, lot), (SERIAL, serial))
    return [
        (name, str(key)),
        *((name, value) for name, value in qualifiers if value is not None),
    ]


@lru_cache(maxsize=1024)  # one look-up asks a dozen times
def _path_of(
    key: Gtin | InternalCode, variant: str | None, lot: str | None, serial: str | None
) -> str:
    elements = _elements(key, variant, lot, serial)
    return "".join(f"/{name}/{encoded(value)}" for name, value in elements)


def _origin(scheme: str, host: str) -> str:
    if not _HOST.fullmatch(host):
        raise LinkInvalidError("The link has no valid host name.")
    host = host.lower().removesuffix(_DEFAULT_PORTS[scheme])
    return f"{scheme}://{host}"


def _values(raw_path: str) -> dict[str, str]:
    """Return the path's identifiers and decoded values, held to their order."""
    segments = raw_path.removesuffix("/").split("/")
    if segments[0] or len(segments) % 2 == 0 or "" in segments[1:]:
        raise LinkInvalidError("A link is made of pairs: /01/GTIN/10/LOT/21/SERIAL.")
    names, raw_values = segments[1::2], segments[2::2]
    if not names or names[0] not in QUALIFIERS:
        raise LinkInvalidError("A link starts with /01/ or /X/.")
    allowed = iter(QUALIFIERS[names[0]])
    for name in names[1:]:
        if name not in allowed:  # an iterator: what was passed does not come again
            raise _misplaced(name)
    return dict(zip(names, map(decoded, raw_values), strict=True))


def _misplaced(name: str) -> LinkInvalidError:
    if name in QUALIFIERS[GTIN]:
        return LinkInvalidError(
            "(%(name)s) stands in the wrong place: the order is 22, 10, 21.",
            name=name,
        )
    if is_known(name):
        return LinkInvalidError("(%(name)s) does not belong in the path.", name=name)
    return LinkInvalidError("The path holds an unknown identifier.")
