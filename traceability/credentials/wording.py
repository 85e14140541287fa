"""Kinds and sentences about derived credentials, in the language spoken."""

from traceability.credentials.source import Variant
from traceability.web.i18n import LazyText, lazy_gettext as _l

KINDS: dict[str, LazyText] = {
    "DigitalProductPassport": _l("Digital product passport"),
    "DigitalConformityCredential": _l("Digital conformity credential"),
    "DigitalTraceabilityEvent": _l("Digital traceability event"),
    "DigitalFacilityRecord": _l("Digital facility record"),
}
MEANINGS: dict[str, LazyText] = {
    "DigitalProductPassport": _l(
        "What a lot of goods is, who made it, where and when."
    ),
    "DigitalConformityCredential": _l(
        "A recognition or certificate, and whose word it is."
    ),
    "DigitalTraceabilityEvent": _l("One step of the way goods came."),
    "DigitalFacilityRecord": _l("The place where a step of the way happened."),
}
VARIANTS: dict[Variant, LazyText] = {
    Variant.UNTP: _l("In the form of UNTP 0.7.0"),
    Variant.W3C: _l("With status entries as W3C writes them"),
    Variant.FACILITY: _l("The place, as a facility record"),
    Variant.FACILITY_W3C: _l("The place, with status entries as W3C writes them"),
}
