"""What the report form accepts."""

from marshmallow import Schema, fields, validate

from traceability.lookup.service import ReportKind
from traceability.web.fields import CleanText

KINDS = [one for one in ReportKind if one is not ReportKind.OTHER_LOT]
MAX_TEXT = 1000


class ReportSchema(Schema):
    """A problem in somebody's own words; ``website`` stays empty (a trap)."""

    kind = fields.Enum(
        ReportKind, by_value=True, required=True, validate=validate.OneOf(KINDS)
    )
    text = CleanText(required=True, max_length=MAX_TEXT, multiline=True)
    contact = CleanText(load_default="", max_length=200)
    website = fields.String(load_default="")
