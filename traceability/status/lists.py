"""A status list as a credential, and how records point into it; pure.

Lists are addressed by log index: the record at entry ``i`` of the log has bit
``i % 131072`` of list ``i // 131072`` (docs/adr says why).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from traceability.core.canonical import Json
from traceability.records.credential import CREDENTIALS_CONTEXT
from traceability.signing.entries import as_list, as_text, instant_text, parse_instant
from traceability.status.bitstring import SIZE, decode, encode, is_set
from traceability.status.errors import (
    StatusListMalformedError,
    StatusListPurposeError,
    StatusListTooLargeError,
)

LIFETIME = timedelta(days=7)
TTL = timedelta(hours=1)  # after which a reader should ask again
MAX_TOKEN = 64 * 1024  # characters; one whose bits cannot be packed has half of that
_LIST_TYPE = "BitstringStatusListCredential"
_SUBJECT_TYPE = "BitstringStatusList"
_ENTRY_TYPE = "BitstringStatusListEntry"
_PATH = re.compile(r"/status/(suspension|revocation)/(0|[1-9][0-9]{0,11})")


class Purpose(StrEnum):
    """What a set bit says of a record (2.2)."""

    REVOCATION = "revocation"  # recalled or withdrawn, for good
    SUSPENSION = "suspension"  # held, for the time being


class Profile(StrEnum):
    """Whose rules an entry is written by; they disagree about the index."""

    W3C = "w3c"  # Bitstring Status List v1.0, 2.1: a string in base 10
    UNTP = "untp"  # UNTP 0.7.0, its JSON Schemas: an integer


@dataclass(frozen=True, slots=True, order=True)
class ListId:
    """Which list: its purpose and its number."""

    purpose: Purpose
    number: int

    @property
    def path(self) -> str:
        """Return where the list is served."""
        return f"/status/{self.purpose.value}/{self.number}"

    def url(self, origin: str) -> str:
        """Return the list's address, which is its id."""
        return f"{origin}{self.path}"


def list_of(purpose: Purpose, log_index: int) -> ListId:
    """Return the list that speaks of an entry of the log."""
    return ListId(purpose, log_index // SIZE)


def lists_of(log_indexes: Iterable[int]) -> list[ListId]:
    """Return the lists, of both purposes, that speak of some entries of the log."""
    numbers = sorted({index // SIZE for index in log_indexes})
    return [ListId(purpose, number) for number in numbers for purpose in Purpose]


def parse_path(path: str) -> ListId | None:
    """Read what ``ListId.path`` wrote, or nothing."""
    found = _PATH.fullmatch(path)
    return ListId(Purpose(found[1]), int(found[2])) if found else None


def status_entry(
    origin: str, log_index: int, purpose: Purpose, profile: Profile = Profile.W3C
) -> dict[str, Json]:
    """Return the ``credentialStatus`` of what entry ``log_index`` of the log holds.

    ``origin`` is the service's own, without a slash at the end. A credential that is
    derived from a record has the record's entry.
    """
    listed, position = list_of(purpose, log_index), log_index % SIZE
    url = listed.url(origin)
    return {
        "id": f"{url}#{position}",
        "type": _ENTRY_TYPE,
        "statusPurpose": purpose.value,
        "statusListIndex": position if profile is Profile.UNTP else str(position),
        "statusListCredential": url,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """One list as of an instant."""

    id: ListId
    origin: str
    issuer: str
    valid_from: datetime
    valid_until: datetime
    bits: bytes = field(repr=False)

    @property
    def url(self) -> str:
        """Return the list's address."""
        return self.id.url(self.origin)

    def is_set(self, log_index: int) -> bool:
        """Return what the list says of an entry of the log that it speaks of."""
        return is_set(self.bits, log_index % SIZE)


def payload_of(one: StatusList) -> dict[str, Json]:
    """Return the credential that is signed."""
    return {
        "@context": [CREDENTIALS_CONTEXT],
        "id": one.url,
        "type": ["VerifiableCredential", _LIST_TYPE],
        "issuer": one.issuer,
        "validFrom": instant_text(one.valid_from),
        "validUntil": instant_text(one.valid_until),
        "credentialSubject": {
            "id": f"{one.url}#list",
            "type": _SUBJECT_TYPE,
            "statusPurpose": one.id.purpose.value,
            "ttl": int(TTL / timedelta(milliseconds=1)),
            "encodedList": encode(one.bits),
        },
    }


def read_status_list(payload: Mapping[str, Any]) -> StatusList:
    """Read what ``payload_of`` wrote. Who signed it is another question.

    Raises ``StatusListMalformedError``, ``StatusListPurposeError``,
    ``StatusListEncodingError``, ``StatusListSizeError``.
    """
    try:
        subject = payload["credentialSubject"]
        url, purpose = as_text(payload["id"]), as_text(subject["statusPurpose"])
        typed = _LIST_TYPE in as_list(payload["type"])
        typed = typed and subject["type"] == _SUBJECT_TYPE
        begin, end = (
            parse_instant(payload[name]) for name in ("validFrom", "validUntil")
        )
        issuer, encoded = as_text(payload["issuer"]), as_text(subject["encodedList"])
    except (KeyError, TypeError, ValueError):
        raise StatusListMalformedError("This is no status list.") from None
    origin, slash, rest = url.partition("/status/")
    listed = parse_path(f"{slash}{rest}")
    if not typed or listed is None:
        raise StatusListMalformedError("This is no status list.")
    if purpose != listed.purpose.value:
        raise StatusListPurposeError("The list's purpose is not that of its address.")
    return StatusList(
        id=listed,
        origin=origin,
        issuer=issuer,
        valid_from=begin,
        valid_until=end,
        bits=decode(encoded),
    )


def check_length(token: str) -> None:
    """Refuse a token longer than any list. Raises ``StatusListTooLargeError``."""
    if len(token) > MAX_TOKEN:
        raise StatusListTooLargeError(
            "The list is longer than %(n)d characters.", n=MAX_TOKEN
        )
