"""Take reports of problems, and mark them as handled. The caller commits."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from traceability.accounts.service import audit
from traceability.core.ids import new_id
from traceability.core.permissions import Actor
from traceability.core.ports import Clock
from traceability.lookup.errors import TooManyReportsError
from traceability.lookup.models import ProblemReport
from traceability.lookup.queries import Found, Lead, report_of, reports_since

WINDOW: Final = timedelta(hours=1)
MOST_IN_WINDOW: Final = 20  # about one lot, product or code; more tell nothing new


class ReportKind(StrEnum):
    """What a person says is wrong."""

    COPY = "copy"
    MISMATCH = "mismatch"
    QUALITY = "quality"
    CODE = "code"
    OTHER = "other"
    OTHER_LOT = "other-lot"  # noticed here: a genuine serial under another lot's link


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDraft:
    """A report as it was sent; ``contact`` may be empty."""

    kind: ReportKind
    text: str
    contact: str = ""


def file_report(
    session: Session, found: Found, draft: ReportDraft, *, clock: Clock
) -> ProblemReport:
    """Store a report for the producer of what a link leads to, and for officers.

    Raises ``TooManyReportsError`` beyond 20 an hour about one lot, product or code.
    """
    about = _about(found)
    now = clock.now()
    if reports_since(session, about, now - WINDOW) >= MOST_IN_WINDOW:
        raise TooManyReportsError(
            "This code was reported many times in the last hour; the producer and the "
            "officer have those reports. Try again later."
        )
    report = ProblemReport(
        public_id=new_id(),
        link=str(found.link),
        about=about,
        organisation_id=found.producer.id if found.producer else None,
        product_name=found.product.name_vi if found.product else "",
        kind=draft.kind.value,
        text=draft.text,
        contact=draft.contact,
        created_at=now,
    )
    session.add(report)
    session.flush()
    return report


def _about(found: Found) -> str:
    """Return what counts as one thing for the bound: no serial widens it."""
    if found.batch is not None:
        return found.batch.digital_link
    if found.product is not None:
        return str(found.link.product_link())
    return "unregistered"


def note_other_lot(session: Session, found: Found, *, clock: Clock) -> bool:
    """Tell producer and officer of a genuine serial under another lot's link.

    Once for each lot and hour; returns whether it was written down.
    """
    if found.lead is not Lead.OTHER_LOT:
        return False
    if reports_since(session, _about(found), clock.now() - WINDOW):
        return False
    file_report(
        session, found, ReportDraft(kind=ReportKind.OTHER_LOT, text=""), clock=clock
    )
    return True


def mark_handled(
    session: Session, public_id: str, *, actor: Actor, clock: Clock
) -> ProblemReport:
    """Mark a report as handled; run again, the first time stands.

    Raises ``ReportNotFoundError`` for other producers' reports.
    """
    report = report_of(session, public_id, actor)
    if report.handled_at is None:
        report.handled_at = clock.now()
        report.handled_by = actor.name
        audit(session, actor, "report-handled", f"report:{report.public_id}", clock)
    return report
