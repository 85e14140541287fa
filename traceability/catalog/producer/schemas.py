"""What travels over the API about a producer on its labels."""

from typing import Any

from marshmallow import Schema, fields

from traceability.catalog.drafts import SHORT, ProducerDraft
from traceability.catalog.models import ProducerDetails
from traceability.gs1.keys import Gln
from traceability.web.fields import CleanText


class ApiProducer(Schema):
    """What labels and passports say of a producer: only what is sent changes."""

    tax_code = CleanText(max_length=14)
    gln = CleanText(max_length=13, allow_none=True)
    address = CleanText(max_length=SHORT)


class ApiProducerShown(Schema):
    """What labels and passports say of a producer."""

    tax_code = fields.String(required=True)
    gln = fields.String(required=True, allow_none=True)
    address = fields.String(required=True)


def producer_shown(details: ProducerDetails | None) -> dict[str, Any]:
    """Return the details as they are answered; empty where nothing was entered."""
    return {
        "tax_code": details.tax_code if details else "",
        "gln": details.gln_digits if details else None,
        "address": details.address if details else "",
    }


def producer_draft(
    data: dict[str, Any], details: ProducerDetails | None
) -> ProducerDraft:
    """Return the details that were sent, over what is known already."""
    values = {**producer_shown(details), **data}
    gln = values.pop("gln")
    return ProducerDraft(**values, gln=Gln.parse(gln) if gln else None)
