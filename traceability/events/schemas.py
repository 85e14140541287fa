"""The form of an entry, made from its kind, and what is sent as elements."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from typing import Any

from marshmallow import Schema, fields, validate

from traceability.core.canonical import Json
from traceability.core.clock import HANOI
from traceability.core.quantity import UNITS
from traceability.events.composing import INPUTS, OUTPUT, SUBJECT
from traceability.events.elements import MAX_TEXT, TOP, units_of
from traceability.events.entry.service import HERE, EventDraft
from traceability.events.kinds import ElementType, Kind, KindElement
from traceability.web.fields import AmountField, CleanText, DayField

LISTED = frozenset({OUTPUT, SUBJECT})  # chosen among lots; the rest is typed
_CLOCK = r"([01]?[0-9]|2[0-3]):[0-5][0-9]"
FILE = "file"


class TakenLot(Schema):
    """One line of what went in: a lot of one's own, or a source in words."""

    lot = CleanText(load_default="", max_length=400)
    other = CleanText(load_default="", max_length=400)
    amount = AmountField(load_default=None)
    unit = fields.String(load_default="", validate=validate.OneOf(["", *UNITS]))


class ReasonSchema(Schema):
    """Why an entry is wrong."""

    note = CleanText(required=True, max_length=300)


def asked(kind: Kind) -> list[KindElement]:
    """Return the elements a form asks for, required ones first.

    What follows from the place or the lot is filled in and not asked.
    """
    known = TOP | ({"gtin", "product_code"} if kind.element(OUTPUT) else set())
    if kind.id == "harvest":
        known |= {"commune"}
    shown = [one for one in kind.elements if one.id not in known]
    return sorted(shown, key=lambda one: not needed(one))


def needed(one: KindElement) -> bool:
    """Return whether a person must fill an element in."""
    return one.required and one.id not in HERE


@cache
def entry_schema(kind: Kind) -> type[Schema]:
    """Return the schema of a kind's form."""
    members: dict[str, fields.Field[Any]] = {
        "site": CleanText(required=True, max_length=26),
        "day": DayField(required=True),
        "clock": fields.String(
            load_default="", validate=validate.Regexp(rf"^(|{_CLOCK})\Z")
        ),
        "lot": CleanText(load_default="", max_length=400),
    }
    for one in asked(kind):
        members |= _fields_of(one)
    return Schema.from_dict(members, name=f"Entry{kind.id.title().replace('_', '')}")


def correction_schema(kind: Kind) -> type[Schema]:
    """Return the schema of a form that puts an entry right."""
    members = {"note": CleanText(required=True, max_length=300)}
    return type(f"Correct{kind.id}", (entry_schema(kind),), members)


def draft_of(kind: Kind, data: Mapping[str, Any]) -> EventDraft:
    """Return what a loaded form says. Without a time of day: the day's first moment."""
    elements = {one.id: _element(one, data) for one in asked(kind)}
    return EventDraft(
        kind=kind.id,
        time=_moment(data["day"], data.get("clock", "")),
        site=data["site"],
        elements={name: value for name, value in elements.items() if value},
        lot=data.get("lot", ""),
    )


def values_of(
    kind: Kind, time_: datetime, elements: Mapping[str, Json]
) -> dict[str, Any]:
    """Return what a kind's form holds for an entry that was made before."""
    local = time_.astimezone(HANOI)
    values: dict[str, Any] = {"day": local.date()}
    if local.time() != time():
        values["clock"] = f"{local:%H:%M}"
    for one in asked(kind):
        if one.id in elements:
            values |= _typed(one, elements[one.id])
    return values


def _fields_of(one: KindElement) -> dict[str, fields.Field[Any]]:
    if one.id == INPUTS:
        return {one.id: fields.List(fields.Nested(TakenLot), load_default=list)}
    if one.id in LISTED:
        return {one.id: _text(one)}
    make = _MAKERS.get(one.element.type, _text)
    return {one.id: make(one), **_unit_of(one), **_amount_of(one)}


def _day(one: KindElement) -> fields.Field[Any]:
    return DayField(required=True) if needed(one) else DayField(load_default=None)


def _number(one: KindElement) -> fields.Field[Any]:
    return AmountField(required=True) if needed(one) else AmountField(load_default=None)


def _switch(_one: KindElement) -> fields.Field[Any]:
    return fields.Boolean(load_default=False)


def _upload(_one: KindElement) -> fields.Field[Any]:
    return fields.Raw(load_default=None)


def _text(one: KindElement) -> fields.Field[Any]:
    choices = [choice.id for choice in one.element.choices]
    checks = [validate.OneOf(choices)] if choices else []
    if needed(one):
        return CleanText(required=True, max_length=MAX_TEXT, validate=checks)
    return CleanText(load_default="", max_length=MAX_TEXT, validate=checks)


_MAKERS: Mapping[ElementType, Callable[[KindElement], fields.Field[Any]]] = {
    ElementType.DATE: _day,
    ElementType.NUMBER: _number,
    ElementType.QUANTITY: _number,
    ElementType.BOOL: _switch,
    ElementType.FILE: _upload,
}


def _unit_of(one: KindElement) -> dict[str, fields.Field[Any]]:
    if one.element.type is not ElementType.QUANTITY:
        return {}
    units = list(units_of(one))
    return {
        f"{one.id}_unit": fields.String(
            load_default=units[0], validate=validate.OneOf(units)
        )
    }


def _amount_of(one: KindElement) -> dict[str, fields.Field[Any]]:
    """Return the amount beside a text about goods that are no lot of ours."""
    if one.id != "by_products":
        return {}
    unit = fields.String(load_default="KGM", validate=validate.OneOf(list(UNITS)))
    return {
        f"{one.id}_amount": AmountField(load_default=None),
        f"{one.id}_unit": unit,
    }


def _moment(day: date, clock: str) -> datetime:
    at = time.fromisoformat(clock.rjust(5, "0")) if clock else time()
    return datetime.combine(day, at, tzinfo=HANOI)


def _element(one: KindElement, data: Mapping[str, Any]) -> Json:
    value = data.get(one.id)
    if value is None or value == "":
        return None
    if one.id == INPUTS:
        return _taken(value)
    unit, amount = data.get(f"{one.id}_unit", "KGM"), data.get(f"{one.id}_amount")
    if one.element.type is ElementType.LOT:
        return [_entry(value, amount, unit)]
    if one.element.type is ElementType.QUANTITY:
        return _quantity(value, unit)
    return _plain(value)


def _taken(lines: Sequence[Mapping[str, Any]]) -> list[Json]:
    return [
        _entry(line["lot"] or line["other"], line["amount"], line["unit"])
        for line in lines
        if line["lot"] or line["other"]
    ]


def _plain(value: Any) -> Json:
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def _entry(lot: str, amount: Decimal | None, unit: str) -> dict[str, Json]:
    if amount is None:
        return {"lot": lot}
    return {"lot": lot, "quantity": _quantity(amount, unit)}


def _quantity(amount: Decimal, unit: str) -> dict[str, Json]:
    return {"value": format(amount, "f"), "unitCode": unit}


def _typed(one: KindElement, value: Json) -> dict[str, Any]:
    if one.id == INPUTS:
        return {INPUTS: [_line(entry) for entry in value]}
    if one.element.type is ElementType.LOT:
        return {one.id: value[0]["lot"], **_measure(one, value[0].get("quantity"))}
    if one.element.type is ElementType.QUANTITY:
        amount, unit = Decimal(value["value"]), value["unitCode"]
        return {one.id: amount, f"{one.id}_unit": unit}
    return {one.id: _value(one, value)}


def _value(one: KindElement, value: Json) -> Any:
    if one.element.type is ElementType.DATE:
        return date.fromisoformat(value)
    if one.element.type is ElementType.NUMBER:
        return Decimal(value)
    return value.get("communeCode", "") if isinstance(value, dict) else value


def _measure(one: KindElement, quantity: Json) -> dict[str, Any]:
    if not quantity:
        return {}
    amount, unit = Decimal(quantity["value"]), quantity["unitCode"]
    return {f"{one.id}_amount": amount, f"{one.id}_unit": unit}


def _line(entry: Json) -> dict[str, Any]:
    quantity = entry.get("quantity") or {}
    ours = "://" in entry["lot"]
    amount = quantity.get("value")
    return {
        "lot": entry["lot"] if ours else "",
        "other": "" if ours else entry["lot"],
        "amount": Decimal(amount) if amount else None,
        "unit": quantity.get("unitCode", ""),
    }
