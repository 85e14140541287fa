"""What kinds of organisations there are, and what their people do here."""

from enum import StrEnum

from traceability.core.permissions import Role, Scope


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


_LOOKING = frozenset(
    {
        Scope.CATALOGUE_READ,
        Scope.BATCHES_READ,
        Scope.EVENTS_READ,
        Scope.RECOGNITIONS_READ,
        Scope.RECORDS_READ,
        Scope.ORGANISATIONS_READ,
    }
)
ADMINISTRATIVE = frozenset(
    {Scope.ORGANISATIONS_WRITE, Scope.PEOPLE_READ, Scope.PEOPLE_WRITE}
)
_OFFERED = {
    Role.PRODUCER: _LOOKING
    | {
        Scope.CATALOGUE_WRITE,
        Scope.BATCHES_WRITE,
        Scope.EVENTS_WRITE,
        Scope.LABELS_READ,
        Scope.LABELS_WRITE,
    },
    Role.INSPECTOR: _LOOKING
    | {Scope.EVENTS_WRITE, Scope.INSPECTIONS_READ, Scope.INSPECTIONS_WRITE},
    Role.OFFICER: _LOOKING
    | {
        Scope.BATCHES_WRITE,
        Scope.EVENTS_WRITE,
        Scope.RECOGNITIONS_WRITE,
        Scope.INSPECTIONS_READ,
    },
}
_OFFERED[Role.ADMINISTRATOR] = _OFFERED[Role.OFFICER] | ADMINISTRATIVE


def scopes_of(roles: frozenset[Role]) -> list[Scope]:
    """Return what people in some roles may let a program do, in a steady order."""
    offered = frozenset[Scope]().union(*(_OFFERED[role] for role in roles))
    return [scope for scope in Scope if scope in offered]


def key_roles(kind: OrganisationKind, scopes: frozenset[Scope]) -> frozenset[Role]:
    """Return the roles an API key acts in.

    An authority's is an administrator's or an inspector's only where its scopes say so.
    """
    roles = {role_of(kind)}
    if kind is OrganisationKind.AUTHORITY and scopes & ADMINISTRATIVE:
        roles.add(Role.ADMINISTRATOR)
    if kind is OrganisationKind.AUTHORITY and Scope.INSPECTIONS_WRITE in scopes:
        roles.add(Role.INSPECTOR)
    return frozenset(roles)
