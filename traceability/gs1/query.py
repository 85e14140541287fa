"""The query string of a Digital Link: attributes, the seal, wishes to the resolver."""

import re
from dataclasses import dataclass, field
from typing import Self

from traceability.gs1.charset import CSET82
from traceability.gs1.dates import is_ai_date
from traceability.gs1.errors import AiDateInvalidError, LinkInvalidError
from traceability.gs1.escapes import decoded
from traceability.gs1.identifiers import DATES, GTIN, LOT, SERIAL, VARIANT, is_known

_NUMERIC = re.compile(r"[0-9]+")
_IN_PATH_ONLY = frozenset({GTIN, VARIANT, LOT, SERIAL})
_SINGLE = frozenset({"s", "linkType"})


@dataclass(frozen=True, slots=True)
class Query:
    """What followed the question mark; ``raw`` is passed on as it came."""

    raw: str = ""
    values: dict[str, str] = field(default_factory=dict, compare=False)

    @classmethod
    def parse(cls, raw: str) -> Self:
        """Read the raw query. Raises ``LinkInvalidError`` and ``AiDateInvalidError``.

        Keys of digits only must be application identifiers; an identifier, the seal
        and the link type stand once or repeat one value. Of other keys the first
        value counts.
        """
        values: dict[str, str] = {}
        for part in filter(None, raw.split("&")):
            raw_name, _, raw_value = part.partition("=")
            name, value = decoded(raw_name), decoded(raw_value)
            if _NUMERIC.fullmatch(name):
                _hold_attribute(name, value)
            counts_once = name in _SINGLE or _NUMERIC.fullmatch(name)
            if counts_once and values.get(name, value) != value:
                raise LinkInvalidError("%(name)s stands twice.", name=name)
            values.setdefault(name, value)
        return cls(raw, values)

    def hold_beside(self, path: dict[str, str]) -> None:
        """Refuse identifiers of the path that are repeated here with another value.

        ``path`` maps identifiers to decoded values. Raises ``LinkInvalidError``.
        """
        for name in _IN_PATH_ONLY & self.values.keys():
            if name not in path:
                raise LinkInvalidError(
                    "(%(name)s) belongs in the path of the link.", name=name
                )
            mine = self.values[name].zfill(14) if name == GTIN else self.values[name]
            if mine != path[name]:
                raise LinkInvalidError("%(name)s stands twice.", name=f"({name})")

    @property
    def seal(self) -> str | None:
        """Return the digits of ``?s=``; none where the link carries no seal."""
        return self.values.get("s")

    @property
    def link_type(self) -> str | None:
        """Return the wished ``linkType``."""
        return self.values.get("linkType")

    @property
    def lang(self) -> str | None:
        """Return the wished language, ``?lang=``."""
        return self.values.get("lang")


def _hold_attribute(name: str, value: str) -> None:
    if not is_known(name):
        raise LinkInvalidError(
            "(%(name)s) is no application identifier of GS1.", name=name
        )
    if not value:
        raise LinkInvalidError("(%(name)s) has no value.", name=name)
    if not CSET82.issuperset(value):
        raise LinkInvalidError(
            "(%(name)s) holds characters outside GS1's set.", name=name
        )
    if name in DATES and not is_ai_date(value):
        raise AiDateInvalidError("%(text)s is no day of the calendar.", text=value)
