"""Read signed claims of a recognition back into facts. Pure."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from traceability.ocop.rating import RecognitionFacts


def facts_of(claims: Mapping[str, Any], public_id: str) -> RecognitionFacts:
    """Return what decides about stars, as it was signed."""
    withdrawn = claims.get("withdrawnOn")
    return RecognitionFacts(
        public_id=public_id,
        stars=int(claims["stars"]),
        points=Decimal(claims["points"]),
        scope=claims.get("scope", ""),
        decision_no=claims["decisionNo"],
        decided_by=claims["decidedBy"],
        certificate_no=claims["certificateNo"],
        rules=claims["rules"],
        issued=date.fromisoformat(claims["issued"]),
        expires=date.fromisoformat(claims["expires"]),
        withdrawn_on=date.fromisoformat(withdrawn) if withdrawn else None,
        withdrawal_reason=claims.get("withdrawalReason"),
    )
