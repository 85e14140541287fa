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
}
