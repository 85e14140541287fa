"""Events as programs send and read them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, validate

from traceability.core.canonical import Json
from traceability.core.identity import Identity
from traceability.core.json_text import json_text
from traceability.core.text import Bilingual
from traceability.events.chains import Chain
from traceability.events.correcting.service import ErrorDraft
from traceability.events.elements import EARLIEST, units_of
from traceability.events.entry.service import EventDraft
from traceability.events.errors import ElementInvalidError, EventZoneError
from traceability.events.event import EpcisEvent
from traceability.events.kinds import Kind, KindElement, kinds
from traceability.events.models import TraceEvent
from traceability.events.vocabulary import ErrorReason
from traceability.records.credential import instant_text
from traceability.records.models import SignedRecord
from traceability.web.fields import CleanText
from traceability.web.paging import PageQuery

LATEST_YEAR = 2100
_KINDS = validate.OneOf([one.id for one in kinds()])
_TIME = {"format": "date-time", "description": "With its zone, never without."}


ELEMENTS = (
    "Values by element; `/event-kinds` says which there are and of what type. A text,"
    " party or place is text, a date `2026-11-20`, a number text (`14` or `0.5`), a"
    ' quantity `{"value": "100", "unitCode": "KGM"}`, lots a list of'
    ' `{"lot": link or number, "quantity": …}`, a commune its code, a file'
    ' `{"name", "sha256", "mediaType"}`. Time and place are `time` and `site`.'
)


class ApiEvent(Schema):
    """One event to write down, by its kind and elements."""

    kind = fields.String(required=True, validate=_KINDS)
    time = fields.String(required=True, metadata=_TIME)
    site = CleanText(
        load_default="",
        max_length=26,
        metadata={"description": "Id of an own place; inspections may have none."},
    )
    lot = CleanText(
        load_default="",
        max_length=400,
        metadata={"description": "The lot it is about: its link, or an own number."},
    )
    growing = CleanText(
        load_default="",
        max_length=26,
        metadata={"description": "The crop or herd; else found by plot or herd."},
    )
    taken_apart = fields.Boolean(load_default=False)
    returned = fields.Boolean(load_default=False)
    elements = fields.Dict(
        keys=fields.String(),
        load_default=dict,
        metadata={"description": ELEMENTS},
    )


class ApiErrorDeclaration(Schema):
    """That an event is wrong, and what is right where anything is."""

    reason = fields.Enum(ErrorReason, by_value=True, required=True)
    note = CleanText(load_default="", max_length=300)
    corrective = fields.Nested(ApiEvent, load_default=None, allow_none=True)


class ApiEventQuery(PageQuery):
    """Which events to list."""

    lot = CleanText(load_default="", max_length=400)
    site = CleanText(load_default="", max_length=26)
    kind = fields.String(
        load_default="", validate=validate.OneOf(["", *_KINDS.choices])
    )
    since = fields.String(load_default="", metadata=_TIME)
    until = fields.String(load_default="", metadata=_TIME)


class ApiDeclared(Schema):
    """That an event was declared wrong."""

    reason = fields.String(required=True)
    note = fields.String(required=True)
    declared_at = fields.String(required=True, metadata=_TIME)
    corrective = fields.String(required=True, allow_none=True)


class ApiEventShown(Schema):
    """An event as it stands here."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    time = fields.String(required=True, metadata=_TIME)
    recorded_at = fields.String(required=True, metadata=_TIME)
    late = fields.Boolean(required=True)
    record = fields.String(required=True)
    own = fields.Boolean(
        required=True,
        metadata={"description": "False where another party wrote it down."},
    )
    elements = fields.Dict(
        required=True, metadata={"description": "Private ones for their owner only."}
    )
    epcis = fields.Dict(
        required=True, metadata={"description": "The EPCIS 2.0 event as it was signed."}
    )
    error = fields.Nested(ApiDeclared, required=True, allow_none=True)


class ApiElement(Schema):
    """One element of a kind."""

    id = fields.String(required=True)
    name_vi = fields.String(required=True)
    name_en = fields.String(required=True)
    type = fields.String(required=True)
    required = fields.Boolean(required=True)
    public = fields.Boolean(required=True)
    units = fields.List(fields.String(), required=True)
    values = fields.List(fields.String(), required=True)


class ApiKind(Schema):
    """One kind of event."""

    id = fields.String(required=True)
    name_vi = fields.String(required=True)
    name_en = fields.String(required=True)
    type = fields.String(required=True, allow_none=True)
    action = fields.String(required=True, allow_none=True)
    biz_step = fields.String(required=True, allow_none=True)
    dispositions = fields.List(fields.String(), required=True)
    elements = fields.List(fields.Nested(ApiElement), required=True)


class ApiKinds(Schema):
    """Every kind of event."""

    items = fields.List(fields.Nested(ApiKind), required=True)


class ApiStep(Schema):
    """One step of a chain."""

    kind = fields.String(required=True)
    repeat = fields.Boolean(required=True)
    optional = fields.Boolean(required=True)
    detail_vi = fields.String(required=True)
    detail_en = fields.String(required=True)


class ApiChain(Schema):
    """One chain."""

    id = fields.String(required=True)
    name_vi = fields.String(required=True)
    name_en = fields.String(required=True)
    sets = fields.List(fields.String(), required=True)
    steps = fields.List(fields.Nested(ApiStep), required=True)


class ApiChains(Schema):
    """Every chain."""

    items = fields.List(fields.Nested(ApiChain), required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An event with what its reader may see."""

    row: TraceEvent
    record: SignedRecord
    event: EpcisEvent
    elements: Mapping[str, Json]
    own: bool


def event_draft(data: Mapping[str, Any]) -> EventDraft:
    """Return what a program sent. Raises ``EventZoneError`` and element errors."""
    return EventDraft(
        kind=data["kind"],
        time=instant_of(data["time"], field="time"),
        site=data["site"],
        lot=data["lot"],
        growing=data["growing"],
        taken_apart=data["taken_apart"],
        returned=data["returned"],
        elements=data["elements"],
    )


def error_draft(data: Mapping[str, Any]) -> ErrorDraft:
    """Return why an event is wrong."""
    right = data["corrective"]
    return ErrorDraft(
        reason=data["reason"],
        note=data["note"],
        corrective=event_draft(right) if right else None,
    )


def instant_of(text: str, *, field: str) -> datetime:
    """Read an instant with its zone. Raises what ``event_draft`` raises."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ElementInvalidError("This cannot be read.", field=field) from None
    if instant.tzinfo is None:
        raise EventZoneError(
            "Say the time zone: 2026-11-22T08:00:00+07:00.", field=field
        )
    if not EARLIEST.year <= instant.year <= LATEST_YEAR:
        raise ElementInvalidError("This cannot be read.", field=field)
    return instant


def event_shown(seen: Seen, identity: Identity) -> dict[str, Json]:
    """Return an event as a program reads it."""
    row = seen.row
    return {
        "id": row.uuid,
        "kind": row.stage,
        "time": instant_text(row.event_time),
        "recorded_at": instant_text(row.record_time),
        "late": row.late,
        "record": identity.url(f"/records/{seen.record.public_id}"),
        "own": seen.own,
        "elements": dict(seen.elements),
        "epcis": json.loads(json_text(seen.event.json(identity))),
        "error": _error(row),
    }


def _error(row: TraceEvent) -> dict[str, Json] | None:
    if row.error_reason is None or row.error_at is None:
        return None
    corrected = row.corrected_by.rpartition(":")[2] if row.corrected_by else None
    return {
        "reason": row.error_reason,
        "note": row.error_note or "",
        "declared_at": instant_text(row.error_at),
        "corrective": corrected,
    }


def kind_shown(one: Kind) -> dict[str, Json]:
    """Return a kind with its elements."""
    return {
        "id": one.id,
        **_names("name", one.name),
        "type": one.type.value if one.type else None,
        "action": one.action.value if one.action else None,
        "biz_step": one.biz_step.value if one.biz_step else None,
        "dispositions": [state.value for state in one.dispositions],
        "elements": [_element(each) for each in one.elements],
    }


def _element(one: KindElement) -> dict[str, Json]:
    return {
        "id": one.id,
        **_names("name", one.element.name),
        "type": one.element.type.value,
        "required": one.required,
        "public": one.public,
        "units": list(units_of(one)) if one.element.units else [],
        "values": [choice.id for choice in one.element.choices],
    }


def chains_shown(found: Sequence[Chain]) -> dict[str, Json]:
    """Return chains with their steps."""
    return {"items": [_chain(one) for one in found]}


def _chain(one: Chain) -> dict[str, Json]:
    return {
        "id": one.id,
        **_names("name", one.name),
        "sets": list(one.sets),
        "steps": [
            {
                "kind": step.kind,
                "repeat": step.repeat,
                "optional": step.optional,
                **_names("detail", step.detail),
            }
            for step in one.steps
        ],
    }


def _names(stem: str, name: Bilingual) -> dict[str, str]:
    return {f"{stem}_vi": name.vi, f"{stem}_en": name.en}
