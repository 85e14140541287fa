"""The catalogue's fixed choices in words."""

from traceability.catalog.certificates import CertificateKind, Validity
from traceability.catalog.drafts import SiteKind
from traceability.catalog.expiry import Urgency
from traceability.catalog.ip_rights import IpState
from traceability.catalog.legal_fields import Document
from traceability.web.i18n import LazyText, lazy_gettext as _l

SITE_KINDS: dict[str, LazyText] = {
    SiteKind.PLOT: _l("Growing area"),
    SiteKind.FACILITY: _l("Workshop"),
    SiteKind.WAREHOUSE: _l("Warehouse"),
    SiteKind.SHOP: _l("Shop"),
    SiteKind.LABORATORY: _l("Laboratory"),
    SiteKind.OFFICE: _l("Office"),
    SiteKind.OTHER: _l("Other place"),
}
CERTIFICATE_KINDS: dict[str, LazyText] = {
    CertificateKind.FOOD_SAFETY: _l("Food safety"),
    CertificateKind.HACCP: _l("HACCP"),
    CertificateKind.ISO22000: _l("ISO 22000"),
    CertificateKind.VIETGAP: _l("VietGAP"),
    CertificateKind.VIETGAHP: _l("VietGAHP"),
    CertificateKind.GLOBALGAP: _l("GlobalG.A.P."),
    CertificateKind.ORGANIC: _l("Organic"),
    CertificateKind.QUALITY_DECLARATION: _l("Quality declaration"),
    CertificateKind.OTHER: _l("Other certificate"),
}
VALIDITIES: dict[str, LazyText] = {
    Validity.VALID: _l("Valid"),
    Validity.NOT_YET: _l("Not valid yet"),
    Validity.EXPIRED: _l("Expired"),
    Validity.WITHDRAWN: _l("Withdrawn"),
}
IP_STATES: dict[str, LazyText] = {
    IpState.REGISTERED: _l("Registered"),
    IpState.APPLICATION: _l("Application only"),
}
DOCUMENTS: dict[str, LazyText] = {
    Document.TRACE: _l("Traceability page"),
    Document.PASSPORT: _l("Digital product passport"),
    Document.LABEL: _l("Label of the goods"),
}
URGENCIES: dict[str, LazyText] = {
    Urgency.ENDED: _l("Ended"),
    Urgency.URGENT: _l("Ends within 30 days"),
    Urgency.SOON: _l("Ends within 120 days"),
    Urgency.AHEAD: _l("Ends within 180 days"),
}
RIGHT_VALUES: dict[str, LazyText] = {
    "sign": _l("Name or sign"),
    "register_no": _l("Register number"),
    "owner": _l("Owner"),
    "managing_body": _l("Managing body"),
    "decision": _l("Decision and date"),
    "goods": _l("Goods covered"),
    "right_to_use": _l("Right-to-use document"),
    "valid_to": _l("Valid until"),
}
# What of the catalogue a legal field is answered by: words for the link to fill it in.
HOLDINGS: dict[str, LazyText] = {
    "name": _l("Name in Vietnamese"),
    "photo": _l("Photo"),
    "producer_name": _l("Responsible for the goods"),
    "producer_address": _l("Address on the label"),
    "producer_number": _l("GLN or tax code"),
    "brand": _l("Brand"),
    "standards": _l("Standards applied"),
    "gtin": _l("GTIN"),
    "origin": _l("Origin"),
    "warnings": _l("Warnings"),
    "ingredients": _l("Ingredients"),
    "usage": _l("How to use it"),
    "storage": _l("How to keep it"),
    "alcohol": _l("Alcohol content"),
    "net_content": _l("Net content"),
    "shelf_life": _l("Shelf life in days"),
    "certificates": _l("Certificates"),
    "site": _l("Growing areas and sites"),
}
