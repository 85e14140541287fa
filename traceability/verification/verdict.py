"""What the findings add up to, and the exit code of a command that says so."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from traceability.transparency.policy import Policy
from traceability.verification.evidence import Evidence, Mode
from traceability.verification.findings import Finding, Result


class Verdict(StrEnum):
    """One word for the whole; never green while something required is open."""

    VERIFIED = "verified"
    ATTENTION = "attention"
    RECALLED = "recalled"
    HELD = "held"
    EXPIRED = "expired"
    VOID = "void"
    UNKNOWN = "unknown"
    FAILED = "failed"
    INCOMPLETE = "incomplete"


PASSED, FAILED, INCOMPLETE = 0, 1, 2  # exit codes
_ONLINE = frozenset({1, 2, 3, 4, 5, 6, 8, 9})
_OFFLINE = frozenset({1, 2, 3})
_RECORD = frozenset({5})
_LOGGED_RECORD = frozenset({5, 6})
_BUNDLE = frozenset({1, 2, 5, 6, 8, 9})
_CONSISTENCY = frozenset({7})  # where the verifier remembers the log
_COSIGNED = frozenset({7})  # where the verifier brought a witness policy
_NOT_REGISTERED = {
    "serial-unknown",
    "serial-other-batch",
    "lot-unknown",
    "product-unknown",
}
_RECALLS = {"recalled", "recall-hidden"}
_STATES: Mapping[str, Verdict] = {
    "recalled": Verdict.RECALLED,
    "recall-hidden": Verdict.RECALLED,
    "label-void": Verdict.VOID,
    "held": Verdict.HELD,
    "expired": Verdict.EXPIRED,
}
_LESSER = frozenset(  # something lacks, none lies
    {"seal-dropped", "quorum-missing", "label-not-applied", "label-unbound"}
)
_SUSPICION = 11  # what fails here says something of the paper, not of the record


def required_checks(evidence: Evidence) -> frozenset[int]:
    """Return the checks without which there is no green (TRUST.md)."""
    if evidence.mode is Mode.OFFLINE:  # there is no head at hand to ask anything of
        return _OFFLINE
    asked = _COSIGNED if _asks_witnesses(evidence) else frozenset[int]()
    if evidence.mode is Mode.ONLINE:
        return _ONLINE | asked
    if evidence.mode is Mode.BUNDLE:
        seen = _CONSISTENCY if evidence.seen_checkpoint else frozenset[int]()
        return _BUNDLE | seen | asked
    with_proof = any(one.proof is not None for one in evidence.records)
    return (_LOGGED_RECORD if with_proof else _RECORD) | asked


def _asks_witnesses(evidence: Evidence) -> bool:
    policy = evidence.policy
    return policy.asks if isinstance(policy, Policy) else policy is not None


def verdict_of(findings: Sequence[Finding], required: Iterable[int]) -> Verdict:
    """Return the one word; the gravest thing found decides.

    A label nobody issued is unknown whatever the lot it names; a recall is told even
    where a signature fails, for it may save somebody.
    """
    codes = {one.code for one in findings if one.result is Result.FAIL}
    if codes & _NOT_REGISTERED and not _fails(findings, {1, 2}):
        return Verdict.UNKNOWN
    if not codes & _RECALLS and any(_is_false(one) for one in findings):
        return Verdict.FAILED
    named = [verdict for code, verdict in _STATES.items() if code in codes]
    if codes:
        return named[0] if named else Verdict.ATTENTION
    return Verdict.INCOMPLETE if _open(findings, required) else Verdict.VERIFIED


def exit_code(findings: Sequence[Finding], required: Iterable[int]) -> int:
    """Return 0: none failed, all required done; 1: one failed; 2: one is open."""
    if any(one.result is Result.FAIL for one in findings):
        return FAILED
    return INCOMPLETE if _open(findings, required) else PASSED


def _fails(findings: Iterable[Finding], numbers: set[int]) -> bool:
    return any(one.number in numbers and one.result is Result.FAIL for one in findings)


def _is_false(one: Finding) -> bool:
    """Return whether something untrue was met, rather than a state or a suspicion."""
    lesser = one.code in _STATES or one.code in _LESSER
    failed = one.result is Result.FAIL
    return failed and not lesser and one.number != _SUSPICION


def _open(findings: Iterable[Finding], required: Iterable[int]) -> bool:
    done = {one.number for one in findings if one.result is not Result.NOT_CHECKED}
    return not done.issuperset(required)
