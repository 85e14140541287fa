"""What a page tells beside the verdict, drawn from records that hold."""

from dataclasses import dataclass
from datetime import date, datetime

from traceability.batches.record import RECORD_TYPE
from traceability.transparency.cosignatures import key_names
from traceability.verification.currency_checks import expiry_of
from traceability.verification.evidence import Evidence, LabelState
from traceability.verification.findings import Problem
from traceability.verification.lot import covering_void, status
from traceability.verification.versions import versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A hold or a recall as its signed record tells it."""

    status: str
    since: datetime
    reason_vi: str
    reason_en: str
    advice_vi: str
    advice_en: str
    contact: str
    by: str  # the voucher's name, or empty


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the verdict line and the words below it need."""

    link: str
    serial_level: bool
    logged_at: datetime | None = None  # of the lot's first record
    log_index: int | None = None
    scans: int | None = None
    first_scan: date | None = None
    stop: Stop | None = None
    expired_after: date | None = None
    void_since: datetime | None = None
    void_reason: str = ""
    lot_known: bool = False
    product_known: bool = False
    checked_at: datetime
    cosigners: tuple[str, ...] = ()  # known witnesses that signed the log's head


_NO_PRODUCT = {LabelState.PRODUCT_UNKNOWN}
_NO_LOT = {LabelState.PRODUCT_UNKNOWN, LabelState.LOT_UNKNOWN, LabelState.PRODUCT}


def facts_of(evidence: Evidence) -> Facts:
    """Return what is known beside the findings."""
    label, link = evidence.label, evidence.link
    records = versions(evidence.opened, RECORD_TYPE)
    first = records[0] if records else None
    since, reason = _void(evidence)
    return Facts(
        link=str(link) if link else (evidence.asked.text if evidence.asked else ""),
        serial_level=link is not None and link.serial is not None,
        logged_at=first.credential.issued_at if first else None,
        log_index=first.log_index if first else None,
        scans=evidence.scans.count if evidence.scans else None,
        first_scan=evidence.scans.first if evidence.scans else None,
        stop=_stop(evidence),
        expired_after=_expired_after(evidence),
        void_since=since,
        void_reason=reason,
        lot_known=label is not None and label.state not in _NO_LOT,
        product_known=label is not None and label.state not in _NO_PRODUCT,
        checked_at=evidence.now,
        cosigners=_cosigners(evidence),
    )


def _cosigners(evidence: Evidence) -> tuple[str, ...]:
    found = evidence.cosigned
    sound = not isinstance(evidence.tree, Problem)
    return () if isinstance(found, Problem) or not sound else key_names(found)


def _expired_after(evidence: Evidence) -> date | None:
    expiry = expiry_of(evidence)
    return expiry if expiry is not None and expiry < evidence.today else None


def _void(evidence: Evidence) -> tuple[datetime | None, str]:
    signed = covering_void(evidence)
    if signed is not None:
        return signed.since, signed.reason
    label = evidence.label
    return (label.void_on, label.void_reason) if label else (None, "")


def _stop(evidence: Evidence) -> Stop | None:
    found = status(evidence)
    if found is None or isinstance(found, Problem) or found[0].status == "released":
        return None
    notice, version = found
    return Stop(
        status=notice.status,
        since=version.credential.issued_at,
        reason_vi=notice.reason_vi,
        reason_en=notice.reason_en,
        advice_vi=notice.advice_vi,
        advice_en=notice.advice_en,
        contact=notice.contact,
        by=str(version.credential.voucher.get("name", "")),
    )
