"""Which lot a blank stamp is bound to, as signed and logged records tell it.

A blank stamp's link names its product and its serial, no lot. Its run was signed for
the product; a record about a part of the run binds the part to a lot. Its subject
names the range, ``…#bind-<from>-<to>``, so that the log's entries alone show which
stamps it is about.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from traceability.core.errors import DomainError
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.serials import SerialNumber
from traceability.verification.opened import Opened
from traceability.verification.versions import Version, versions

RUN_TYPE = "LabelRunRecord"  # as labels.service and labels.binding sign them
BINDING_TYPE = "LabelBindingRecord"
BLANK = "blank"
_PART = "#bind-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A range of serials that was printed for a lot, or blank for a product."""

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
class Binding:
    """A range of blank stamps that became labels of a lot."""

    lot: str
    run: Run
    since: datetime
    log_index: int


@lru_cache(maxsize=4096)  # a version is what was signed: it always says the same
def run_in(version: Version) -> Run | None:
    """Return the range of serials that a label run's record tells of, if it does."""
    claims = version.credential.claims
    first, count = claims.get("firstIndex"), claims.get("count")
    if not isinstance(first, int) or not isinstance(count, int):
        return None
    return Run(
        first=first,
        count=count,
        sealed=claims.get("kind") == "sealed",
        must_be_applied=claims.get("mustBeApplied") is True,
        log_index=version.log_index,
        subject=version.credential.subject,
    )


def index_in(link: DigitalLink | None) -> int | None:
    """Return the place in its sequence that a link's serial names, or nothing."""
    return _index_of(link.serial) if link and link.serial is not None else None


@lru_cache(maxsize=256)  # several checks ask
def _index_of(serial: str) -> int | None:
    try:
        return SerialNumber.parse(serial).index
    except DomainError:
        return None


def blank_run(records: Sequence[Opened], link: DigitalLink | None) -> Run | None:
    """Return the sound run of blank stamps that a link's serial was printed in."""
    index, blanks = index_in(link), blank_runs(records)
    if link is None or index is None or not blanks:
        return None
    product = str(link.product_link())
    runs = (
        run_in(one) for one in blanks if one.credential.claims.get("product") == product
    )
    return next((run for run in runs if run and run.covers(index)), None)


def blank_runs(records: Sequence[Opened]) -> Sequence[Version]:
    """Return the sound records of runs of blank stamps."""
    return [one for one in versions(records, RUN_TYPE) if is_blank(one)]


def is_blank(run: Version) -> bool:
    """Return whether a label run's record is about blank stamps."""
    return run.credential.claims.get("kind") == BLANK


def binding_of(records: Sequence[Opened], link: DigitalLink | None) -> Binding | None:
    """Return what binds a link's serial to a lot of its product: the oldest counts."""
    run, index = blank_run(records, link), index_in(link)
    if run is None or link is None or index is None:
        return None
    found = [
        Binding(
            lot=str(one.credential.claims["lot"]),
            run=run,
            since=one.credential.issued_at,
            log_index=one.log_index,
        )
        for one in versions(records, BINDING_TYPE)
        if _binds(one, run, index, str(link.product_link()))
    ]
    return min(found, key=lambda one: one.log_index, default=None)


def _binds(version: Version, run: Run, index: int, product: str) -> bool:
    """Return whether a record binds an index of a run to a lot of the product."""
    claims, subject = version.credential.claims, version.credential.subject
    first, last, part = claims.get("from"), claims.get("to"), range_in(subject)
    return (
        isinstance(first, int)
        and isinstance(last, int)
        and (first, last) == part
        and first <= index <= last
        and subject.startswith(run.subject + _PART)
        and claims.get("run") == run.subject
        and str(claims.get("lot", "")).startswith(f"{product}/10/")
    )


def range_in(subject: str) -> tuple[int, int] | None:
    """Return the range that the subject of a binding names, or nothing."""
    first, dash, last = subject.partition(_PART)[2].partition("-")
    if not dash or not _is_index(first) or not _is_index(last):
        return None
    return int(first), int(last)


def _is_index(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 10  # noqa: PLR2004 (30 bits)


def speaks_of(subject: str, index: int | None) -> bool:
    """Return whether a record about a run, or a part of it, may speak of an index.

    Only the binding of another range does not.
    """
    part = range_in(subject)
    return part is None or index is None or part[0] <= index <= part[1]
