"""The shapes all UNTP 0.7.0 credentials share. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from traceability.core.canonical import Json
from traceability.core.clock import HANOI
from traceability.core.identity import Identity
from traceability.core.quantity import Quantity
from traceability.credentials.source import (
    Source,
    Variant,
    address_of,
    filled,
)
from traceability.credentials.words import CONTEXT_PATH
from traceability.records.credential import (
    CREDENTIALS_CONTEXT,
    MEDIA_TYPE,
    instant_text,
)
from traceability.status.lists import Profile, Purpose, status_entry

UNTP_CONTEXT = "https://vocabulary.uncefact.org/untp/0.7.0/context/"
_SCHEMAS = "https://untp.unece.org/artefacts/schema/v0.7.0/"
_GS1 = "https://ref.gs1.org/voc/"
UNNAMED = "Hộ sản xuất (không công bố tên) · Household (name not public)"
NOT_PUBLIC = "Không công bố · Not public"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of UNTP credential and the schema it is published with."""

    type: str
    schema: str


PASSPORT = Kind("DigitalProductPassport", "dpp/DigitalProductPassport.json")
CONFORMITY = Kind("DigitalConformityCredential", "dcc/ConformityCredential.json")
EVENT = Kind("DigitalTraceabilityEvent", "dte/DigitalTraceabilityEvent.json")
FACILITY = Kind("DigitalFacilityRecord", "dfr/DigitalFacilityRecord.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What a record becomes, before envelope and signature."""

    kind: Kind
    name: str
    subject: Json
    valid_until: date | None = None  # its last day, in Viet Nam


def credential(
    derived: Derived, source: Source, variant: Variant, identity: Identity
) -> dict[str, Json]:
    """Return the payload to be signed: the same for the same record, whenever asked.

    ``relatedResource`` (VCDM 2.0, 5.3) leads to the source: its address, the digest of
    its bytes and its number in the log.
    """
    status = w3c_status if variant.in_w3c_form else untp_status
    members = {
        "@context": [CREDENTIALS_CONTEXT, UNTP_CONTEXT, identity.url(CONTEXT_PATH)],
        "id": identity.url(address_of(source.public_id, variant)),
        "type": [derived.kind.type, "VerifiableCredential"],
        "issuer": {
            "type": ["CredentialIssuer"],
            "id": identity.did,
            "name": identity.host,
        },
        "validFrom": instant_text(source.issued_at),
        "validUntil": _end_of(derived.valid_until),
        "name": derived.name,
        "credentialSchema": {
            "id": _SCHEMAS + derived.kind.schema,
            "type": "JsonSchema",
        },
        "credentialStatus": status(source.log_index, identity),
        "relatedResource": _related(source, identity),
        "credentialSubject": derived.subject,
    }
    return filled(members)


def _end_of(day: date | None) -> str:
    if day is None:
        return ""
    return instant_text(
        datetime.combine(day, time(23, 59, 59), tzinfo=HANOI).astimezone(UTC)
    )


def _related(source: Source, identity: Identity) -> dict[str, Json]:
    address = source.url(identity)
    return {
        "id": address,
        "mediaType": MEDIA_TYPE,
        "digestMultibase": source.digest_multibase,
        "logIndex": source.log_index,
        "logOrigin": identity.log_origin,
        "inclusionProof": f"{address}/proof",
    }


def source_link(source: Source, identity: Identity) -> dict[str, Json]:
    """Return UNTP's own kind of link to the record, with the digest of its bytes."""
    return {
        "linkURL": source.url(identity),
        "linkName": f"{source.type}, số {source.log_index} trong nhật ký"
        f" · number {source.log_index} in the log",
        "digestMultibase": source.digest_multibase,
        "mediaType": MEDIA_TYPE,
        "linkType": f"{_GS1}jws",
    }


def web_link(address: str, name: str, link_type: str) -> dict[str, Json]:
    """Return a link to a page of ours, with its type in GS1's vocabulary."""
    return {
        "linkURL": address,
        "linkName": name,
        "mediaType": "text/html",
        "linkType": _GS1 + link_type,
    }


def country() -> dict[str, Json]:
    """Return Viet Nam, where everything registered here is."""
    return {"countryCode": "VN", "countryName": "Viet Nam"}


def party(address: str, name: str) -> dict[str, Json]:
    """Return a party; without a name that may be told, words that say so."""
    return {"type": ["Party"], "id": address, "name": name or UNNAMED}


def voucher_party(voucher: Mapping[str, str]) -> dict[str, Json]:
    """Return the party whose word a record is."""
    return party(voucher["id"], voucher.get("name", ""))


def named(type_: str, address: str, name: str) -> dict[str, Json]:
    """Return what UNTP names by type, id and name only."""
    return {"type": [type_], "id": address, "name": name}


def measure(quantity: Quantity) -> dict[str, Json]:
    """Return a quantity: a number, and its unit of UN/ECE Recommendation 20."""
    return {"value": quantity.amount, "unit": quantity.unit}


def classification(code: str, name: str, scheme: str, title: str) -> dict[str, Json]:
    """Return a code of a list."""
    return {"code": code, "name": name, "schemeId": scheme, "schemeName": title}


def untp_status(log_index: int, identity: Identity) -> dict[str, Json]:
    """Return the one entry UNTP has room for: withdrawn and recalled for good."""
    return status_entry(
        identity.origin, log_index, Purpose.REVOCATION, profile=Profile.UNTP
    )


def w3c_status(log_index: int, identity: Identity) -> list[Json]:
    """Return one entry for each list, as Bitstring Status List v1.0 writes them."""
    return [status_entry(identity.origin, log_index, purpose) for purpose in Purpose]
