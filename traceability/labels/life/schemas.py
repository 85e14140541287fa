"""What the forms about a label's life hold, and what travels over the API."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from traceability.labels.life.models import LabelApplied, LabelPrintOut, LabelReprint
from traceability.labels.life.queries import NumberLife, RunLife
from traceability.labels.life.ranges import Fate
from traceability.labels.life.scanned import LONGEST
from traceability.labels.life.witness import VoidKind, Witness
from traceability.labels.models import LabelBinding, LabelVoid
from traceability.records.credential import instant_text
from traceability.web.fields import CleanText, DayField

RECORDED = LabelApplied | LabelReprint | LabelVoid | LabelBinding


class WitnessSchema(Schema):
    """A second person who was there, where there was one."""

    witness_name = CleanText(load_default="", max_length=200)
    witness_role = CleanText(load_default="", max_length=100)


def witness_in(data: Mapping[str, Any]) -> Witness | None:
    """Return whom a loaded form names. Raises ``WitnessMissingError``."""
    return Witness.named(data["witness_name"], data["witness_role"])


class ApplySchema(Schema):
    """The form that tells which labels were put on goods."""

    first = CleanText(required=True, max_length=LONGEST)
    last = CleanText(load_default="", max_length=LONGEST)
    day = DayField(required=True)
    place = CleanText(load_default="", max_length=200)


class ReprintSchema(WitnessSchema):
    """The form that prints spoiled labels once more."""

    first = CleanText(required=True, max_length=LONGEST)
    last = CleanText(load_default="", max_length=LONGEST)
    reason = CleanText(required=True, max_length=300)


class ApiApply(Schema):
    """Labels that were put on goods; each end is a serial or its index."""

    first = CleanText(required=True, max_length=LONGEST)
    last = CleanText(load_default="", max_length=LONGEST)
    day = fields.Date(required=True)
    place = CleanText(load_default="", max_length=200)


class ApiReprint(WitnessSchema):
    """Spoiled labels, destroyed before a second person, to be printed once more."""

    first = CleanText(required=True, max_length=LONGEST)
    last = CleanText(load_default="", max_length=LONGEST)
    reason = CleanText(required=True, max_length=300)


class ApiNumberQuery(Schema):
    """Which number: a serial as it is printed, or an index."""

    number = CleanText(required=True, max_length=LONGEST)


class ApiRangeShown(Schema):
    """A range of a run's numbers, both ends included, and when it was told."""

    first_index = fields.Integer(required=True)
    last_index = fields.Integer(required=True)
    at = fields.String(required=True)


class ApiAppliedShown(ApiRangeShown):
    """Labels that were put on goods."""

    day = fields.String(required=True)


class ApiReprintShown(ApiRangeShown):
    """Labels that were printed once more."""

    id = fields.String(required=True)
    reason = fields.String(required=True)


class ApiVoidTold(ApiRangeShown):
    """Labels that count no more."""

    kind = fields.String(
        required=True, allow_none=True, validate=validate.OneOf([*VoidKind])
    )
    reason = fields.String(required=True)


class ApiPrintOutShown(Schema):
    """A file of labels that left the service."""

    format = fields.String(required=True)
    at = fields.String(required=True)
    reprint = fields.Boolean(required=True)


class ApiLife(Schema):
    """What became of a run's labels, or of one number."""

    run = fields.String(required=True)
    batch = fields.String(required=True, allow_none=True)
    digital_link = fields.String(required=True)
    index = fields.Integer(required=True, allow_none=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    print_outs = fields.List(fields.Nested(ApiPrintOutShown), required=True)
    applied = fields.List(fields.Nested(ApiAppliedShown), required=True)
    reprints = fields.List(fields.Nested(ApiReprintShown), required=True)
    voids = fields.List(fields.Nested(ApiVoidTold), required=True)
    bindings = fields.List(fields.Nested(ApiRangeShown), required=True)


class ApiLives(Schema):
    """Every label of one's own that a number names: one, or one for each product."""

    items = fields.List(fields.Nested(ApiLife), required=True)


def number_shown(one: NumberLife) -> dict[str, Any]:
    """Return one number's life, plain JSON."""
    run = one.row.run
    counts = {fate.value: int(fate is one.fate) for fate in Fate}
    return {
        "run": run.public_id,
        "batch": one.batch.public_id if one.batch else None,
        "digital_link": str(one.row.job.lot),
        "index": one.index,
        "counts": counts,
        **life_shown(one.life),
    }


def life_shown(life: RunLife) -> dict[str, Any]:
    """Return what was told of labels, plain JSON; private values stay here."""
    return {
        "print_outs": [_print_out(one) for one in life.print_outs],
        "applied": [
            {**_range(one), "day": one.day.isoformat()} for one in life.applied
        ],
        "reprints": [
            {**_range(one), "id": one.public_id, "reason": one.reason}
            for one in life.reprints
        ],
        "voids": [
            {**_range(one), "kind": one.kind, "reason": one.reason}
            for one in life.voids
        ],
        "bindings": [_range(one) for one in life.bindings],
    }


def _print_out(one: LabelPrintOut) -> dict[str, Any]:
    again = one.reprint_id is not None
    return {"format": one.format, "at": instant_text(one.at), "reprint": again}


def _range(one: RECORDED) -> dict[str, Any]:
    return {
        "first_index": one.from_index,
        "last_index": one.to_index,
        "at": instant_text(one.at),
    }
