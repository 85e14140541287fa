"""Private values handed over on purpose: each opens its commitment or is a lie."""

from collections.abc import Iterable
from dataclasses import dataclass

from traceability.core.canonical import Json
from traceability.records.credential import Disclosure
from traceability.verification.findings import Problem
from traceability.verification.opened import Opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """One private value of one record (by its bare id), with its salt."""

    record: str
    name: str
    salt: bytes
    value: Json


def false_disclosure(
    disclosed: Iterable[Disclosed], records: Iterable[Opened]
) -> Problem | None:
    """Return the first value that opens no commitment of its record, or nothing."""
    signed = {}
    for one in records:
        if one.credential is not None and one.signature is None:
            record_id = one.credential.id.rpartition("/")[2]
            signed[record_id] = one.credential.claims.get("commitments")
    for value in disclosed:
        if not _opens(value, signed.get(value.record)):
            return Problem(
                "disclosure-false",
                "The value of %(name)s does not open what record %(record)s commits "
                "to.",
                {"name": value.name, "record": value.record},
            )
    return None


def _opens(one: Disclosed, commitments: Json) -> bool:
    if not isinstance(commitments, dict):
        return False
    try:
        commitment = Disclosure(one.name, one.salt, one.value).commitment
    except (TypeError, ValueError):  # a number that RFC 8785 does not take from us
        return False
    return bool(commitments.get(one.name) == commitment)
