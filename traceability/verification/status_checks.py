"""What check 8 finds in status lists; their age is always told."""

from collections.abc import Sequence
from datetime import datetime

from traceability.batches.record import RECORD_TYPE
from traceability.status.lists import Purpose, StatusList
from traceability.verification.evidence import Evidence, Mode
from traceability.verification.findings import (
    Finding,
    Problem,
    failed,
    not_checked,
    not_checked_for,
    passed,
)
from traceability.verification.label_checks import seal_facts
from traceability.verification.lot import status
from traceability.verification.status_lists import EXPIRED, rolled_back
from traceability.verification.versions import versions

CURRENCY = 8
LISTS_MISSING = Problem(
    "status-list-missing", "The status lists at hand do not speak of this lot."
)


def age_of(as_of: datetime, now: datetime) -> dict[str, object]:
    """Return what a finding tells of a list's age: its instant, and how long ago."""
    seconds = max(0, int((now - as_of).total_seconds()))
    return {
        "as_of": as_of,
        "age_s": seconds,
        "hours": seconds // 3600,
        "minutes": seconds // 60 % 60,
    }


def indexes_of(evidence: Evidence) -> Sequence[int]:
    """Return where the log holds the lot's record: as proven, else as its seal says."""
    found = [
        one.log_index
        for one in versions(evidence.opened, RECORD_TYPE)
        if one.credential.subject == evidence.subject
    ]
    seal = None if found else seal_facts(evidence)
    return found if seal is None else [seal.log_index]


def refused_list(evidence: Evidence) -> Problem | None:
    """Return why a list that was handed over now is not accepted, or nothing.

    A service that answers signs its lists afresh: none of them may be too old.
    """
    told = evidence.lists_told
    if evidence.mode is Mode.BUNDLE:
        return _refused_in_bundle(evidence)
    return (
        told.problem or rolled_back(evidence.lists_seen, told) or _not_whole(evidence)
    )


def _refused_in_bundle(evidence: Evidence) -> Problem | None:
    """Return why a bundle's list is not accepted; one may be old, as a bundle may."""
    problem = evidence.lists_told.problem
    if problem is None:
        return _not_whole(evidence)
    return None if problem.code == EXPIRED else problem


def _not_whole(evidence: Evidence) -> Problem | None:
    """Return that lists were handed over, but not those that speak of the lot."""
    if evidence.link is None or not evidence.status:
        return None
    origin, indexes = evidence.link.origin, indexes_of(evidence)
    whole = evidence.lists_told.as_of(origin, indexes) is not None
    return None if whole else LISTS_MISSING


_SAID = {
    "recalled": "The lot is being recalled, as the status list of %(as_of)s says "
    "(%(hours)d h %(minutes)d min old).",
    "held": "The lot is held for now, as the status list of %(as_of)s says "
    "(%(hours)d h %(minutes)d min old).",
    "recall-hidden": "The status list of %(as_of)s says that the lot is recalled "
    "(%(hours)d h %(minutes)d min old); the records handed over do not.",
    "hold-hidden": "The status list of %(as_of)s says that the lot is held "
    "(%(hours)d h %(minutes)d min old); the records handed over do not.",
}


def stopped_by_list(evidence: Evidence) -> Finding | None:
    """Return the finding that a list stops the lot, where nobody asks the service."""
    return _stopped(evidence, "recalled", "held")


def stop_hidden(evidence: Evidence) -> Finding | None:
    """Return the finding that a list stops the lot and the records do not say so."""
    return _stopped(evidence, "recall-hidden", "hold-hidden")


def _stopped(evidence: Evidence, recalled: str, held: str) -> Finding | None:
    for purpose, code in (
        (Purpose.REVOCATION, recalled),
        (Purpose.SUSPENSION, held),
    ):
        found = _marking(evidence, purpose)
        if found is not None:
            age = age_of(found.valid_from, evidence.now)
            return failed(CURRENCY, code, _SAID[code], **age)
    return None


def _marking(evidence: Evidence, purpose: Purpose) -> StatusList | None:
    """Return the list that marks the lot; a hold only if no record is newer than it."""
    if evidence.link is None:
        return None
    found = evidence.lists.marking(evidence.link.origin, purpose, indexes_of(evidence))
    if found is None or purpose is Purpose.REVOCATION:
        return found
    notice = status(evidence)
    if notice is None or isinstance(notice, Problem):
        return found
    return found if notice[1].credential.issued_at <= found.valid_from else None


def withdrawn_in_list(evidence: Evidence, log_index: int) -> Problem | None:
    """Return that a list tells of a paper's withdrawal, by where its record stands."""
    if evidence.link is None:
        return None
    origin = evidence.link.origin
    found = evidence.lists.marking(origin, Purpose.REVOCATION, [log_index])
    if found is None:
        return None
    return Problem(
        "withdrawn-in-list",
        "What is shown as valid was withdrawn, as the status list of %(as_of)s says "
        "(%(hours)d h %(minutes)d min old).",
        age_of(found.valid_from, evidence.now),
    )


def as_of(evidence: Evidence) -> datetime | None:
    """Return the instant for which lists at hand speak of the lot, or nothing."""
    if evidence.link is None:
        return None
    hand = evidence.lists
    return hand.as_of(evidence.link.origin, indexes_of(evidence))


def nothing_known(evidence: Evidence) -> Finding:
    """Return the finding of lists that do not stop the lot, or why they are no help."""
    instant = as_of(evidence)
    if instant is not None:
        return passed(
            CURRENCY,
            "nothing-known",
            "Nothing was known against this lot as of %(as_of)s"
            " (%(hours)d h %(minutes)d min ago).",
            **age_of(instant, evidence.now),
        )
    problem = evidence.lists.problem
    if not indexes_of(evidence) or not (evidence.status or evidence.seen_status):
        return not_checked(
            CURRENCY, "offline", "Only the service and its log know the newest version."
        )
    if problem is not None:
        return not_checked_for(CURRENCY, problem)
    return not_checked_for(CURRENCY, LISTS_MISSING)
