"""Read signed claims of papers back into facts. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from traceability.catalog.certificates import Term
from traceability.catalog.ip_rights import (
    IpFacts,
    IpKind,
    IpState,
    IpValidity,
    ip_kind,
    shown,
    validity,
)

Claims = Mapping[str, Any]


class RightStanding(StrEnum):
    """What is said of a right on its page."""

    VALID = "valid"
    APPLICATION = "application"
    NO_RIGHT_TO_USE = "no-right-to-use"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class RightPage:
    """A right as its page shows it; values are those a buyer may be shown."""

    kind: IpKind
    standing: RightStanding
    values: tuple[tuple[str, str | date], ...]
    right_to_use_date: date | None


def term_of(claims: Claims) -> Term:
    """Return the dates that decide whether a certificate holds."""
    return Term(
        issued=date.fromisoformat(claims["issued"]),
        expires=_day(claims, "expires"),
        withdrawn_on=_day(claims, "withdrawnOn"),
    )


def right_of(claims: Claims) -> IpFacts:
    """Return a right's facts."""
    return IpFacts(
        kind=claims["kind"],
        sign=claims["sign"],
        state=IpState(claims["state"]),
        register_no=claims.get("registerNo", ""),
        owner=claims.get("owner", ""),
        managing_body=claims.get("managingBody", ""),
        decision=claims.get("decision", ""),
        goods=claims.get("goods", ""),
        right_to_use=claims.get("rightToUse", ""),
        right_to_use_date=_day(claims, "rightToUseDate"),
        valid_to=_day(claims, "validTo"),
        withdrawn_on=_day(claims, "withdrawnOn"),
        withdrawal_reason=claims.get("withdrawalReason", ""),
    )


def right_page(right: IpFacts, today: date) -> RightPage:
    """Return what is shown of a right today.

    A shared sign without the right to use it is not shown at all, an application only
    as far as it means something to a buyer.
    """
    kind = ip_kind(right.kind)
    seen = shown(right, today)
    standing = _standing(right, kind, today)
    lapsed = standing in {RightStanding.EXPIRED, RightStanding.WITHDRAWN}
    values: tuple[tuple[str, str | date], ...] = seen.values if seen else ()
    if lapsed and not (kind.shared and not right.right_to_use):
        found = ((name, getattr(right, name)) for name in kind.shows)
        values = tuple((name, value) for name, value in found if value)
    return RightPage(
        kind=kind,
        standing=standing,
        values=values,
        right_to_use_date=seen.right_to_use_date if seen else None,
    )


def _standing(right: IpFacts, kind: IpKind, today: date) -> RightStanding:
    held = validity(right, today)
    if held is not IpValidity.VALID:
        return RightStanding(held.value)
    if right.state is IpState.APPLICATION:
        return RightStanding.APPLICATION
    if kind.shared and shown(right, today) is None:
        return RightStanding.NO_RIGHT_TO_USE
    return RightStanding.VALID


def several(claim: Any) -> list[str]:
    """Return a claim that names one thing, several or none as a list."""
    if claim is None:
        return []
    return list(claim) if isinstance(claim, list) else [claim]


def _day(claims: Claims, name: str) -> date | None:
    return date.fromisoformat(claims[name]) if claims.get(name) else None
