"""The provinces and communes in force since 1 July 2025.

Source: ``data/README.md``.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from traceability.core.errors import InvalidError
from traceability.core.text import clean_text, without_marks

MAX_FOUND = 20


class CommuneUnknownError(InvalidError):
    """No commune of 2025 has this code."""

    code = "commune-unknown"


@dataclass(frozen=True, slots=True)
class Province:
    """One of the 34 provinces and centrally run cities."""

    code: str  # two digits
    name: str


@dataclass(frozen=True, slots=True)
class Commune:
    """One of the 3,321 communes, wards and special zones."""

    code: str  # five digits
    name: str  # with its kind: "Xã …", "Phường …", "Đặc khu …"
    province_code: str
    province_name: str

    @property
    def full_name(self) -> str:
        """Return the name as an address gives it: ``Xã Định Hóa, tỉnh Thái Nguyên``."""
        province = self.province_name[:1].lower() + self.province_name[1:]
        return f"{self.name}, {province}"

    @property
    def label(self) -> str:
        """Return the text a picker shows and sends; ``read`` understands it."""
        return f"{self.full_name} ({self.code})"


def commune(code: str, *, field: str | None = "commune_code") -> Commune:
    """Return the commune of a five-digit code. Raises ``CommuneUnknownError``."""
    found = _communes().get(code)
    if found is None:
        raise CommuneUnknownError(
            "There is no commune with the code %(code)s.", field=field, code=code
        )
    return found


def read(text: str, *, field: str | None = "commune_code") -> Commune:
    """Return the commune a person chose or typed.

    Understands a code, a picker's label, and a name that only one commune has, with
    or without its province and diacritics. Raises ``CommuneUnknownError``.
    """
    typed = clean_text(text, field=field)
    inside = typed.rpartition("(")[2].rstrip(")").strip()
    if inside.isascii() and inside.isdecimal():
        return commune(inside, field=field)
    found = search(typed, limit=2)
    if len(found) != 1:
        raise CommuneUnknownError(
            "Choose one commune from the list for “%(typed)s”.",
            field=field,
            typed=typed,
        )
    return found[0]


def provinces() -> list[Province]:
    """Return all provinces, in the order of their codes."""
    return list(_provinces().values())


def communes_of(province_code: str) -> list[Commune]:
    """Return a province's communes in the order of their codes."""
    return [one for one in all_communes() if one.province_code == province_code]


def all_communes() -> list[Commune]:
    """Return every commune in the order of its code."""
    return list(_communes().values())


def search(text: str, *, limit: int = MAX_FOUND) -> list[Commune]:
    """Return the communes whose name holds every word typed, best first.

    Diacritics do not matter. A name that starts with the text comes before one that
    only holds it; ``Định Hóa, Thái Nguyên`` narrows by province.
    """
    words = without_marks(text).replace(",", " ").split()
    if not words:
        return []
    joined = " ".join(words)
    ranked: list[tuple[int, str, Commune]] = []
    for plain, bare, one in _search_table():
        if all(word in plain for word in words):
            rank = 0 if bare == joined else 1 if joined in plain else 2
            ranked.append((rank, one.code, one))
    exact = [one for rank, _, one in ranked if rank == 0]
    if limit == 2 and len(exact) == 1:  # noqa: PLR2004 (asked whether it is the only one)
        return exact
    return [one for _, _, one in sorted(ranked)[:limit]]


@cache
def _provinces() -> dict[str, Province]:
    return {
        row["code"]: Province(row["code"], row["name"]) for row in _rows("provinces")
    }


@cache
def _communes() -> dict[str, Commune]:
    names = _provinces()
    return {
        row["code"]: Commune(
            row["code"], row["name"], row["province"], names[row["province"]].name
        )
        for row in _rows("communes")
    }


@cache
def _search_table() -> list[tuple[str, str, Commune]]:
    return [
        (without_marks(one.full_name).replace(",", ""), _bare(one), one)
        for one in all_communes()
    ]


def _bare(one: Commune) -> str:
    plain = without_marks(one.name)
    for kind in ("xa ", "phuong ", "dac khu "):
        if plain.startswith(kind):
            return plain.removeprefix(kind)
    return plain


def _rows(table: str) -> Iterator[dict[str, str]]:
    path = files("traceability.catalog") / "data" / f"{table}.csv"
    with path.open(encoding="utf-8") as stream:
        yield from csv.DictReader(stream)
