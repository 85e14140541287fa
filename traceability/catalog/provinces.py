"""The 34 provinces of today, the 63 they followed, and whose code it was on a day.

Source: ``data/README.md``.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from traceability.core.errors import InvalidError

REFORM = date(2025, 7, 1)  # the units of today are in force
FIRST_DAY = date(2008, 8, 1)  # the 63 were: Hà Tây had become part of Hà Nội


class ProvinceUnknownError(InvalidError):
    """No province had this code on the day asked for."""

    code = "province-unknown"


@dataclass(frozen=True, slots=True)
class Province:
    """One of the 34 provinces and centrally run cities."""

    code: str  # two digits
    name: str  # with its kind: "Tỉnh …", "Thành phố …"


@dataclass(frozen=True, slots=True)
class FormerProvince:
    """One of the 63 provinces of before July 2025, and what it is part of now."""

    code: str  # as it was then; today it may name another province
    name: str  # with its kind
    also: str  # another name people still use, or nothing
    successor: Province

    @property
    def code_means_another_now(self) -> bool:
        """Return whether the code names a province of another name today."""
        now = _provinces().get(self.code)
        return now is not None and now.name != self.name

    @property
    def lost_name(self) -> str:
        """Return the name no province bears today, or nothing."""
        kept = self.name in {one.name for one in provinces()}
        return self.also if kept else self.name


def provinces() -> list[Province]:
    """Return the provinces of today, in the order of their codes."""
    return list(_provinces().values())


def former_provinces() -> list[FormerProvince]:
    """Return the provinces of before July 2025, in the order of their codes then."""
    return list(_former().values())


def province(code: str) -> Province:
    """Return a province of today. Raises ``ProvinceUnknownError``."""
    found = _provinces().get(code)
    if found is None:
        raise _unknown(code)
    return found


def province_on(code: str, day: date) -> Province | FormerProvince:
    """Return whose code it was on a day; seven codes changed their meaning.

    Raises ``ProvinceUnknownError``, also for days before these tables begin.
    """
    if day >= REFORM:
        return province(code)
    found = _former().get(code) if day >= FIRST_DAY else None
    if found is None:
        raise _unknown(code)
    return found


def joined_into(code: str) -> list[FormerProvince]:
    """Return the former provinces that a province of today is made of."""
    return [one for one in former_provinces() if one.successor.code == code]


def read_table(name: str) -> Iterator[dict[str, str]]:
    """Return the rows of a table of the catalogue's data."""
    path = files("traceability.catalog") / "data" / f"{name}.csv"
    with path.open(encoding="utf-8") as stream:
        yield from csv.DictReader(stream)


def _unknown(code: str) -> ProvinceUnknownError:
    return ProvinceUnknownError(
        "No province had the code %(code)s on that day.", field="code", code=code
    )


@cache
def _provinces() -> dict[str, Province]:
    return {
        row["code"]: Province(row["code"], row["name"])
        for row in read_table("provinces")
    }


@cache
def _former() -> dict[str, FormerProvince]:
    now = _provinces()
    return {
        row["old_code"]: FormerProvince(
            row["old_code"], row["old_name"], row["also"], now[row["new_code"]]
        )
        for row in read_table("province_succession")
    }
