"""What an officer enters, cleaned and checked against the rules of its day."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from traceability.catalog.drafts import cleaned
from traceability.ocop.rating import check_rating, expiry_of
from traceability.ocop.rules import Authority, rules_for


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionDraft:
    """A recognition as the decision and the certificate word it."""

    product_id: int
    stars: int
    points: Decimal
    recognised_by: Authority
    decision_no: str
    decided_by: str  # the body as the decision names it
    certificate_no: str
    issued: date
    scope: str = ""  # what exactly is recognised; empty: the product as registered
    rules: str = ""  # the rating decision; empty: the newest in force on the day

    def __post_init__(self) -> None:
        """Clean the texts, settle the rules; raises for what does not go together."""
        required = {"decision_no", "decided_by", "certificate_no"}
        for one in fields(self):
            value = getattr(self, one.name)
            if type(value) is str:
                text = cleaned(value, one.name, required=one.name in required)
                object.__setattr__(self, one.name, text)
        version = rules_for(self.issued, self.rules)
        check_rating(self.stars, self.points, self.recognised_by, version)
        object.__setattr__(self, "rules", version.document)

    @property
    def expires(self) -> date:
        """Return the last day the certificate holds."""
        return expiry_of(self.issued)
