"""All checks over one verifier's evidence, and what a page tells beside them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from traceability.verification.claim_checks import check_9
from traceability.verification.currency_checks import check_8
from traceability.verification.evidence import Evidence
from traceability.verification.facts import Facts, facts_of
from traceability.verification.findings import Finding, Result
from traceability.verification.genealogy_checks import check_10
from traceability.verification.head_checks import check_7
from traceability.verification.label_checks import (
    check_1,
    check_2,
    check_3,
    check_4,
)
from traceability.verification.lot import batch_record
from traceability.verification.record_checks import (
    check_5,
    check_6,
)
from traceability.verification.scan_checks import check_11
from traceability.verification.stamps import blank_runs
from traceability.verification.verdict import (
    Verdict,
    exit_code,
    required_checks,
    verdict_of,
)

Check = Callable[[Evidence], Finding]
CHECKS: tuple[Check, ...] = (
    *(check_1, check_2, check_3, check_4, check_5, check_6),
    *(check_7, check_8, check_9, check_10, check_11),
)


_OF_THE_LOT = (9, 10)
_OF_THE_RUN = (2, 5, 6, 7, 8)
NOTHING: Mapping[int, Finding] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The verdict, the numbered findings it rests on, and the facts beside it."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    facts: Facts
    exit_code: int

    def finding(self, number: int) -> Finding:
        """Return the finding of a numbered check."""
        return self.findings[number - 1]

    @property
    def failures(self) -> tuple[Finding, ...]:
        """Return the checks that fail, in order."""
        return tuple(one for one in self.findings if one.result is Result.FAIL)

    def as_json(self) -> dict[str, object]:
        """Return the shape that commands and the API print."""
        return {
            "verdict": self.verdict.value,
            "checks": [one.as_json() for one in self.findings],
        }


def report_of(evidence: Evidence, settled: Mapping[int, Finding] = NOTHING) -> Report:
    """Run every check and draw the verdict; never raises for what was received.

    ``settled`` are findings of ``settled_by`` on the same lot's evidence.
    """
    findings = tuple(
        settled.get(number) or check(evidence)
        for number, check in enumerate(CHECKS, start=1)
    )
    required = required_checks(evidence)
    return Report(
        verdict=verdict_of(findings, required),
        findings=findings,
        facts=facts_of(evidence),
        exit_code=exit_code(findings, required),
    )


def settled_since(bundle: Evidence, now: Evidence) -> Mapping[int, Finding]:
    """Return what fresh evidence, asked for with a bundle's head, tells of the bundle.

    Nothing where it does not hold itself. A log that broke with the bundle's head is
    told, as is what the service's newest records say; the bundle's own failures stay.
    """
    own = {number: CHECKS[number - 1](bundle) for number in (7, 8)}
    fresh = {number: CHECKS[number - 1](now) for number in (5, 6, 7, 8)}
    if any(fresh[number].result is not Result.PASS for number in (5, 6)):
        return NOTHING
    settled = {}
    if fresh[7].result is Result.FAIL or not bundle.seen_checkpoint:
        settled[7] = fresh[7]
    if fresh[8].result is not Result.NOT_CHECKED:
        settled[8] = fresh[8]
    return {
        number: one
        for number, one in settled.items()
        if own[number].result is not Result.FAIL
    }


def settled_by(lot: Evidence) -> Mapping[int, Finding]:
    """Return what holds for every label of a lot: the checks that look at no label.

    Only where they pass; why one fails is looked at again with the label.
    """
    return _passing(lot, _OF_THE_LOT)


def settled_in_run(label: Evidence) -> Mapping[int, Finding]:
    """Return what holds, on the same day, for every label of one label's run.

    These checks look at host, head and records: the same for all labels of a run that
    bring no records of their own. Nothing where they could look at the label: blank
    stamps are bound number by number, a seal stands in for a record that nobody can
    read, a list has an age, the log's entries may be about one label.
    """
    told = label.status or label.seen_status or label.later_leaves is not None
    if told or blank_runs(label.opened) or batch_record(label) is None:
        return NOTHING
    return _passing(label, _OF_THE_RUN)


def _passing(evidence: Evidence, numbers: Iterable[int]) -> Mapping[int, Finding]:
    found = {number: CHECKS[number - 1](evidence) for number in numbers}
    return {number: one for number, one in found.items() if one.result is Result.PASS}
