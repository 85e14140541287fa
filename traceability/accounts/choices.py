"""Words for kinds of organisations, roles and scopes."""

from traceability.accounts.kinds import OrganisationKind
from traceability.core.permissions import Role, Scope
from traceability.web.i18n import LazyText, lazy_gettext as _l

KINDS: dict[OrganisationKind, LazyText] = {
    OrganisationKind.COOPERATIVE: _l("Cooperative"),
    OrganisationKind.COOPERATIVE_GROUP: _l("Cooperative group"),
    OrganisationKind.ENTERPRISE: _l("Enterprise"),
    OrganisationKind.FARM: _l("Farm"),
    OrganisationKind.HOUSEHOLD: _l("Household"),
    OrganisationKind.SUPPLIER: _l("Supplier"),
    OrganisationKind.TRADER: _l("Trader"),
    OrganisationKind.LABORATORY: _l("Laboratory"),
    OrganisationKind.AUTHORITY: _l("Authority"),
    OrganisationKind.INSPECTORATE: _l("Inspectorate"),
}
ROLES: dict[Role, LazyText] = {
    Role.PRODUCER: _l("Producer"),
    Role.INSPECTOR: _l("Inspector"),
    Role.OFFICER: _l("Officer"),
    Role.ADMINISTRATOR: _l("Administrator"),
}
SCOPES: dict[Scope, LazyText] = {
    Scope.BATCHES_READ: _l("Read batches"),
    Scope.BATCHES_WRITE: _l("Register and issue batches"),
    Scope.LABELS_WRITE: _l("Make labels"),
}
ACTIONS: dict[str, LazyText] = {
    "signed-in": _l("Signed in"),
    "signed-out": _l("Signed out"),
    "organisation-created": _l("Entered an organisation"),
    "organisation-changed": _l("Changed an organisation"),
    "organisation-closed": _l("Closed an organisation"),
    "organisation-opened": _l("Opened an organisation again"),
    "person-created": _l("Gave somebody an account"),
    "person-closed": _l("Closed an account"),
    "person-opened": _l("Opened an account again"),
    "password-reset": _l("Set a new password"),
    "api-key-created": _l("Made an API key"),
    "api-key-revoked": _l("Revoked an API key"),
    "product-registered": _l("Added a product"),
    "product-changed": _l("Changed a product"),
    "product-photo-set": _l("Changed the photo of a product"),
    "site-registered": _l("Added a place"),
    "site-changed": _l("Changed a place"),
    "certificate-registered": _l("Entered a certificate"),
    "certificate-withdrawn": _l("Took back a certificate"),
    "ip-right-registered": _l("Entered a protected right"),
    "ip-right-corrected": _l("Corrected a protected right"),
    "recognised": _l("Entered an OCOP recognition"),
    "recognition-corrected": _l("Corrected an OCOP recognition"),
    "recognition-withdrawn": _l("Withdrew an OCOP recognition"),
    "batch-registered": _l("Added a lot"),
    "batch-changed": _l("Changed a draft lot"),
    "batch-deleted": _l("Threw a draft lot away"),
    "batch-issued": _l("Issued a lot"),
    "batch-corrected": _l("Corrected a lot"),
    "batch-held": _l("Held a lot"),
    "batch-released": _l("Released a lot"),
    "batch-recalled": _l("Recalled a lot"),
    "labels-started": _l("Made labels"),
    "labels-voided": _l("Made labels void"),
    "report-handled": _l("Marked a report as handled"),
}
