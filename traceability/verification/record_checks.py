"""Checks 5 and 6: signature, place in the log."""

from collections.abc import Sequence
from itertools import pairwise

from traceability.batches.record import RECORD_TYPE
from traceability.core.clock import day_in_vietnam
from traceability.verification.disclosed import false_disclosure
from traceability.verification.evidence import Evidence, Mode
from traceability.verification.findings import (
    Finding,
    Problem,
    failed,
    not_checked,
    not_checked_for,
    passed,
    refused,
)
from traceability.verification.label_checks import (
    nobody_said,
    trust_refused,
)
from traceability.verification.lot import (
    LABELS,
    REPRINT_TYPE,
    VOID_TYPE,
    batch_record,
)
from traceability.verification.opened import (
    CLOCK_SLACK,
    NOT_AT_HAND,
    Credential,
    Opened,
)
from traceability.verification.stamps import RUN_TYPE, blank_run
from traceability.verification.tree import key_ended

SIGNATURE, LOG = 5, 6
_OF_BLANKS = {RUN_TYPE, VOID_TYPE, REPRINT_TYPE}  # these may name the run alone


def check_5(evidence: Evidence) -> Finding:
    """Check who signed, when, with which key, and that it is about what was asked."""
    unreadable = [one for one in evidence.opened if one.unreadable]
    if unreadable and unreadable[0].signature is not None:
        return refused(SIGNATURE, unreadable[0].signature)
    if evidence.trust.problem is not None:
        return trust_refused(SIGNATURE, evidence.trust.problem)
    if not evidence.opened:
        return no_record(evidence, SIGNATURE)
    false = false_disclosure(evidence.disclosed, evidence.all_opened)
    if false is not None:
        return _first_refusal(evidence) or refused(SIGNATURE, false)
    return _first_refusal(evidence) or _own_record(evidence)


def _first_refusal(evidence: Evidence) -> Finding | None:
    for one in evidence.opened:
        problem = one.signature or _wrong_subject(evidence, one)
        if problem is not None:
            return _refused_or_open(SIGNATURE, problem)
    return None


def _refused_or_open(number: int, problem: Problem) -> Finding:
    """Return a failure, or an open check where something was only not at hand."""
    if problem.code in NOT_AT_HAND:
        return not_checked_for(number, problem)
    return refused(number, problem)


def no_record(evidence: Evidence, number: int) -> Finding:
    """Return the finding of a check that has no record to look at."""
    if evidence.silence is not None:
        return nobody_said(evidence, number)
    return not_checked(number, "no-record", "There is no record to look at.")


def _own_record(evidence: Evidence) -> Finding:
    if evidence.mode is Mode.RECORD:
        return _signed(evidence.opened[0])
    own = [one for one in evidence.opened if one.is_a(RECORD_TYPE)]
    if not own and not evidence.subject:  # a blank stamp that is no lot's
        return no_record(evidence, SIGNATURE)
    if not own:
        return failed(
            SIGNATURE, "record-missing", "The lot's own record was not handed over."
        )
    if batch_record(evidence) is None and all(one.sound for one in own):
        return failed(SIGNATURE, "record-unreadable", "This is no batch record.")
    return _signed(own[-1])


def _signed(one: Opened) -> Finding:
    credential = one.credential
    return passed(
        SIGNATURE,
        "signature-valid",
        "Signed on %(day)s by %(issuer)s with a key that was valid then.",
        day=day_in_vietnam(credential.issued_at) if credential else "",
        issuer=credential.issuer if credential else "",
    )


def _wrong_subject(evidence: Evidence, one: Opened) -> Problem | None:
    credential = one.credential
    if evidence.mode is Mode.RECORD or credential is None:
        return None
    named = credential.claims.get("lot", "")
    about = str(named) if credential.type in LABELS else credential.subject
    if about == evidence.subject or _of_blanks(evidence, credential):
        return None
    return Problem(
        "subject-mismatch",
        "The record is about %(subject)s, not about the lot asked for.",
        {"subject": about},
    )


def _of_blanks(evidence: Evidence, credential: Credential) -> bool:
    """Return whether a record is about the blank stamps that the serial is among.

    Those of a lot's own runs name the lot; these name the run alone.
    """
    if credential.type not in _OF_BLANKS or "lot" in credential.claims:
        return False
    run = blank_run(evidence.opened, evidence.link)
    named = (credential.subject, credential.claims.get("run"))
    return run is not None and run.subject in named


def check_6(evidence: Evidence) -> Finding:
    """Check that each leaf is under the log's signed head, in the order of time."""
    if evidence.trust.problem is not None:
        return trust_refused(LOG, evidence.trust.problem)
    if not evidence.opened:
        return no_record(evidence, LOG)
    for one in evidence.opened:
        if one.log is not None:
            return _refused_or_open(LOG, one.log)
    late = _after_its_key(evidence) if evidence.mode is Mode.BUNDLE else None
    return late or _in_order(evidence.opened) or _logged(evidence)


def _after_its_key(evidence: Evidence) -> Finding | None:
    """Refuse a head that tells of times when its key had ended."""
    end = key_ended(evidence.checkpoint, evidence.trust, evidence.now)
    if end is None or (evidence.as_of is not None and evidence.as_of < end):
        return None
    return failed(
        LOG,
        "log-key-ended",
        "The head tells of times after %(day)s, when its key had ended.",
        day=day_in_vietnam(end),
    )


def _in_order(records: Sequence[Opened]) -> Finding | None:
    """Refuse a record dated before one that the log held already: it is back-dated."""
    known = [
        (one.record.log_index, one.credential.issued_at)
        for one in records
        if one.credential is not None and one.record.log_index is not None
    ]
    known.sort(key=lambda pair: pair[0])
    for (_, before), (index, after) in pairwise(known):
        if after + CLOCK_SLACK < before:
            return failed(
                LOG,
                "log-order",
                "Log entry %(index)d is dated before an entry that precedes it.",
                index=index,
            )
    return None


def _logged(evidence: Evidence) -> Finding:
    own = [one for one in evidence.opened if one.is_a(RECORD_TYPE)]
    newest = (own or evidence.opened)[-1].record.log_index
    tree = evidence.tree
    size = 0 if isinstance(tree, Problem) else tree.size
    return passed(
        LOG,
        "logged",
        "In the log as entry %(index)d of %(size)d.",
        index=newest if newest is not None else -1,
        size=size,
    )
