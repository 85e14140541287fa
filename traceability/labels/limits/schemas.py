"""What the forms about quotas and activation hold."""

from marshmallow import Schema, fields, validate

from traceability.labels.limits.terms import Period

MOST = 1_000_000_000  # every number a product has


class QuotaSchema(Schema):
    """How many labels an organisation may print; left blank, as many as it likes."""

    quota = fields.Integer(
        load_default=None, allow_none=True, validate=validate.Range(0, MOST)
    )
    period = fields.Enum(Period, by_value=True, load_default=Period.YEAR)


class ActivationSchema(Schema):
    """Whether labels printed from now on count only once they are on goods."""

    activates = fields.Boolean(load_default=False)
