"""Part of check 9: what is shown as confirmed by a party was confirmed by it."""

from collections.abc import Iterable, Sequence

from traceability.core.errors import DomainError
from traceability.records.confirmation import (
    CONFIRMATION,
    Confirmation,
    confirmation_subject,
    read_confirmation,
)
from traceability.signing.errors import KeyRevokedError
from traceability.verification.evidence import Evidence, ShownConfirmation
from traceability.verification.findings import Problem
from traceability.verification.lot import chain_problem, hidden_record
from traceability.verification.opened import Credential, Opened
from traceability.verification.versions import Version


def confirmations_problem(
    evidence: Evidence, shown: Iterable[ShownConfirmation]
) -> Problem | None:
    """Return why something shown as confirmed is not, or nothing.

    A party's newest word decides, on the exact version of the record that is shown.
    """
    for one in shown:
        problem = _problem(evidence, one)
        if problem is not None:
            return problem
    return None


def _problem(evidence: Evidence, shown: ShownConfirmation) -> Problem | None:
    record = _record_shown(evidence, shown.record_sha256)
    if record is None:
        return _other_version(shown)
    known = {one.digest for one in evidence.opened_confirmations}
    subject = confirmation_subject(record.id, shown.party.rpartition("/")[2])
    history = _history(evidence, subject)
    return (
        _broken(history)
        or hidden_record(evidence, record.id, known)
        or _word_problem(history, shown)
    )


def _record_shown(evidence: Evidence, digest: str) -> Credential | None:
    """Return the record with this digest, if it is the newest version at hand."""
    opened = [one for one in _shown_kinds(evidence) if one.sound and one.credential]
    found = next((one.credential for one in opened if one.digest == digest), None)
    if found is None:
        return None
    newest = max(
        one.credential.version
        for one in opened
        if one.credential is not None
        and (one.credential.subject, one.credential.type) == (found.subject, found.type)
    )
    return found if found.version == newest else None


def _shown_kinds(evidence: Evidence) -> Iterable[Opened]:
    return (*evidence.opened, *evidence.opened_recognitions)


def _history(evidence: Evidence, subject: str) -> list[Opened]:
    """Return a party's words on a record, oldest first, whatever they are worth."""
    found = [
        (one.credential.version, one)
        for one in evidence.opened_confirmations
        if one.credential is not None
        and (one.credential.type, one.credential.subject) == (CONFIRMATION, subject)
    ]
    return [one for _version, one in sorted(found, key=lambda pair: pair[0])]


def _broken(history: Sequence[Opened]) -> Problem | None:
    """Return why a line of versions cannot be trusted to be whole, or nothing.

    What was signed with a key after it was revoked is a link of the line, no more:
    neither a thief's word nor his taking back counts.
    """
    for one in history:
        problem = one.log or one.signature
        if problem is not None and problem.code != KeyRevokedError.code:
            return problem
    return chain_problem([_link(one) for one in history])


def _link(one: Opened) -> Version:
    if one.credential is None:
        raise AssertionError("only what could be read has a place in a history")
    return Version(
        credential=one.credential,
        digest=one.digest,
        log_index=one.record.log_index or 0,
    )


def _word_problem(
    history: Sequence[Opened], shown: ShownConfirmation
) -> Problem | None:
    counting = [one for one in history if one.sound and one.credential is not None]
    if not counting or counting[-1].credential is None:
        return _missing(history, shown)
    credential = counting[-1].credential
    try:
        word = read_confirmation(credential.claims)
    except DomainError as refusal:
        return Problem.of(refusal)
    return _withdrawn(word, shown) or _otherwise(word, credential, shown)


def _missing(history: Sequence[Opened], shown: ShownConfirmation) -> Problem:
    """Return that nothing counts: the reason of what was handed over, if any was."""
    for one in history:
        if one.signature is not None:
            return one.signature
    return Problem(
        "confirmation-missing",
        "%(party)s is said to have confirmed a record, but nothing it signed says so.",
        {"party": shown.party},
    )


def _withdrawn(word: Confirmation, shown: ShownConfirmation) -> Problem | None:
    if not word.withdrawn:
        return None
    return Problem(
        "confirmation-withdrawn",
        "%(party)s has taken its confirmation back.",
        {"party": shown.party},
    )


def _otherwise(
    word: Confirmation, credential: Credential, shown: ShownConfirmation
) -> Problem | None:
    if word.record_sha256 != shown.record_sha256:
        return _other_version(shown)
    said = (credential.voucher.get("id"), credential.voucher.get("name", ""))
    if said == (shown.party, shown.name):
        return None
    return Problem(
        "confirmation-otherwise",
        "The confirmation by %(party)s is shown otherwise than it was signed.",
        {"party": shown.party},
    )


def _other_version(shown: ShownConfirmation) -> Problem:
    return Problem(
        "confirmation-other-version",
        "%(party)s confirmed another version of the record than the one shown.",
        {"party": shown.party},
    )
