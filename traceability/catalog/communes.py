"""The provinces and communes in force since 1 July 2025.

Source: ``data/README.md``.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

from traceability.catalog.provinces import (
    REFORM,
    FormerProvince,
    Province,
    joined_into,
    province_on,
    provinces,
    read_table,
)
from traceability.core.errors import InvalidError
from traceability.core.text import clean_text, without_marks

MAX_FOUND = 20
_PROVINCE_DIGITS = 2


class CommuneUnknownError(InvalidError):
    """No commune of 2025 has this code."""

    code = "commune-unknown"


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


@dataclass(frozen=True, slots=True)
class Found:
    """A commune that a search found, and the former province it was found by."""

    commune: Commune
    formerly: FormerProvince | None = None


def commune(code: str, *, field: str | None = "commune_code") -> Commune:
    """Return the commune of a five-digit code. Raises ``CommuneUnknownError``."""
    found = commune_or_none(code)
    if found is None:
        raise CommuneUnknownError(
            "There is no commune with the code %(code)s.", field=field, code=code
        )
    return found


def commune_or_none(code: str) -> Commune | None:
    """Return the commune of a five-digit code, if there is one."""
    return _communes().get(code)


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


def communes_of(province_code: str) -> list[Commune]:
    """Return a province's communes in the order of their codes."""
    return [one for one in all_communes() if one.province_code == province_code]


def all_communes() -> list[Commune]:
    """Return every commune in the order of its code."""
    return list(_communes().values())


def unit_on(code: str, day: date) -> Province | FormerProvince | Commune:
    """Return the unit a code named on a day: two digits a province, five a commune.

    Commune codes are known since July 2025; an older address stays text. Raises
    ``ProvinceUnknownError`` or ``CommuneUnknownError``.
    """
    if len(code) == _PROVINCE_DIGITS:
        return province_on(code, day)
    if day < REFORM:
        raise CommuneUnknownError(
            "Commune codes are known since 1 July 2025; keep an older address as text.",
            field="code",
        )
    return commune(code, field="code")


def search(text: str, *, limit: int = MAX_FOUND) -> list[Commune]:
    """Return the communes whose name holds every word typed, best first.

    Diacritics do not matter. A name that starts with the text comes before one that
    only holds it; ``Định Hóa, Thái Nguyên`` narrows by province, of today or of before
    July 2025.
    """
    return [one.commune for one in find(text, limit=limit)]


def find(text: str, *, limit: int = MAX_FOUND) -> list[Found]:
    """Return what ``search`` does, and through which former province it was found."""
    words = _plain(text).split()
    if not words:
        return []
    ranked = sorted(
        (rank, entry.commune.code, old.code if old else "", Found(entry.commune, old))
        for entry in _search_table()
        for rank, old in [entry.rank(words)]
        if rank < _MISSED
    )
    exact = [found for rank, _, _, found in ranked if rank == 0]
    if limit == 2 and len(exact) == 1:  # noqa: PLR2004 (asked whether it is the only one)
        return exact
    return [found for *_, found in ranked[:limit]]


_MISSED = 6


@dataclass(frozen=True, slots=True)
class _Entry:
    """A commune as searched: its name, with its province, with each former province."""

    commune: Commune
    bare: str
    plain: str
    former: tuple[tuple[str, FormerProvince], ...]

    def rank(self, words: list[str]) -> tuple[int, FormerProvince | None]:
        """Return how well the words name the commune, the less the better."""
        joined = " ".join(words)
        if self.bare == joined:
            return 0, None
        if joined in self.plain:
            return 1, None
        rank, old = self._rank_by_former(words, joined)
        if rank == 2 or not all(word in self.plain for word in words):  # noqa: PLR2004
            return rank, old
        whole = set(words) <= set(self.plain.split())
        return (3, None) if whole else (5, None)

    def _rank_by_former(
        self, words: list[str], joined: str
    ) -> tuple[int, FormerProvince | None]:
        for plain, old in self.former:
            if joined in plain:
                return 2, old
        for plain, old in self.former:
            if set(words) <= set(plain.split()):
                return 4, old
        return _MISSED, None


@cache
def _communes() -> dict[str, Commune]:
    names = {one.code: one.name for one in provinces()}
    return {
        row["code"]: Commune(
            row["code"], row["name"], row["province"], names[row["province"]]
        )
        for row in read_table("communes")
    }


@cache
def _search_table() -> list[_Entry]:
    former = {
        one.code: [old for old in joined_into(one.code) if old.lost_name]
        for one in provinces()
    }
    return [_entry(one, former[one.province_code]) for one in all_communes()]


def _entry(one: Commune, former: list[FormerProvince]) -> _Entry:
    name = _plain(one.name)
    return _Entry(
        commune=one,
        bare=_bare(name),
        plain=_plain(one.full_name),
        former=tuple((f"{name} {_plain(old.lost_name)}", old) for old in former),
    )


def _plain(text: str) -> str:
    return without_marks(text).replace(",", " ").replace("  ", " ")


def _bare(plain: str) -> str:
    for kind in ("xa ", "phuong ", "dac khu "):
        if plain.startswith(kind):
            return plain.removeprefix(kind)
    return plain
