"""The collaborators an entry point hands to services, and how views reach them."""

from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from flask import current_app

from traceability.core.identity import Identity
from traceability.core.ports import Clock
from traceability.db.database import Database
from traceability.settings import Settings

EXTENSION = "traceability"
T = TypeVar("T")


class MissingCollaboratorError(LookupError):
    """Nothing of this type was registered when the service was put together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Settings, database, clock, identity and whatever rooms above registered."""

    settings: Settings
    database: Database
    clock: Clock
    identity: Identity
    collaborators: tuple[object, ...] = ()
    _known: dict[type, object] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def with_(self, collaborator: object) -> "Services":
        """Return services that also hold a collaborator; the newest of a type wins."""
        return replace(self, collaborators=(collaborator, *self.collaborators))

    def get(self, kind: type[T]) -> T:
        """Return the collaborator of a type. Raises ``MissingCollaboratorError``."""
        known = self._known.get(kind)
        if isinstance(known, kind):
            return known
        for one in self.collaborators:
            if isinstance(one, kind):
                self._known[kind] = one
                return one
        raise MissingCollaboratorError(f"no {kind.__name__} was registered")


def services() -> Services:
    """Return the services of the application that answers this request."""
    found = current_app.extensions[EXTENSION]
    if not isinstance(found, Services):
        raise MissingCollaboratorError("the application holds no services")
    return found


def secret_key() -> bytes:
    """Return the secret that signs cookies."""
    secret = current_app.secret_key
    return secret if isinstance(secret, bytes) else str(secret).encode()


def endpoint_exists(endpoint: str) -> bool:
    """Return whether the running application has such an endpoint."""
    return endpoint in current_app.view_functions


def view_of(endpoint: str | None) -> object:
    """Return the function behind an endpoint of the running application, if any."""
    return current_app.view_functions.get(endpoint or "")


def extension(name: str) -> Any:
    """Return what a library keeps with the running application."""
    return current_app.extensions[name]
