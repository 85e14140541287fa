"""What the records about one lot say, read from those that hold."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from traceability.batches.record import (
    RECORD_TYPE,
    STATUS_RECORD_TYPE,
    BatchRecord,
    StatusRecord,
    read_batch_record,
    read_status_record,
)
from traceability.core.canonical import Json
from traceability.core.errors import DomainError
from traceability.verification.evidence import Evidence
from traceability.verification.findings import Problem
from traceability.verification.opened import Credential
from traceability.verification.stamps import (
    BINDING_TYPE,
    RUN_TYPE,
    Binding,
    Run,
    binding_of,
    blank_run,
    index_in,
    is_blank,
    run_in,
    speaks_of,
)
from traceability.verification.versions import Version, versions

VOID_TYPE = "LabelVoidRecord"  # as labels.service signs them
APPLIED_TYPE = "LabelAppliedRecord"
REPRINT_TYPE = "LabelReprintRecord"
STATUSES = ("held", "recalled", "released")
SPOKEN_OF = (RECORD_TYPE, STATUS_RECORD_TYPE)  # their subject is the lot itself
LABELS = (  # these name the lot among their claims
    RUN_TYPE,
    VOID_TYPE,
    BINDING_TYPE,
    APPLIED_TYPE,
    REPRINT_TYPE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Void:
    """A range of serials that was taken back, both ends included."""

    first: int
    last: int
    reason: str
    since: datetime


def latest(evidence: Evidence) -> Version | None:
    """Return the newest sound version of the lot's own record."""
    found = [
        one
        for one in versions(evidence.opened, RECORD_TYPE)
        if one.credential.subject == evidence.subject
    ]
    return found[-1] if found else None


def batch_record(evidence: Evidence) -> BatchRecord | None:
    """Return what the newest sound record says of the lot, or nothing."""
    version = latest(evidence)
    return _batch_record_in(version.credential) if version else None


@lru_cache(maxsize=1024)
def _batch_record_in(credential: Credential) -> BatchRecord | None:
    try:
        return read_batch_record(credential.claims)
    except DomainError:
        return None


def status(evidence: Evidence) -> tuple[StatusRecord, Version] | Problem | None:
    """Return the newest sound hold, recall or release, or nothing.

    One that nobody can read is a problem: it may be a recall.
    """
    found = [
        one
        for one in versions(evidence.opened, STATUS_RECORD_TYPE)
        if one.credential.subject == evidence.subject
    ]
    if not found:
        return None
    try:
        notice = read_status_record(found[-1].credential.claims)
    except DomainError as refusal:
        return Problem.of(refusal)
    if notice.status not in STATUSES:
        return Problem(
            "status-unknown",
            "The lot's newest notice is of a kind that is not known here.",
        )
    return notice, found[-1]


def chain_problem(records: Sequence[Version]) -> Problem | None:
    """Return why versions do not follow each other without a gap, or nothing.

    Version 1 replaces nothing; every other one names the digest of the one before.
    """
    before = ""
    for number, one in enumerate(records, start=1):
        if one.credential.version != number:
            return Problem(
                "version-missing",
                "Version %(number)d of %(type)s is missing.",
                {"number": number, "type": one.credential.type},
            )
        if one.credential.supersedes != before:
            return Problem(
                "supersedes-broken",
                "Version %(number)d of %(type)s does not continue the one before.",
                {"number": number, "type": one.credential.type},
            )
        before = one.digest
    return None


def hidden_record(
    evidence: Evidence, subject: str, known: Collection[str]
) -> Problem | None:
    """Return why the log's tail shows that a record about a subject was kept from us.

    ``known`` are the digests of the records that were handed over. Bindings of other
    stamps than the link's need not be.
    """
    entries = evidence.later_entries
    if isinstance(entries, Problem):
        return entries
    index = index_in(evidence.link)
    told = [one for name, one in entries.get(subject, ()) if speaks_of(name, index)]
    if all(one in known for one in told):
        return None
    return Problem(
        "newer-record-hidden",
        "The log holds a record about %(subject)s that was not handed over.",
        {"subject": subject},
    )


def versions_of_lot(evidence: Evidence, record_type: str) -> Sequence[Version]:
    """Return sound records of a label type that name this lot."""
    return evidence.opened.of_lot(record_type, evidence.subject)


def covering_binding(evidence: Evidence) -> Binding | None:
    """Return what binds the link's serial to a lot, or nothing."""
    return binding_of(evidence.opened, evidence.link)


def covering_run(evidence: Evidence) -> Run | None:
    """Return the sound run of the lot that the link's serial was printed in.

    Blank stamps are of the lot that a binding names.
    """
    index = index_in(evidence.link)
    if index is None:
        return None
    own = (
        run_in(one) for one in versions_of_lot(evidence, RUN_TYPE) if not is_blank(one)
    )
    found = next((run for run in own if run and run.covers(index)), None)
    if found is not None:
        return found
    binding = covering_binding(evidence)
    mine = binding is not None and binding.lot == evidence.subject
    return binding.run if binding and mine else None


def covering_void(evidence: Evidence) -> Void | None:
    """Return the sound record that takes the link's serial back, or nothing."""
    index = index_in(evidence.link)
    if index is None:
        return None
    told = [*versions_of_lot(evidence, VOID_TYPE), *_voids_of_blanks(evidence)]
    found = (_void(one) for one in told)
    return next((one for one in found if one and one.first <= index <= one.last), None)


def _voids_of_blanks(evidence: Evidence) -> list[Version]:
    """Return what became void of the blank stamps that the link's serial is among."""
    run = blank_run(evidence.opened, evidence.link)
    if run is None:
        return []
    return [
        one
        for one in versions(evidence.opened, VOID_TYPE)
        if one.credential.claims.get("run") == run.subject
    ]


def is_applied(evidence: Evidence) -> bool:
    """Return whether a sound record tells that the link's label was put on goods."""
    index = index_in(evidence.link)
    if index is None:
        return False
    found = versions_of_lot(evidence, APPLIED_TYPE)
    return any(_holds(one.credential.claims, index) for one in found)


def _holds(claims: Mapping[str, Json], index: int) -> bool:
    first, last = claims.get("from"), claims.get("to")
    if not isinstance(first, int) or not isinstance(last, int):
        return False
    return first <= index <= last


def _void(version: Version) -> Void | None:
    claims = version.credential.claims
    first, last = claims.get("from"), claims.get("to")
    if not isinstance(first, int) or not isinstance(last, int):
        return None
    return Void(
        first=first,
        last=last,
        reason=str(claims.get("reason", "")),
        since=version.credential.issued_at,
    )
