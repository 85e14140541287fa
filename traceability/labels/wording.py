"""The words for kinds of labels and formats of sheets."""

from traceability.labels.job import OF_A_LOT as KINDS_OF_A_LOT, LabelKind
from traceability.labels.sheets import SheetFormat
from traceability.web.i18n import lazy_gettext as _l

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
    SheetFormat.CSV.value: _l("CSV, a list for a print shop"),
}
