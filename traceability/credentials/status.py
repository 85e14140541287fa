"""Where a record's status stands: entries of Bitstring Status Lists. Pure.

Lists are addressed by log index: 131,072 records a list. W3C wants both purposes and
the index as text; the schemas of UNTP 0.7.0 take one entry, its index as a number.
"""

from traceability.core.canonical import Json
from traceability.core.identity import Identity

LIST_BITS = 131_072
SUSPENSION, REVOCATION = "suspension", "revocation"


def untp_status(log_index: int, identity: Identity) -> dict[str, Json]:
    """Return the one entry UNTP has room for: withdrawn and recalled for good."""
    entry = _entry(log_index, REVOCATION, identity)
    return {**entry, "statusListIndex": log_index % LIST_BITS}


def w3c_status(log_index: int, identity: Identity) -> list[Json]:
    """Return one entry for each list, as Bitstring Status List v1.0 writes them."""
    return [
        {
            **_entry(log_index, purpose, identity),
            "statusListIndex": str(log_index % LIST_BITS),
        }
        for purpose in (REVOCATION, SUSPENSION)
    ]


def _entry(log_index: int, purpose: str, identity: Identity) -> dict[str, Json]:
    number, position = divmod(log_index, LIST_BITS)
    address = identity.url(f"/status/{purpose}/{number}")
    return {
        "type": "BitstringStatusListEntry",
        "id": f"{address}#{position}",
        "statusPurpose": purpose,
        "statusListCredential": address,
    }
