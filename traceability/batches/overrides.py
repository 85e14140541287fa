"""Exceptions a producer answers for: which rule, why, and what the rule found. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from traceability.batches.errors import OverrideReasonError
from traceability.core.canonical import Json

MIN_REASON = 10  # characters: enough to say something


class Rule(StrEnum):
    """The rules an exception can be made from; permanent ids."""

    MASS = "mass"
    ORDER = "order"
    WITHDRAWAL = "withdrawal"


FIELDS = {
    Rule.MASS: "override_reason",
    Rule.ORDER: "override_order",
    Rule.WITHDRAWAL: "override_withdrawal",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A kind of event, the lot it happened to, and the day."""

    kind: str
    lot: str  # its canonical link
    day: date


@dataclass(frozen=True, slots=True)
class OrderFault:
    """Two steps that every chain of the product has the other way round."""

    first: Step
    second: Step


@dataclass(frozen=True, slots=True)
class WithdrawalFault:
    """A harvest before the days of withdrawal were over."""

    lot: str
    last_use: date
    harvested: date
    days: int | None = None  # private: known to the producer, never signed

    @property
    def missing(self) -> int:
        """Return how many days were missing; 0 where the days are not known."""
        kept = (self.harvested - self.last_use).days
        return max((self.days or 0) - kept, 0)


Fault = OrderFault | WithdrawalFault


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOverride:
    """Why a rule is not kept, and what the rule found (order and withdrawal days).

    The balance keeps the form it was first signed in: ``record.Override``.
    """

    rule: Rule
    reason: str
    faults: tuple[Fault, ...] = ()

    def claims(self) -> dict[str, Json]:
        """Return what is signed; days of withdrawal are private and stay out."""
        return {
            "rule": self.rule.value,
            "reason": self.reason,
            "findings": [_fault_claims(one) for one in self.faults],
        }


def check_reasons(reasons: Mapping[Rule, str]) -> None:
    """Refuse a reason too short to be one. Raises ``OverrideReasonError``."""
    for rule, reason in reasons.items():
        if reason and len(reason.strip()) < MIN_REASON:
            raise OverrideReasonError(
                "A reason has at least %(least)s characters.",
                field=FIELDS[rule],
                least=MIN_REASON,
            )


def read_overrides(claims: Sequence[Mapping[str, Json]]) -> tuple[RuleOverride, ...]:
    """Read signed exceptions back. Raises what malformed claims raise."""
    return tuple(
        RuleOverride(
            rule=Rule(one["rule"]),
            reason=one["reason"],
            faults=tuple(_read_fault(found) for found in one["findings"]),
        )
        for one in claims
    )


def _fault_claims(fault: Fault) -> dict[str, Json]:
    if isinstance(fault, OrderFault):
        return {
            "first": _step_claims(fault.first),
            "second": _step_claims(fault.second),
        }
    return {
        "lot": fault.lot,
        "lastUse": fault.last_use.isoformat(),
        "harvestedOn": fault.harvested.isoformat(),
    }


def _step_claims(step: Step) -> dict[str, Json]:
    return {
        "stage": step.kind,
        "lot": step.lot,
        "happenedOn": step.day.isoformat(),
    }


def _read_fault(claim: Mapping[str, Json]) -> Fault:
    if "first" in claim:
        return OrderFault(_read_step(claim["first"]), _read_step(claim["second"]))
    return WithdrawalFault(
        claim["lot"],
        last_use=date.fromisoformat(claim["lastUse"]),
        harvested=date.fromisoformat(claim["harvestedOn"]),
    )


def _read_step(claim: Mapping[str, Json]) -> Step:
    return Step(claim["stage"], claim["lot"], date.fromisoformat(claim["happenedOn"]))
