"""The catalogue's fixed choices in words."""

from traceability.catalog.certificates import CertificateKind, Validity
from traceability.catalog.drafts import SiteKind
from traceability.catalog.ip_rights import IpState
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
