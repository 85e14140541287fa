"""What the forms of stock and printers hold, and settings of a run in forms and API."""

from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from marshmallow import Schema, fields, validate

from traceability.labels.calibration import Calibration, Measured
from traceability.labels.errors import SetupError
from traceability.labels.setup import DEFAULT_SETUP, Setup, parse_positions
from traceability.labels.stock import Stock, StockKind
from traceability.labels.stocks.drafts import StockDraft
from traceability.web.fields import AmountField, CleanText, PlainDecimalField

_DPIS = StockKind.ROLL.resolutions


class StockSchema(Schema):
    """The form that measures a stock; a roll leaves some of it blank."""

    name = CleanText(required=True, max_length=80)
    kind = fields.Enum(StockKind, by_value=True, required=True)
    page_width = AmountField(required=True)
    page_height = AmountField(load_default=Decimal(0))
    label_width = AmountField(required=True)
    label_height = AmountField(required=True)
    columns = fields.Integer(load_default=1)
    rows = fields.Integer(load_default=1)
    left = AmountField(load_default=Decimal(0))
    top = AmountField(load_default=Decimal(0))
    pitch_x = AmountField(load_default=Decimal(0))
    pitch_y = AmountField(load_default=Decimal(0))
    gap = AmountField(load_default=Decimal(0))


class PrinterSchema(Schema):
    """The form that takes what was measured on a test page."""

    name = CleanText(required=True, max_length=80)
    across = AmountField(required=True)
    down = AmountField(required=True)
    left = AmountField(load_default=None)
    top = AmountField(load_default=None)


class SetupSchema(Schema):
    """The part of the form of a run that sets the printer; others mix it in."""

    dpi = fields.Integer(load_default=DEFAULT_SETUP.dpi, validate=validate.OneOf(_DPIS))
    printer = CleanText(load_default="", max_length=26)
    set_for = CleanText(load_default="", max_length=16)  # a stock
    skip = fields.List(fields.String(), load_default=list)
    copies = fields.Integer(load_default=1)
    cut_marks = fields.Boolean(load_default=False)
    bleed = AmountField(load_default=Decimal(0))


_MM = {"description": "Millimetres."}
_SCALE = {"description": "Measured over meant, on a test page."}


class ApiSetup(Schema):
    """How the printer is set: resolution, calibration, what of the sheet is used."""

    dpi = fields.Integer(
        load_default=DEFAULT_SETUP.dpi, strict=True, validate=validate.OneOf(_DPIS)
    )
    shift_x = PlainDecimalField(load_default=Decimal(0), metadata=_MM)
    shift_y = PlainDecimalField(load_default=Decimal(0), metadata=_MM)
    scale_x = PlainDecimalField(load_default=Decimal(1), metadata=_SCALE)
    scale_y = PlainDecimalField(load_default=Decimal(1), metadata=_SCALE)
    skip = CleanText(
        load_default="",
        max_length=400,
        metadata={"description": "Used labels of the first sheet, such as 1-5,9."},
    )
    copies = fields.Integer(load_default=1, strict=True)
    cut_marks = fields.Boolean(load_default=False)
    bleed = PlainDecimalField(load_default=Decimal(0), metadata=_MM)


class ApiSetupShown(Schema):
    """How the printer of a run was set."""

    dpi = fields.Integer(required=True)
    shift_x = fields.String(required=True, metadata=_MM)
    shift_y = fields.String(required=True, metadata=_MM)
    scale_x = fields.String(required=True, metadata=_SCALE)
    scale_y = fields.String(required=True, metadata=_SCALE)
    skip = fields.String(required=True)
    copies = fields.Integer(required=True)
    cut_marks = fields.Boolean(required=True)
    bleed = fields.String(required=True, metadata=_MM)


def stock_draft(data: dict[str, Any]) -> StockDraft:
    """Return what a loaded form measures. Raises ``StockMeasureError``."""
    return StockDraft(**{name: _plain(value) for name, value in data.items()})


def measured(data: dict[str, Any]) -> Measured:
    """Return what a loaded form says was measured."""
    given = {name: data[name] for name in ("across", "down", "left", "top")}
    return Measured(
        **{name: float(one) for name, one in given.items() if one is not None}
    )


def form_setup(
    data: dict[str, Any], stock: Stock, calibration: Calibration | None
) -> Setup:
    """Return the settings of a run's form. Raises ``SetupError``."""
    return Setup(
        dpi=data["dpi"],
        skip=_used(data["skip"], stock),
        copies=data["copies"],
        cut_marks=data["cut_marks"],
        bleed=float(data["bleed"]),
        **(asdict(calibration) if calibration else {}),
    )


def api_setup(data: dict[str, Any] | None) -> Setup:
    """Return the settings that a program sent. Raises ``SetupError``."""
    if data is None:
        return DEFAULT_SETUP
    plain = {name: _plain(value) for name, value in data.items()}
    return Setup(**{**plain, "skip": parse_positions(data["skip"])})


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _used(chosen: Iterable[str], stock: Stock) -> frozenset[int]:
    """Return the positions tapped on the picture of the stock that was chosen."""
    own = (one.rpartition(":") for one in chosen)
    places = [number for name, _, number in own if name == stock.id]
    if not all(one.isascii() and one.isdecimal() and len(one) <= 4 for one in places):  # noqa: PLR2004 (digits)
        raise SetupError("Write labels of the sheet as 1-5,9.", field="skip")
    return frozenset(int(one) - 1 for one in places)
