"""Every word our records use, as the JSON-LD context that is served at /contexts/v1.

What stands here keeps its meaning: a new meaning is a new word, or /contexts/v2.
Words of the W3C credentials context (id, type, name, issuer, validFrom …) stay there.
"""

from collections.abc import Iterator

from traceability.core.canonical import Json
from traceability.core.identity import Identity

CONTEXT_PATH = "/contexts/v1"
XSD = "http://www.w3.org/2001/XMLSchema#"

TYPES = (
    "BatchRecord",
    "BatchStatusRecord",
    "CertificateRecord",
    "InspectionRecord",
    "ConfirmationRecord",
    "IpRightRecord",
    "LabelAppliedRecord",
    "LabelReprintRecord",
    "LabelBindingRecord",
    "LabelRunRecord",
    "LabelVoidRecord",
    "PublishedFileRecord",
    "RecognitionRecord",
    "ScratchDeliveryRecord",
    "TraceEventRecord",
    "TrustListRecord",
)
LINKS = ("inclusionProof", "lot", "producer", "product", "recognition", "run")
DAYS = (
    *("productionDate", "packagingDate", "bestBefore", "expiry"),
    *("issued", "expires", "withdrawnOn", "rightToUseDate", "validTo"),
    *("lastUse", "harvestedOn", "happenedOn", "appliedOn"),
)
LITERALS = ("commitments", "event")  # kept as they are: names of fields, an EPCIS event
PLAIN = (
    # every record
    *("vouchedBy", "basis", "version", "supersedes"),
    # products, quantities, places
    *("gtin", "internalCode", "nameVi", "nameEn", "netContent"),
    *("quantity", "value", "unitCode", "site", "siteCommune"),
    *("communeCode", "communeName", "gln"),
    # batches
    *("lotNumber", "variety", "inputs", "recordSha256", "outside"),
    *("massBalanceOverride", "shortfalls", "rule", "available", "wanted"),
    *("ruleOverrides", "findings", "first", "second"),
    *("correctionReason", "status", "reason", "advice", "contact", "vi", "en"),
    # recognitions, certificates, signs
    *("stars", "points", "scope", "decisionNo", "decidedBy", "recognisedBy"),
    *("certificateNo", "rules", "withdrawalReason", "kind", "number", "body"),
    *("sign", "state", "registerNo", "owner", "managingBody", "decision"),
    *("goods", "rightToUse", "fileSha256", "fileVersion"),
    # labels
    *("firstIndex", "count", "stock", "serialKeyId", "sealKid", "from", "to"),
    *("elsewhere", "scratch"),
    *("excess", "packs", "live", "mustBeApplied"),
    # inspections
    *("seenAt", "enteredAt", "offline", "published", "result"),
    # events (ocop:stage) and keys
    *("stage", "trustListVersion", "trustListSha256"),
    # credentials derived from records
    *("logIndex", "logOrigin"),
)
# Defined by https://www.w3.org/ns/credentials/v2, which must not be defined again.
CREDENTIAL_TERMS = frozenset(
    {
        *("id", "type", "name", "description", "issuer", "validFrom", "validUntil"),
        *("credentialSubject", "VerifiableCredential"),
    }
)


def context_document(identity: Identity) -> dict[str, Json]:
    """Return the JSON-LD context: each word an address of ours."""
    base = identity.url(f"{CONTEXT_PATH}#")
    context: dict[str, Json] = {"@version": 1.1, "@protected": True, "ocop": base}
    context |= {name: f"{base}{name}" for name in sorted({*TYPES, *PLAIN})}
    context |= {name: _typed(base, name, "@id") for name in LINKS}
    context |= {name: _typed(base, name, f"{XSD}date") for name in DAYS}
    context |= {name: _typed(base, name, "@json") for name in LITERALS}
    return {"@context": context}


def _typed(base: str, name: str, kind: str) -> dict[str, str]:
    return {"@id": f"{base}{name}", "@type": kind}


def undefined_terms(payload: Json) -> set[str]:
    """Return the words of a credential that neither context defines."""
    known = CREDENTIAL_TERMS.union(TYPES, LINKS, DAYS, LITERALS, PLAIN, {"@context"})
    return set(_words(payload)) - known


def _words(value: Json) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _words(one)
    if not isinstance(value, dict):
        return
    for name, inner in value.items():
        yield name
        if name == "type":
            yield from inner if isinstance(inner, list) else [inner]
        elif name not in {"@context", *LITERALS}:
            yield from _words(inner)
