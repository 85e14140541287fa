"""What kinds of organisations there are, and what their people do here."""

from enum import StrEnum

from traceability.core.permissions import Role


class OrganisationKind(StrEnum):
    """The legal or administrative form of a party."""

    COOPERATIVE = "cooperative"
    COOPERATIVE_GROUP = "cooperative_group"
    ENTERPRISE = "enterprise"
    FARM = "farm"
    HOUSEHOLD = "household"
    SUPPLIER = "supplier"
    TRADER = "trader"
    LABORATORY = "laboratory"
    AUTHORITY = "authority"
    INSPECTORATE = "inspectorate"


_STATE = {
    OrganisationKind.AUTHORITY: Role.OFFICER,
    OrganisationKind.INSPECTORATE: Role.INSPECTOR,
}


_MAY_BE = {
    OrganisationKind.AUTHORITY: frozenset(
        {Role.OFFICER, Role.INSPECTOR, Role.ADMINISTRATOR}
    ),
    OrganisationKind.INSPECTORATE: frozenset({Role.INSPECTOR}),
}


def roles_of(kind: OrganisationKind) -> frozenset[Role]:
    """Return the roles that people of such an organisation may have."""
    return _MAY_BE.get(kind, frozenset({Role.PRODUCER}))


def role_of(kind: OrganisationKind) -> Role:
    """Return the role that an organisation's API keys act in."""
    return _STATE.get(kind, Role.PRODUCER)
