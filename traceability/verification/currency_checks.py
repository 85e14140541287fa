"""Check 8: the newest version, and nothing that stands against the lot."""

from dataclasses import replace
from datetime import date

from traceability.core.clock import day_in_vietnam
from traceability.labels.seal import FLAG_BEST_BEFORE
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
from traceability.verification.label_checks import seal_facts
from traceability.verification.lot import (
    SPOKEN_OF,
    batch_record,
    chain_problem,
    covering_run,
    hidden_record,
    latest,
    status,
)
from traceability.verification.record_checks import no_record
from traceability.verification.status_checks import (
    age_of,
    as_of,
    nothing_known,
    refused_list,
    stop_hidden,
    stopped_by_list,
)
from traceability.verification.versions import versions

CURRENCY = 8


def check_8(evidence: Evidence) -> Finding:
    """Check that the record is the latest, and that nothing stands against the lot."""
    if not evidence.whole:
        return (
            stopped_by_list(evidence) or _expired(evidence) or nothing_known(evidence)
        )
    newest = latest(evidence)
    stopped = _stopped(evidence) or stop_hidden(evidence)
    if newest is None:
        return stopped or no_record(evidence, CURRENCY)
    return (
        stopped
        or _outdated(evidence)
        or _expired(evidence)
        or _unread(evidence)
        or _current(evidence, newest.credential.version)
    )


def _outdated(evidence: Evidence) -> Finding | None:
    """Return the finding where a version is missing, hidden, or not the one shown."""
    problem = (
        _incomplete_history(evidence)
        or _old_version_shown(evidence)
        or refused_list(evidence)
    )
    return refused(CURRENCY, problem) if problem is not None else None


def _unread(evidence: Evidence) -> Finding | None:
    """Return the finding where the log's entries were wanted and not to be had."""
    if isinstance(evidence.later_leaves, Problem):
        return not_checked_for(CURRENCY, evidence.later_leaves)
    return None


def _current(evidence: Evidence, version: int) -> Finding:
    if evidence.mode is Mode.BUNDLE:
        return _current_then(evidence, version)
    code = "current-as-told" if evidence.later_leaves is None else "current"
    instant = as_of(evidence)
    if instant is None:
        return passed(CURRENCY, code, _CURRENT[code], version=version)
    age = age_of(instant, evidence.now)
    return passed(CURRENCY, code, _CURRENT_LISTED[code], version=version, **age)


_CURRENT = {
    "current-as-told": "Version %(version)d is the latest the service tells of; "
    "nothing stands against this lot.",
    "current": "Version %(version)d is the latest, as the log itself shows; "
    "nothing stands against this lot.",
}
_CURRENT_LISTED = {
    "current-as-told": "Version %(version)d is the latest the service tells of; "
    "nothing stands against this lot, nor in the status lists of %(as_of)s "
    "(%(hours)d h %(minutes)d min old).",
    "current": "Version %(version)d is the latest, as the log itself shows; "
    "nothing stands against this lot, nor in the status lists of %(as_of)s "
    "(%(hours)d h %(minutes)d min old).",
}


def _current_then(evidence: Evidence, version: int) -> Finding:
    """Return what a bundle shows: how things stood when its head was signed."""
    day = day_in_vietnam(evidence.as_of or evidence.now)
    if evidence.later_leaves is None:
        return not_checked(
            CURRENCY,
            "entries-not-at-hand",
            "Version %(version)d is the newest in this bundle, which tells of nothing "
            "after %(day)s; the log's later entries are not in it.",
            version=version,
            day=day,
        )
    return _listed_then(evidence) or passed(
        CURRENCY,
        "current-then",
        "Version %(version)d was the latest as of %(day)s, as the log itself showed; "
        "nothing stood against this lot then.",
        version=version,
        day=day,
    )


def _listed_then(evidence: Evidence) -> Finding | None:
    """Return what a bundle's status lists add; too old ones leave the check open."""
    if as_of(evidence) is not None:
        return replace(nothing_known(evidence), code="current-then")
    problem = evidence.lists.problem
    return not_checked_for(CURRENCY, problem) if problem is not None else None


def _stopped(evidence: Evidence) -> Finding | None:
    """Return the finding that stops the lot: recalled or held, signed or only told."""
    found = status(evidence)
    if isinstance(found, Problem):
        return refused(CURRENCY, found)
    signed = found[0].status if found else ""
    told = evidence.shown.status if evidence.shown else ""
    for state in ("recalled", "held"):
        if signed == state:
            return failed(CURRENCY, state, *_STOPPED[state])
        if told == state and signed != "released":
            return failed(CURRENCY, state, *_STOPPED[state])
    return None


_STOPPED = {
    "recalled": ("The lot is being recalled.",),
    "held": ("The lot is held for now.",),
}


def _incomplete_history(evidence: Evidence) -> Problem | None:
    for record_type in SPOKEN_OF:
        problem = chain_problem(versions(evidence.opened, record_type))
        if problem is not None:
            return problem
    known = {one.digest for one in evidence.opened}
    run = covering_run(evidence)
    return hidden_record(evidence, evidence.subject, known) or (
        hidden_record(evidence, run.subject, known) if run else None
    )


def _old_version_shown(evidence: Evidence) -> Problem | None:
    newest = latest(evidence)
    shown = evidence.shown.record_sha256 if evidence.shown else ""
    if newest is None or shown in {"", newest.digest}:
        return None
    return Problem(
        "old-version-shown", "What is shown is not the newest version of the record."
    )


def expiry_of(evidence: Evidence) -> date | None:
    """Return the use-by day: from the record, or from a seal that verifies."""
    record = batch_record(evidence)
    if record is not None:
        return record.expiry
    seal = seal_facts(evidence)
    if seal is None or seal.flags & FLAG_BEST_BEFORE:
        return None
    return seal.expiry


def _expired(evidence: Evidence) -> Finding | None:
    expiry = expiry_of(evidence)
    if expiry is None or evidence.today <= expiry:
        return None
    return failed(CURRENCY, "expired", "Use by %(day)s, which has passed.", day=expiry)
