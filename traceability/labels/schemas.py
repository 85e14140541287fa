"""What the label pages' forms hold."""

from typing import Any

from marshmallow import Schema, fields, validate

from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.stock import STOCKS, stock_of
from traceability.web.fields import CleanText


class RunSchema(Schema):
    """The form that starts a run."""

    kind = fields.Enum(LabelKind, by_value=True, required=True)
    count = fields.Integer(required=True)
    stock = fields.String(required=True, validate=validate.OneOf([*STOCKS]))


class VoidSchema(Schema):
    """The form that makes labels void; each end is a serial or an index."""

    first = CleanText(required=True, max_length=40)
    last = CleanText(load_default="", max_length=40)
    reason = CleanText(required=True, max_length=300)


def run_spec(data: dict[str, Any]) -> RunSpec:
    """Return what a loaded form asks for."""
    return RunSpec(
        kind=data["kind"], count=data["count"], stock=stock_of(data["stock"])
    )
