"""The form that makes a run's codes."""

from marshmallow import Schema, fields

from traceability.web.fields import CleanText


class DeliverySchema(Schema):
    """Who gets the file, and the password this page made up for it."""

    to = CleanText(required=True, max_length=200)
    password = fields.String(required=True)
