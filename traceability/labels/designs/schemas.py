"""What the forms of designs hold, and what travels over the API."""

from typing import Any

from marshmallow import Schema, fields, validate

from traceability.labels.design import (
    ALWAYS,
    DEFAULT_DESIGN,
    MAX_NAME,
    Design,
    DesignPurpose,
    LabelField,
)
from traceability.labels.designs.service import DesignDraft
from traceability.labels.models import LabelDesign
from traceability.records.credential import instant_text
from traceability.web.fields import CleanText

_FIELD = validate.OneOf([one.value for one in LabelField])
_PURPOSE = validate.OneOf([one.value for one in DesignPurpose])


class DesignSchema(Schema):
    """The form of a design: ``shown`` is ticked, ``order`` every line of the page."""

    name = CleanText(required=True, max_length=MAX_NAME)
    purpose = fields.String(required=True, validate=_PURPOSE)
    shown = fields.List(fields.String(validate=_FIELD), load_default=list)
    order = fields.List(fields.String(validate=_FIELD), load_default=list)


class ApiDesign(Schema):
    """A design: which fields its labels show, in their order."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    purpose = fields.String(required=True, validate=_PURPOSE)
    fields_ = fields.List(
        fields.String(validate=_FIELD), required=True, data_key="fields"
    )
    archived = fields.Boolean(required=True)
    created_at = fields.String(required=True)


def design_draft(data: dict[str, Any]) -> DesignDraft:
    """Return what a loaded form asks for; what always stays needs no tick.

    Raises ``DesignFieldsError`` and ``DesignNameError``.
    """
    chosen = {*data["shown"], *(one.value for one in ALWAYS)}
    shown = [name for name in lines_of(data["order"]) if name in chosen]
    return DesignDraft(name=data["name"], design=Design.of(shown, data["purpose"]))


def lines_of(order: list[str]) -> list[str]:
    """Return every field once: those named in their order, others where they belong."""
    known = [one.value for one in LabelField]
    lines = list(dict.fromkeys(name for name in order if name in known))
    for before, name in zip(["", *known], known, strict=False):
        if name not in lines:
            lines.insert(lines.index(before) + 1 if before else 0, name)
    return lines


def moved(order: list[str], move: str) -> list[str]:
    """Return the lines with one a place higher or lower: ``up:lot``, ``down:lot``."""
    direction, _, name = move.partition(":")
    lines = lines_of(order)
    if name not in lines:
        return lines
    at = lines.index(name)
    to = at - 1 if direction == "up" else at + 1
    lines.insert(min(max(to, 0), len(lines) - 1), lines.pop(at))
    return lines


def values_of(row: LabelDesign | None) -> dict[str, Any]:
    """Return what the form starts with; a new design starts from the usual one."""
    design = row.design if row else DEFAULT_DESIGN
    shown = [one.value for one in design.fields]
    return {
        "name": row.name if row else "",
        "purpose": design.purpose.value,
        "shown": shown,
        "order": lines_of(shown),
    }


def design_shown(row: LabelDesign) -> dict[str, Any]:
    """Return a design as it is answered, plain JSON."""
    return {
        "id": row.public_id,
        "name": row.name,
        "purpose": row.purpose,
        "fields_": row.fields,
        "archived": row.archived_at is not None,
        "created_at": instant_text(row.created_at),
    }
