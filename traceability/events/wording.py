"""The fixed words of entries: kinds, marks, reasons, units, values."""

from decimal import Decimal

from traceability.core.canonical import Json
from traceability.core.quantity import UNITS
from traceability.events.errors import KindUnknownError
from traceability.events.kinds import Element, ElementType, KindElement, kind
from traceability.events.vocabulary import ErrorReason
from traceability.web.formats import number
from traceability.web.i18n import LazyText, gettext as _, language, lazy_gettext as _l

_STATES: dict[str, LazyText] = {
    "hold": _l("Hold of the lot"),
    "release": _l("End of the hold"),
}
REASONS: dict[str, LazyText] = {
    ErrorReason.DID_NOT_OCCUR.value: _l("It did not happen"),
    ErrorReason.INCORRECT_DATA.value: _l("Something in it was wrong"),
}
_MORE_UNITS = {"HAR": "ha", "CEL": "°C", "P1": "%", "GL": "g/l"}
_ENGLISH_MARKS = str.maketrans(".,", ",.")


def kind_name(kind_id: str) -> str:
    """Return a kind of event in the language spoken."""
    if kind_id in _STATES:
        return str(_STATES[kind_id])
    try:
        return kind(kind_id).name.in_language(language())
    except KindUnknownError:
        return kind_id


def unit_text(code: str) -> str:
    """Return a unit in the language spoken."""
    unit = UNITS.get(code)
    if unit is None:
        return _MORE_UNITS.get(code, code)
    if language() == "en":
        return unit.en
    return "tạ (100 kg)" if code == "DTN" else unit.vi


def shown_value(element: Element, value: Json) -> str:
    """Return an element's value as people read it."""
    if element.choices and isinstance(value, str):
        names = {one.id: one.name.in_language(language()) for one in element.choices}
        return names.get(value, value)
    if element.type is ElementType.BOOL:
        return _("yes") if value else _("no")
    if element.type is ElementType.DATE:
        return day_text(str(value))
    if element.type is ElementType.NUMBER:
        return number_text(value)
    return _structured(element, value)


def day_text(iso: str) -> str:
    """Return ``2026-11-14`` as ``14/11/2026``; anything else as it is."""
    parts = iso[:10].split("-")
    return "/".join(reversed(parts)) if len(parts) == len(("y", "m", "d")) else iso


def _structured(element: Element, value: Json) -> str:
    if element.type is ElementType.QUANTITY:
        return quantity_text(value)
    if element.type is ElementType.LOT:
        return "; ".join(_lot(one) for one in value)
    if element.type is ElementType.FILE:
        return str(value["name"])
    return str(value.get("communeName", "")) if isinstance(value, dict) else str(value)


def quantity_text(value: Json) -> str:
    """Return a quantity as people read it."""
    return f"{number_text(value['value'])} {unit_text(value['unitCode'])}"


def number_text(plain: str) -> str:
    """Return a plain decimal as the language spoken writes it."""
    text = number(Decimal(plain))
    return text.translate(_ENGLISH_MARKS) if language() == "en" else text


def _lot(entry: Json) -> str:
    name = lot_number(entry["lot"])
    quantity = entry.get("quantity")
    return f"{name} ({quantity_text(quantity)})" if quantity else name


def lot_number(link: str) -> str:
    """Return the number of a lot of ours; other texts as they are."""
    return link.rpartition("/10/")[2] if "/10/" in link else link


def element_name(one: KindElement) -> str:
    """Return an element's name in the language spoken."""
    return one.element.name.in_language(language())
