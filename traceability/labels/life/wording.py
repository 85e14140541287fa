"""The words for what became of labels, and for what bounds their printing."""

from traceability.labels.life.ranges import Fate
from traceability.labels.life.witness import VoidKind
from traceability.labels.limits.terms import Period
from traceability.web.i18n import lazy_gettext as _l

FATES = {
    Fate.APPLIED: _l("On goods"),
    Fate.LEFT: _l("Not used yet"),
    Fate.BOUND: _l("Bound to a lot"),
    Fate.REPRINTED: _l("Spoiled, printed once more"),
    Fate.VOID: _l("Void"),
}
VOID_KINDS = {
    VoidKind.MISPRINT.value: _l("Misprinted"),
    VoidKind.LOST.value: _l("Lost"),
    VoidKind.LEFT_OVER.value: _l("Left over"),
    VoidKind.DESTROYED.value: _l("Destroyed"),
    VoidKind.OTHER.value: _l("Another reason"),
}
PERIODS = {
    Period.YEAR.value: _l("in each calendar year"),
    Period.TOTAL.value: _l("in all"),
}
