"""What a phone sends, what the forms hold, and what travels over the API."""

import re
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from traceability.core.clock import HANOI
from traceability.core.identity import Identity
from traceability.inspection.queries import Listed
from traceability.inspection.record import SignedVisit
from traceability.inspection.visit import (
    LONGEST,
    MAX_LINK,
    MAX_PLACE,
    Place,
    Result,
    Seen,
    VisitDraft,
)
from traceability.records.credential import instant_text
from traceability.verification.findings import Result as CheckResult
from traceability.web.fields import CleanText, DayField
from traceability.web.i18n import gettext as _
from traceability.web.paging import PageQuery

CHECKS = 11
MAX_AGE_S = 10 * 366 * 24 * 3600
_MAX_WORD = 100
_HOUR = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", re.ASCII)


class InstantField(fields.Field[datetime]):
    """An instant with its zone, as ISO 8601: ``2026-11-22T10:00:00+07:00``."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> datetime:
        del attr, data, kwargs
        try:
            instant = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise ValidationError(
                _("Write the instant as 2026-11-22T10:00:00+07:00.")
            ) from None
        if instant.tzinfo is None or instant.utcoffset() is None:
            raise ValidationError(_("Say the time zone: 2026-11-22T08:00:00+07:00."))
        return instant


class TimeField(fields.Field[time]):
    """A time of the day in Vietnam, typed as ``10:05``."""

    def _serialize(
        self, value: time | None, attr: str | None, obj: Any, **kwargs: Any
    ) -> str | None:
        del attr, obj, kwargs
        return None if value is None else f"{value.hour:02}:{value.minute:02}"

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> time:
        del attr, data, kwargs
        found = _HOUR.fullmatch(value.strip() if isinstance(value, str) else "")
        if found is None:
            raise ValidationError(_("Write the time as 10:05."))
        return time(int(found[1]), int(found[2]))


class PlaceSchema(Schema):
    """Where a visit was."""

    text = CleanText(load_default="", max_length=MAX_PLACE)
    commune_code = CleanText(load_default=None, allow_none=True, max_length=5)


class SeenCheckSchema(Schema):
    """One numbered check as a device showed it."""

    number = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, CHECKS)
    )
    name = CleanText(required=True, max_length=_MAX_WORD)
    result = fields.String(
        required=True, validate=validate.OneOf([one.value for one in CheckResult])
    )
    code = CleanText(load_default="", max_length=_MAX_WORD)


def _seconds() -> fields.Integer:
    return fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(0, MAX_AGE_S),
    )


def _long(name: str, **options: Any) -> CleanText:
    return CleanText(
        load_default="", multiline=True, max_length=LONGEST[name], **options
    )


class VisitSchema(Schema):
    """A visit as programs send it."""

    link = CleanText(required=True, max_length=MAX_LINK)
    seen_at = InstantField(
        required=True,
        metadata={"type": "string", "format": "date-time"},
    )
    place = fields.Nested(PlaceSchema, required=True)
    result = fields.Enum(Result, by_value=True, required=True)
    notes = _long("notes")
    measures = _long("measures")
    sampling = _long("sampling")
    met = _long("met")
    opinion = _long("opinion")


class FindingSchema(VisitSchema):
    """A visit as the inspector's phone sends it from its queue."""

    client_id = fields.UUID(required=True)
    verdict = CleanText(load_default="", max_length=_MAX_WORD)
    checks = fields.List(
        fields.Nested(SeenCheckSchema),
        load_default=list,
        validate=validate.Length(max=CHECKS),
    )
    offline = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    trust_list_version = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(0, 2**31 - 1),
    )
    trust_list_age_s = _seconds()
    status_age_s = _seconds()


class ApiInspectionQuery(PageQuery):
    """Which visits to list."""

    lot = fields.String(
        load_default="",
        validate=validate.Length(max=26),
        metadata={"description": "Id of a lot."},
    )
    result = fields.Enum(Result, by_value=True, load_default=None)


class ApiInspectionShown(Schema):
    """A visit without people's names; what was erased is empty."""

    id = fields.String(required=True)
    link = fields.String(required=True)
    lot = fields.String(
        required=True, allow_none=True, metadata={"description": "Id of the lot."}
    )
    authority = fields.String(required=True)
    seen_at = fields.String(required=True)
    entered_at = fields.String(required=True)
    offline = fields.Boolean(required=True)
    place = fields.Nested(PlaceSchema, required=True)
    result = fields.String(required=True, validate=validate.OneOf([*Result]))
    notes = fields.String(required=True)
    measures = fields.String(required=True)
    sampling = fields.String(required=True)
    opinion = fields.String(required=True)
    photos = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "SHA-256 of each photo, as it is signed."},
    )
    published = fields.Boolean(required=True)
    minutes_no = fields.String(required=True, allow_none=True)
    subject = fields.String(
        required=True, metadata={"description": "What its signed records are about."}
    )


def inspection_shown(
    one: Listed, visit: SignedVisit, identity: Identity
) -> dict[str, Any]:
    """Return a visit as it is answered, plain JSON."""
    row, draft = one.inspection, visit.draft
    return {
        "id": row.public_id,
        "link": row.link,
        "lot": one.batch.public_id if one.batch else None,
        "authority": one.authority.public_id,
        "seen_at": instant_text(row.seen_at),
        "entered_at": instant_text(row.entered_at),
        "offline": row.offline,
        "place": {"text": draft.place.text, "commune_code": draft.place.commune_code},
        "result": row.result,
        **{name: getattr(draft, name) for name in LONGEST if name != "met"},
        "photos": list(visit.photos),
        "published": row.published,
        "minutes_no": row.minutes_no,
        "subject": identity.url(row.path),
    }


def finding_draft(data: Mapping[str, Any]) -> VisitDraft:
    """Return the visit a loaded finding or API body describes."""
    client_id = data.get("client_id")
    return VisitDraft(
        link=data["link"],
        seen_at=data["seen_at"],
        place=Place(**data["place"]),
        result=data["result"],
        seen=Seen(
            verdict=data.get("verdict", ""),
            checks=data.get("checks", ()),
            trust_list_version=data.get("trust_list_version"),
            trust_list_age_s=data.get("trust_list_age_s"),
            status_age_s=data.get("status_age_s"),
        ),
        offline=data.get("offline", False),
        client_id=str(client_id) if client_id else None,
        **{name: data[name] for name in LONGEST},
    )


class VisitForm(Schema):
    """The form of a visit: day and hour apart, the commune as people write it."""

    day = DayField(required=True)
    hour = TimeField(required=True)
    place = CleanText(load_default="", max_length=MAX_PLACE)
    commune = CleanText(load_default="", max_length=MAX_PLACE)
    result = fields.Enum(Result, by_value=True, required=True)
    client_id = fields.UUID(load_default=None)  # a form sent twice is one visit
    notes = _long("notes")
    measures = _long("measures")
    sampling = _long("sampling")
    met = _long("met")
    opinion = _long("opinion")


class MinutesForm(Schema):
    """The number minutes are made out under; blank where it is given later."""

    number = CleanText(load_default="", max_length=60)


def form_values(draft: VisitDraft) -> dict[str, Any]:
    """Return what a form that corrects a visit starts with."""
    local = draft.seen_at.astimezone(HANOI)
    commune = draft.place.commune
    return {
        "day": local.date(),
        "hour": f"{local.hour:02}:{local.minute:02}",
        "place": draft.place.text,
        "commune": commune.label if commune else "",
        "result": draft.result.value,
        **{name: getattr(draft, name) for name in LONGEST},
    }
