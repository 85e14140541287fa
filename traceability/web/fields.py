"""Marshmallow fields that read what people type and what programs send."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import ValidationError, fields

from traceability.core.errors import DomainError
from traceability.core.quantity import MAX_DECIMALS, MAX_DIGITS, parse_vietnamese
from traceability.core.text import clean_text
from traceability.web.formats import day, number
from traceability.web.i18n import gettext as _

_VIETNAMESE_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)


def refused(error: DomainError) -> ValidationError:
    """Return a refusal of the domain as one of a field, in the language spoken."""
    return ValidationError(_(error.message, **error.params))


class CleanText(fields.String):
    """Text in NFC without hidden characters; blanks at the ends fall away."""

    def __init__(
        self, *, max_length: int = 200, multiline: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.max_length = max_length
        self.multiline = multiline

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            text = clean_text(text, multiline=self.multiline)
        except DomainError as error:
            raise refused(error) from None
        if self.required and not text:
            raise self.make_error("required")
        if len(text) > self.max_length:
            raise ValidationError(
                _("Use at most %(most)s characters.", most=self.max_length)
            )
        return text


class DayField(fields.Field[date]):
    """A calendar day, typed as 22/11/2026 or sent as 2026-11-22."""

    def _serialize(
        self, value: date | None, attr: str | None, obj: Any, **kwargs: Any
    ) -> str | None:
        return None if value is None else value.isoformat()

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,
    ) -> date:
        text = value.strip() if isinstance(value, str) else ""
        vietnamese, iso = _VIETNAMESE_DAY.fullmatch(text), _ISO_DAY.fullmatch(text)
        try:
            if vietnamese:
                d, m, y = map(int, vietnamese.groups())
                return date(y, m, d)
            if iso:
                y, m, d = map(int, iso.groups())
                return date(y, m, d)
        except ValueError:
            raise ValidationError(_("There is no such day.")) from None
        raise ValidationError(_("Write the day as 22/11/2026."))


class AmountField(fields.Field[Decimal]):
    """A number as Vietnamese forms write it: ``1.234,5``."""

    def _serialize(
        self, value: Decimal | None, attr: str | None, obj: Any, **kwargs: Any
    ) -> str | None:
        return None if value is None else number(value)

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,
    ) -> Decimal:
        try:
            return _bounded(parse_vietnamese(value if isinstance(value, str) else ""))
        except DomainError as error:
            raise refused(error) from None


class PlainDecimalField(fields.Field[Decimal]):
    """A number as a program sends it: a string such as ``"1234.5"``, never a float."""

    def _serialize(
        self, value: Decimal | None, attr: str | None, obj: Any, **kwargs: Any
    ) -> str | None:
        return None if value is None else format(value, "f")

    def _deserialize(
        self,
        value: Any,
        attr: str | None,
        data: Mapping[str, Any] | None,
        **kwargs: Any,
    ) -> Decimal:
        if not isinstance(value, str) or not _PLAIN_NUMBER.fullmatch(value):
            raise ValidationError(_('Send a number as text: "1234.5".'))
        return _bounded(value)


def _bounded(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValidationError(_("This is not a number.")) from None
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -MAX_DECIMALS:
        raise ValidationError(_("Use at most %(most)s decimals.", most=MAX_DECIMALS))
    if value.adjusted() >= MAX_DIGITS - 3:
        raise ValidationError(_("The number is too large."))
    return value


def typed(value: Any) -> str:
    """Return a value as a person would type it into a form."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Decimal | int):
        return number(value) if isinstance(value, Decimal) else str(value)
    return str(value)
