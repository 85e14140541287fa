"""The words of ours inside UNTP credentials, as the context that is served for them.

They are those of ``/contexts/v1``. That document is protected as a whole, and UNTP's
classes use some of its words (owner, status, scope) in a meaning of their own; so what
UNTP has no word for stands in a small context of its own.
"""

from traceability.core.canonical import Json
from traceability.core.identity import Identity
from traceability.records.vocabulary import CONTEXT_PATH as VOCABULARY_PATH, XSD

CONTEXT_PATH = "/contexts/credentials/v1"
_PLAIN = (
    *("logOrigin", "communeCode", "variety", "stage"),
    *("quantity", "value", "unitCode", "netContent"),
)
_TYPED = {
    "logIndex": f"{XSD}integer",
    "inclusionProof": "@id",
    "bestBefore": f"{XSD}date",
    "packagingDate": f"{XSD}date",
}


def context_document(identity: Identity) -> dict[str, Json]:
    """Return the JSON-LD context: each word an address in our vocabulary."""
    base = identity.url(f"{VOCABULARY_PATH}#")
    context: dict[str, Json] = {"@version": 1.1}
    context |= {name: f"{base}{name}" for name in _PLAIN}
    context |= {
        name: {"@id": f"{base}{name}", "@type": kind} for name, kind in _TYPED.items()
    }
    return {"@context": context}
