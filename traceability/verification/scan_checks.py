"""Check 11: what the history of scans says about copying."""

from traceability.verification.evidence import Evidence
from traceability.verification.findings import Finding, failed, not_checked, passed

SCANS = 11
_UNKNOWN_SIGN = "The scans of this code look unusual (%(sign)s)."


def check_11(evidence: Evidence) -> Finding:
    """Check that the code was not scanned as only a copied one would be."""
    if evidence.link is None or evidence.scans is None:
        return not_checked(SCANS, "offline", "Only the service knows how often.")
    if evidence.link.serial is None:
        return not_checked(
            SCANS,
            "lot-level",
            "The whole lot shares this code, so its scans say nothing about copies.",
        )
    if evidence.scans.signs:
        sign = evidence.scans.signs[0]
        return failed(SCANS, sign, _UNKNOWN_SIGN, sign=sign)
    return passed(
        SCANS,
        "scans-usual",
        "Scanned %(count)d times, with no sign of copying.",
        count=evidence.scans.count,
    )
