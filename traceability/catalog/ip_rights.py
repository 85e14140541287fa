"""Intellectual-property rights: their kinds, and what of one a buyer may be shown.

Facts: ``data/ip_kinds.csv``. A shared sign (geographical indication, collective or
certification mark) is shown only where the producer holds a document that lets it use
the sign.
"""

import csv
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.resources import files

from traceability.core.errors import InvalidError
from traceability.core.text import Bilingual


class IpKindUnknownError(InvalidError):
    """No kind of right has this code."""

    code = "ip-kind-unknown"


class IpState(StrEnum):
    """How far a right has come."""

    APPLICATION = "application"
    REGISTERED = "registered"


@dataclass(frozen=True, slots=True, kw_only=True)
class IpKind:
    """A kind of right, the form of its numbers, and what is shown of it."""

    code: str
    name: Bilingual
    shared: bool
    register_form: str  # regular expression; empty where none is known
    application_form: str
    form_confirmed: bool  # whether the form was seen on real registrations
    shows: tuple[str, ...]  # attributes of IpFacts
    shows_as_application: tuple[str, ...]
    scores_as: tuple[str, ...]  # labels of the OCOP criteria it answers
    note: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class IpFacts:
    """One right as its producer declared it; empty texts are unknown."""

    kind: str
    sign: str
    state: IpState
    register_no: str = ""
    owner: str = ""
    managing_body: str = ""
    decision: str = ""
    goods: str = ""
    right_to_use: str = ""  # the document
    right_to_use_date: date | None = None
    valid_to: date | None = None
    withdrawn_on: date | None = None
    withdrawal_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRight:
    """What a buyer sees of a right."""

    kind: IpKind
    application_only: bool
    values: tuple[tuple[str, str | date], ...]  # attribute and value, none empty
    right_to_use_date: date | None


def ip_kind(code: str) -> IpKind:
    """Return the kind of a code such as ``gi``. Raises ``IpKindUnknownError``."""
    found = _kinds().get(code)
    if found is None:
        raise IpKindUnknownError(
            "There is no kind of right %(code)s.", field="kind", code=code
        )
    return found


def ip_kinds() -> list[IpKind]:
    """Return all kinds."""
    return list(_kinds().values())


def shown(right: IpFacts, *days: date) -> ShownRight | None:
    """Return what is shown of a right that holds on every one of the days, or nothing.

    Nothing: a lapsed right, a shared sign without (or before) the right to use it, an
    application of a kind whose applications mean nothing to a buyer.
    """
    kind = ip_kind(right.kind)
    if not _holds(right, kind, days):
        return None
    applied = right.state is IpState.APPLICATION
    names = kind.shows_as_application if applied else kind.shows
    if not names:
        return None
    found = ((name, getattr(right, name)) for name in names)
    return ShownRight(
        kind=kind,
        application_only=applied,
        values=tuple((name, value) for name, value in found if value),
        right_to_use_date=right.right_to_use_date if kind.shared else None,
    )


def number_looks_odd(right: IpFacts) -> bool:
    """Return whether the number has not the usual form: a warning, never a refusal."""
    kind = ip_kind(right.kind)
    applied = right.state is IpState.APPLICATION
    form = kind.application_form if applied else kind.register_form
    number = right.register_no
    return bool(form and number) and re.fullmatch(form, number) is None


class IpValidity(StrEnum):
    """What a right is worth for its producer's own lots on a day."""

    VALID = "valid"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


def validity(right: IpFacts, day: date) -> IpValidity:
    """Return whether a right stands on a day, apart from what buyers are shown."""
    if right.withdrawn_on is not None and day >= right.withdrawn_on:
        return IpValidity.WITHDRAWN
    if right.valid_to is not None and day > right.valid_to:
        return IpValidity.EXPIRED
    return IpValidity.VALID


def _holds(right: IpFacts, kind: IpKind, days: tuple[date, ...]) -> bool:
    if any(validity(right, day) is not IpValidity.VALID for day in days):
        return False
    if not kind.shared:
        return True
    if not right.right_to_use:
        return False
    since = right.right_to_use_date
    return since is not None and all(day >= since for day in days)


@cache
def _kinds() -> dict[str, IpKind]:
    path = files("traceability.catalog") / "data" / "ip_kinds.csv"
    with path.open(encoding="utf-8") as stream:
        return {
            row["code"]: IpKind(
                code=row["code"],
                name=Bilingual(row["name_vi"], row["name_en"]),
                shared=row["shared"] == "yes",
                register_form=row["register_form"],
                application_form=row["application_form"],
                form_confirmed=row["form_confirmed"] == "yes",
                shows=tuple(row["shows"].split()),
                shows_as_application=tuple(row["shows_as_application"].split()),
                scores_as=tuple(row["scores_as"].split()),
                note=Bilingual(row["note_vi"], row["note_en"]),
            )
            for row in csv.DictReader(stream)
        }
