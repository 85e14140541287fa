"""What the label pages' forms hold, and what travels over the API."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from marshmallow import Schema, fields, validate

from traceability.batches.models import Batch
from traceability.core.identity import Identity
from traceability.labels.design import Design
from traceability.labels.job import MAX_COUNT, OF_A_LOT, LabelKind, RunSpec
from traceability.labels.legal import CODES
from traceability.labels.life.scanned import LONGEST
from traceability.labels.life.schemas import WitnessSchema
from traceability.labels.life.witness import VoidKind
from traceability.labels.models import LabelBinding, LabelRun, LabelVoid
from traceability.labels.printing.schemas import ApiPrintTask
from traceability.labels.queries import Bound, RunRow, design_in
from traceability.labels.setup import Setup, format_positions
from traceability.labels.stock import Stock
from traceability.labels.stocks.schemas import ApiSetup, ApiSetupShown, SetupSchema
from traceability.records.credential import instant_text
from traceability.web.fields import CleanText
from traceability.web.openapi import PREFIX
from traceability.web.paging import PageQuery

_LEGAL = validate.OneOf([*CODES])
_MOST_DIGITS = 7  # of MAX_COUNT
_GROUPED = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+")  # as our own pages write numbers


class Count(fields.Integer):
    """A whole number, its thousands grouped by dots or not."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        grouped = isinstance(value, str) and _GROUPED.fullmatch(value.strip())
        plain = value.replace(".", "") if grouped else value
        return super()._deserialize(plain, *args, **kwargs)


def count_typed(text: str) -> int:
    """Return a number while it is being typed; what is none, or too long, is 0."""
    plain = text.strip()
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(".", "")
    known = plain.isascii() and plain.isdecimal() and len(plain) <= _MOST_DIGITS
    return int(plain) if known else 0


def _kind_of_a_lot() -> fields.Enum[LabelKind]:
    one_of = validate.OneOf(OF_A_LOT)
    return fields.Enum(LabelKind, by_value=True, required=True, validate=one_of)


class RunSchema(SetupSchema):
    """The form that starts a run."""

    kind = _kind_of_a_lot()
    count = Count(required=True)
    stock = CleanText(required=True, max_length=16)
    design = CleanText(load_default="", max_length=26)
    elsewhere = fields.List(fields.String(validate=_LEGAL), load_default=list)
    excess_reason = CleanText(load_default="", max_length=300)
    scratch = fields.Boolean(load_default=False)


class VoidSchema(WitnessSchema):
    """The form that makes labels void; each end is a serial or an index."""

    first = CleanText(required=True, max_length=LONGEST)
    last = CleanText(load_default="", max_length=LONGEST)
    kind = fields.Enum(VoidKind, by_value=True, load_default=VoidKind.OTHER)
    reason = CleanText(required=True, max_length=300)


def run_spec(
    data: dict[str, Any], stock: Stock, setup: Setup, design: Design
) -> RunSpec:
    """Return what a loaded form asks for, on a stock, a printer and a design."""
    return RunSpec(
        kind=data["kind"],
        count=data["count"],
        stock=stock,
        setup=setup,
        design=design,
        elsewhere=frozenset(data["elsewhere"]),
        excess_reason=data["excess_reason"],
        scratch=data["scratch"],
    )


STOCK = {"description": "Built-in stock such as `a4-65`, or one of your own."}
DESIGN = {"description": "A label design's id; the usual one without it."}
WHY = {
    "description": "Why the lot gets more labels than it makes packs; asked for where"
    " `over-printing` refuses. It is signed, and everybody can read it."
}


_SCRATCH = {
    "description": "Whether each label is to have a code under a scratch layer. The"
    " codes are made and handed out once, on the page or by the command; never here."
}


class ApiRun(Schema):
    """Labels to make for an issued batch."""

    batch = CleanText(required=True, max_length=26)
    kind = _kind_of_a_lot()
    count = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, MAX_COUNT)
    )
    stock = CleanText(required=True, max_length=16, metadata=STOCK)
    setup = fields.Nested(ApiSetup, load_default=None)
    design = CleanText(load_default="", max_length=26, metadata=DESIGN)
    elsewhere = fields.List(
        fields.String(validate=_LEGAL),
        load_default=list,
        metadata={
            "description": "What the law asks and another label of the pack says; only "
            "asked for designs whose purpose is `label`."
        },
    )
    excess_reason = CleanText(load_default="", max_length=300, metadata=WHY)
    scratch = fields.Boolean(load_default=False, metadata=_SCRATCH)


_END = {
    "description": "A serial as in `labels.csv`, or its index as in `first_index`;"
    " with `last` left out, that one label."
}


class ApiVoid(WitnessSchema):
    """Labels that are to count no more; each end is a serial or its index."""

    first = CleanText(required=True, max_length=LONGEST, metadata=_END)
    last = CleanText(load_default="", max_length=LONGEST, metadata=_END)
    kind = fields.Enum(VoidKind, by_value=True, load_default=VoidKind.OTHER)
    reason = CleanText(required=True, max_length=300)


class ApiRunQuery(PageQuery):
    """Which runs to list: all, or those of one batch."""

    batch = CleanText(load_default="", max_length=26)


class ApiVoidShown(Schema):
    """A range of labels that count no more."""

    first_index = fields.Integer(required=True)
    last_index = fields.Integer(required=True)
    kind = fields.String(
        required=True, allow_none=True, validate=validate.OneOf([*VoidKind])
    )
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
    scratch = fields.Boolean(required=True)
    created_at = fields.String(required=True)
    design = fields.String(required=True)
    elsewhere = fields.List(fields.String(), required=True)
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
    """A label run: its printer's settings, what was made void or bound, its files.

    A run of at most 1,000 labels needs no task: its sheets come when they are asked
    for. A larger one starts with a task for its PDF.
    """

    voids = fields.List(fields.Nested(ApiVoidShown), required=True)
    setup = fields.Nested(ApiSetupShown, required=True)
    tasks = fields.List(fields.Nested(ApiPrintTask), required=True)
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
        "scratch": run.scratch,
        "created_at": instant_text(run.created_at),
        "design": design_in(run).id,
        "elsewhere": run.facts.get("elsewhere", []),
        "sheets": f"{own}/sheets.pdf",
        "labels": f"{own}/labels.csv",
    }


def run_whole(
    row: RunRow,
    voids: Sequence[LabelVoid],
    bindings: Sequence[Bound],
    tasks: list[dict[str, Any]],
    identity: Identity,
) -> dict[str, Any]:
    """Return a run with its void and bound ranges, setup and tasks, plain JSON."""
    return {
        **run_shown(row, identity),
        "voids": [_void_shown(one) for one in voids],
        "bindings": [
            binding_shown(one.binding, row.run, one.batch) for one in bindings
        ],
        "setup": _setup_shown(row.job.spec.setup),
        "tasks": tasks,
    }


def _setup_shown(setup: Setup) -> dict[str, Any]:
    shown = setup.to_json()
    numbers = ("shift_x", "shift_y", "scale_x", "scale_y", "bleed")
    exact = {name: format(Decimal(str(shown[name])), "f") for name in numbers}
    return {**shown, **exact, "skip": format_positions(setup.skip)}


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
        "kind": void.kind,
        "reason": void.reason,
        "at": instant_text(void.at),
    }
