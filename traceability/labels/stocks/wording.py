"""The words for kinds of stock."""

from traceability.labels.stock import StockKind
from traceability.web.i18n import lazy_gettext as _l

STOCK_KINDS = {
    StockKind.SHEET.value: _l("Sheets"),
    StockKind.ROLL.value: _l("Roll"),
}
