"""The words for kinds of labels and formats of sheets."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from traceability.labels.design import DesignPurpose, LabelField
from traceability.labels.errors import Alternative, LabelTooSmallError
from traceability.labels.job import OF_A_LOT as KINDS_OF_A_LOT, LabelKind
from traceability.labels.stock import STOCKS, Stock
from traceability.labels.writers.formats import SheetFormat
from traceability.web.i18n import language, lazy_gettext as _l

KINDS = {
    LabelKind.SEALED.value: _l("Own code and seal"),
    LabelKind.SERIAL.value: _l("Own code"),
    LabelKind.LOT.value: _l("One code for the whole lot"),
    LabelKind.BLANK.value: _l("Blank: its lot is bound to it later"),
}
OF_A_LOT = {kind.value: KINDS[kind.value] for kind in KINDS_OF_A_LOT}
KIND_HINTS = {
    LabelKind.SEALED.value: _l(
        "Every label has its own code and a signature that can be checked even "
        "without a network. Best choice."
    ),
    LabelKind.SERIAL.value: _l(
        "Every label has its own code. The QR is simpler and reads from further away."
    ),
    LabelKind.LOT.value: _l(
        "All labels are the same: copied labels cannot be told from yours."
    ),
}
FORMATS = {
    SheetFormat.PDF.value: _l("PDF, to print yourself"),
    SheetFormat.PNG.value: _l("PNG, pictures of the sheets"),
    SheetFormat.SVG.value: _l("SVG, for designers"),
    SheetFormat.ZPL.value: _l("ZPL, for label printers of Zebra and alike"),
    SheetFormat.TSPL.value: _l("TSPL, for label printers of TSC and alike"),
    SheetFormat.CSV.value: _l("CSV, a list for a print shop"),
    SheetFormat.XLSX.value: _l("XLSX, the list for Excel"),
    SheetFormat.SINGLES.value: _l("One PNG for each label, in a ZIP"),
    SheetFormat.SINGLES_SVG.value: _l("One SVG for each label, in a ZIP"),
}
FIELDS = {
    LabelField.PRODUCT.value: _l("Name of the product"),
    LabelField.BRAND.value: _l("Brand"),
    LabelField.STARS.value: _l("OCOP stars, while they hold"),
    LabelField.NET_CONTENT.value: _l("Net content"),
    LabelField.CERTIFICATES.value: _l("Certificates, while they hold"),
    LabelField.LOT.value: _l("Lot number"),
    LabelField.PRODUCTION_DATE.value: _l("Production date"),
    LabelField.EXPIRY.value: _l("Best before or expiry"),
    LabelField.ETHANOL.value: _l("Alcohol content"),
    LabelField.INGREDIENTS.value: _l("Ingredients"),
    LabelField.USE.value: _l("How to use it"),
    LabelField.STORAGE.value: _l("How to keep it"),
    LabelField.WARNINGS.value: _l("Warnings"),
    LabelField.PRODUCER.value: _l("Name of the producer"),
    LabelField.ADDRESS.value: _l("Address, or who else is responsible"),
    LabelField.ORIGIN.value: _l("Origin"),
    LabelField.SERIAL.value: _l("Code to type in"),
    LabelField.INVITATION.value: _l("Invitation to scan"),
}
PURPOSES = {
    DesignPurpose.STAMP.value: _l("A stamp beside the pack's own label"),
    DesignPurpose.LABEL.value: _l("The pack's only label"),
}
PURPOSE_HINTS = {
    DesignPurpose.STAMP.value: _l(
        "The pack's own label says what the law asks; this is signed with each run."
    ),
    DesignPurpose.LABEL.value: _l(
        "Nothing is printed while something the law asks is missing, unless you "
        "confirm that the pack says it elsewhere."
    ),
}


@contextmanager
def told_what_fits(own: Iterable[Stock]) -> Iterator[None]:
    """Let a refusal within name what would fit as pages do, not by ids of programs."""
    try:
        yield
    except LabelTooSmallError as refusal:
        refusal.params["fitting"] = _fitting_text(refusal.alternatives, own)
        raise


def _fitting_text(fitting: Sequence[Alternative], own: Iterable[Stock]) -> str:
    names = {one.id: one.name for one in (*own, *STOCKS.values())}
    told = [
        f"{names[one.stock_id].in_language(language())} "
        f"({str(KINDS[one.kind]).lower()}, {one.dpi} dpi)"
        for one in fitting
    ]
    return "; ".join(told) or "–"
