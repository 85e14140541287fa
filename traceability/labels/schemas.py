"""What the label pages' forms hold, and what travels over the API."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from traceability.batches.models import Batch
from traceability.core.identity import Identity
from traceability.labels.job import MAX_COUNT, OF_A_LOT, LabelKind, RunSpec
from traceability.labels.models import LabelBinding, LabelRun, LabelVoid
from traceability.labels.queries import Bound, RunRow
from traceability.labels.stock import STOCKS, stock_of
from traceability.records.credential import instant_text
from traceability.web.fields import CleanText
from traceability.web.openapi import PREFIX
from traceability.web.paging import PageQuery


def _kind_of_a_lot() -> fields.Enum[LabelKind]:
    one_of = validate.OneOf(OF_A_LOT)
    return fields.Enum(LabelKind, by_value=True, required=True, validate=one_of)


class RunSchema(Schema):
    """The form that starts a run."""

    kind = _kind_of_a_lot()
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


class ApiRun(Schema):
    """Labels to make for an issued batch."""

    batch = CleanText(required=True, max_length=26)
    kind = _kind_of_a_lot()
    count = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, MAX_COUNT)
    )
    stock = fields.String(required=True, validate=validate.OneOf([*STOCKS]))


_END = {
    "description": "A serial as in `labels.csv`, or its index as in `first_index`;"
    " with `last` left out, that one label."
}


class ApiVoid(Schema):
    """Labels that are to count no more; each end is a serial or its index."""

    first = CleanText(required=True, max_length=40, metadata=_END)
    last = CleanText(load_default="", max_length=40, metadata=_END)
    reason = CleanText(required=True, max_length=300)


class ApiRunQuery(PageQuery):
    """Which runs to list: all, or those of one batch."""

    batch = CleanText(load_default="", max_length=26)


class ApiVoidShown(Schema):
    """A range of labels that count no more."""

    first_index = fields.Integer(required=True)
    last_index = fields.Integer(required=True)
    reason = fields.String(required=True)
    at = fields.String(required=True)


class ApiRunShown(Schema):
    """A label run; lot labels carry no serials and have no indexes.

    Blank stamps have no `batch`; their `digital_link` is the product's.
    """

    id = fields.String(required=True)
    product = fields.String(required=True)
    batch = fields.String(required=True, allow_none=True)
    digital_link = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf([*LabelKind]))
    count = fields.Integer(required=True)
    stock = fields.String(required=True)
    first_index = fields.Integer(required=True, allow_none=True)
    last_index = fields.Integer(required=True, allow_none=True)
    created_at = fields.String(required=True)
    sheets = fields.String(required=True)
    labels = fields.String(required=True)


class ApiBindingShown(Schema):
    """A range of blank stamps that are labels of a lot now."""

    id = fields.String(required=True)
    run = fields.String(required=True)
    batch = fields.String(required=True)
    first_index = fields.Integer(required=True)
    last_index = fields.Integer(required=True)
    at = fields.String(required=True)


class ApiRunWhole(ApiRunShown):
    """A label run with what was made void of it, and of blank stamps what is bound."""

    voids = fields.List(fields.Nested(ApiVoidShown), required=True)
    bindings = fields.List(fields.Nested(ApiBindingShown), required=True)


def run_shown(row: RunRow, identity: Identity) -> dict[str, Any]:
    """Return a run as it is answered, plain JSON."""
    run = row.run
    own = identity.url(f"{PREFIX}/label-runs/{run.public_id}")
    return {
        "id": run.public_id,
        "product": row.product.public_id,
        "batch": None if row.blank else row.batch.public_id,
        "digital_link": str(row.job.lot),
        "kind": run.kind,
        "count": run.count,
        "stock": run.stock,
        "first_index": run.first_index,
        "last_index": run.last_index,
        "created_at": instant_text(run.created_at),
        "sheets": f"{own}/sheets.pdf",
        "labels": f"{own}/labels.csv",
    }


def run_whole(
    row: RunRow,
    voids: Sequence[LabelVoid],
    bindings: Sequence[Bound],
    identity: Identity,
) -> dict[str, Any]:
    """Return a run with its void and its bound ranges, plain JSON."""
    return {
        **run_shown(row, identity),
        "voids": [_void_shown(one) for one in voids],
        "bindings": [
            binding_shown(one.binding, row.run, one.batch) for one in bindings
        ],
    }


def binding_shown(binding: LabelBinding, run: LabelRun, batch: Batch) -> dict[str, Any]:
    """Return a bound range, plain JSON."""
    return {
        "id": binding.public_id,
        "run": run.public_id,
        "batch": batch.public_id,
        "first_index": binding.from_index,
        "last_index": binding.to_index,
        "at": instant_text(binding.at),
    }


def _void_shown(void: LabelVoid) -> dict[str, Any]:
    return {
        "first_index": void.from_index,
        "last_index": void.to_index,
        "reason": void.reason,
        "at": instant_text(void.at),
    }
