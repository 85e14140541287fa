"""What the pages about blank stamps hold, and what travels over the API."""

from marshmallow import Schema, fields, validate

from traceability.labels.job import MAX_COUNT
from traceability.labels.life.scanned import LONGEST
from traceability.labels.schemas import DESIGN, STOCK, WHY, Count
from traceability.labels.stocks.schemas import ApiSetup, SetupSchema
from traceability.web.fields import CleanText


class BlanksSchema(SetupSchema):
    """The form that prints blank stamps."""

    count = Count(required=True)
    stock = CleanText(required=True, max_length=16)
    design = CleanText(load_default="", max_length=26)


class BindingSchema(Schema):
    """The form that binds stamps; each end is a link, a serial or an index."""

    first = CleanText(required=True, max_length=LONGEST)
    last = CleanText(required=True, max_length=LONGEST)
    excess_reason = CleanText(load_default="", max_length=300)


class EndSchema(Schema):
    """Which end of a range a scanned stamp is."""

    stamp = CleanText(required=True, max_length=LONGEST)
    end = fields.String(required=True, validate=validate.OneOf(["first", "last"]))


class ApiBlanks(Schema):
    """Stamps to print ahead for a product, before their lot is known."""

    product = CleanText(required=True, max_length=26)
    count = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, MAX_COUNT)
    )
    stock = CleanText(required=True, max_length=16, metadata=STOCK)
    setup = fields.Nested(ApiSetup, load_default=None)
    design = CleanText(load_default="", max_length=26, metadata=DESIGN)


_END = {
    "description": "A stamp's link as it was scanned, its serial, or its index as in"
    " `first_index`."
}


class ApiBinding(Schema):
    """Blank stamps that became labels of an issued lot, both ends included."""

    batch = CleanText(required=True, max_length=26)
    first = CleanText(required=True, max_length=LONGEST, metadata=_END)
    last = CleanText(required=True, max_length=LONGEST, metadata=_END)
    excess_reason = CleanText(load_default="", max_length=300, metadata=WHY)
