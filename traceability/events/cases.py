"""Codes of cases and pallets: an SSCC, or one of the producer's own. Pure."""

import re

from traceability.core.identity import Identity
from traceability.events.errors import CaseCodeError
from traceability.gs1.keys import check_digit

_SSCC = re.compile(r"(?:\(00\)|00)?([0-9]{18})", re.ASCII)
_OWN = re.compile(r"[0-9A-Z-]{1,20}", re.ASCII)
_DIGITS = 18


def case_code(text: str) -> str:
    """Return an SSCC's 18 digits, or an own code of up to 20 characters.

    Raises ``CaseCodeError``, also for a wrong check digit.
    """
    written = "".join(text.split()).upper()
    sscc = _SSCC.fullmatch(written)
    if sscc is not None and _holds(sscc[1]):
        return sscc[1]
    if sscc is None and _OWN.fullmatch(written) and not _looks_like_one(written):
        return written
    raise CaseCodeError(
        "Give an SSCC of 18 digits with its check digit, or a code of your own of up "
        "to 20 characters: 0-9, A-Z and -.",
        field="parent_code",
    )


def own_case_link(public_id: str, identity: Identity) -> str:
    """Return a case's name in events: an address that tells nothing of its code."""
    return identity.url(f"/cases/{public_id}")


def _looks_like_one(code: str) -> bool:
    return code.isdecimal() and len(code) >= _DIGITS


def _holds(digits: str) -> bool:
    return check_digit(digits[:-1]) == digits[-1]
