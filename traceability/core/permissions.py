"""Who acts, and what each role may do."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a person does here."""

    PRODUCER = "producer"
    INSPECTOR = "inspector"
    OFFICER = "officer"
    ADMINISTRATOR = "administrator"


class Scope(StrEnum):
    """What an API key may do."""

    CATALOGUE_READ = "catalogue:read"
    CATALOGUE_WRITE = "catalogue:write"
    BATCHES_READ = "batches:read"
    BATCHES_WRITE = "batches:write"
    EVENTS_READ = "events:read"
    EVENTS_WRITE = "events:write"
    LABELS_READ = "labels:read"
    LABELS_WRITE = "labels:write"
    RECOGNITIONS_READ = "recognitions:read"
    RECOGNITIONS_WRITE = "recognitions:write"
    RECORDS_READ = "records:read"
    INSPECTIONS_READ = "inspections:read"
    INSPECTIONS_WRITE = "inspections:write"
    ORGANISATIONS_READ = "organisations:read"
    ORGANISATIONS_WRITE = "organisations:write"
    PEOPLE_READ = "people:read"
    PEOPLE_WRITE = "people:write"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Whoever acts: a signed-in person, an API key, or the service itself."""

    kind: str  # "person", "api-key" or "system"
    id: int | None
    name: str
    organisation_id: int | None
    roles: frozenset[Role] = frozenset()
    scopes: frozenset[Scope] | None = None  # None: not limited by scopes

    def has(self, *roles: Role) -> bool:
        """Return whether any of the roles is held."""
        return not self.roles.isdisjoint(roles)


SYSTEM = Actor(kind="system", id=None, name="system", organisation_id=None)
