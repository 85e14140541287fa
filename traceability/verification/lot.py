"""What the records about one lot say, read from those that hold."""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
from traceability.labels.serials import SerialNumber
from traceability.verification.evidence import Evidence
from traceability.verification.findings import Problem
from traceability.verification.opened import Credential, Opened

RUN_TYPE = "LabelRunRecord"  # as labels.service signs them
VOID_TYPE = "LabelVoidRecord"
APPLIED_TYPE = "LabelAppliedRecord"
REPRINT_TYPE = "LabelReprintRecord"
SEALED = "sealed"
STATUSES = ("held", "recalled", "released")
SPOKEN_OF = (RECORD_TYPE, STATUS_RECORD_TYPE)  # their subject is the lot itself
LABELS = (RUN_TYPE, VOID_TYPE, APPLIED_TYPE, REPRINT_TYPE)  # claims name the lot


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One sound version of a fact, with its place in the log."""

    credential: Credential
    digest: str
    log_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A range of serials that was printed for the lot."""

    first: int
    count: int
    sealed: bool
    must_be_applied: bool  # a label of it counts only once it was put on goods
    log_index: int
    subject: str

    def covers(self, index: int) -> bool:
        """Return whether a serial's index lies in the range."""
        return self.first <= index < self.first + self.count


@dataclass(frozen=True, slots=True, kw_only=True)
class Void:
    """A range of serials that was taken back, both ends included."""

    first: int
    last: int
    reason: str
    since: datetime


def versions(records: Iterable[Opened], record_type: str) -> list[Version]:
    """Return the sound versions of a type, oldest first."""
    found = [
        Version(
            credential=one.credential,
            digest=one.digest,
            log_index=one.record.log_index,
        )
        for one in records
        if one.sound
        and one.credential is not None
        and one.record.log_index is not None
        and one.credential.type == record_type
    ]
    return sorted(found, key=lambda one: one.credential.version)


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

    ``known`` are the digests of the records that were handed over.
    """
    entries = evidence.later_entries
    if isinstance(entries, Problem):
        return entries
    if all(one in known for one in entries.get(subject, ())):
        return None
    return Problem(
        "newer-record-hidden",
        "The log holds a record about %(subject)s that was not handed over.",
        {"subject": subject},
    )


def runs(evidence: Evidence) -> list[Run]:
    """Return the sound label runs of the lot."""
    return [run for one in versions_of_lot(evidence, RUN_TYPE) if (run := _run(one))]


def voids(evidence: Evidence) -> list[Void]:
    """Return the sound ranges of void labels of the lot."""
    return [gap for one in versions_of_lot(evidence, VOID_TYPE) if (gap := _void(one))]


def versions_of_lot(evidence: Evidence, record_type: str) -> list[Version]:
    """Return sound records of a label type that name this lot."""
    return [
        one
        for one in versions(evidence.opened, record_type)
        if one.credential.claims.get("lot") == evidence.subject
    ]


def serial_index(evidence: Evidence) -> int | None:
    """Return the place in its sequence that the link's serial names, or nothing."""
    if evidence.link is None or evidence.link.serial is None:
        return None
    return _index_in(evidence.link.serial)


@lru_cache(maxsize=256)  # several checks ask
def _index_in(serial: str) -> int | None:
    try:
        return SerialNumber.parse(serial).index
    except DomainError:
        return None


def covering_run(evidence: Evidence) -> Run | None:
    """Return the sound run that the link's serial was printed in, or nothing."""
    index = serial_index(evidence)
    if index is None:
        return None
    return next((run for run in runs(evidence) if run.covers(index)), None)


def covering_void(evidence: Evidence) -> Void | None:
    """Return the sound record that takes the link's serial back, or nothing."""
    index = serial_index(evidence)
    if index is None:
        return None
    found = voids(evidence)
    return next((one for one in found if one.first <= index <= one.last), None)


def is_applied(evidence: Evidence) -> bool:
    """Return whether a sound record tells that the link's label was put on goods."""
    index = serial_index(evidence)
    if index is None:
        return False
    found = versions_of_lot(evidence, APPLIED_TYPE)
    return any(_holds(one.credential.claims, index) for one in found)


def _holds(claims: Mapping[str, Json], index: int) -> bool:
    first, last = claims.get("from"), claims.get("to")
    if not isinstance(first, int) or not isinstance(last, int):
        return False
    return first <= index <= last


def _run(version: Version) -> Run | None:
    claims = version.credential.claims
    first, count = claims.get("firstIndex"), claims.get("count")
    if not isinstance(first, int) or not isinstance(count, int):
        return None
    return Run(
        first=first,
        count=count,
        sealed=claims.get("kind") == SEALED,
        must_be_applied=claims.get("mustBeApplied") is True,
        log_index=version.log_index,
        subject=version.credential.subject,
    )


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
