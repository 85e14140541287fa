"""The fact that is signed: a recognition, its corrections and its withdrawal."""

from traceability.core.canonical import Json
from traceability.ocop.rating import RecognitionFacts

RECOGNITION = "RecognitionRecord"


def recognition_claims(
    facts: RecognitionFacts, *, product_link: str, recognised_by: str
) -> dict[str, Json]:
    """Return what is signed; a withdrawal is the next version with day and reason."""
    claims: dict[str, Json] = {
        "product": product_link,
        "stars": facts.stars,
        "points": format(facts.points, "f"),
        "decisionNo": facts.decision_no,
        "decidedBy": facts.decided_by,
        "recognisedBy": recognised_by,
        "certificateNo": facts.certificate_no,
        "issued": facts.issued.isoformat(),
        "expires": facts.expires.isoformat(),
        "rules": facts.rules,
    }
    if facts.scope:
        claims["scope"] = facts.scope
    if facts.withdrawn_on is not None:
        claims["withdrawnOn"] = facts.withdrawn_on.isoformat()
        claims["withdrawalReason"] = facts.withdrawal_reason
    return claims
